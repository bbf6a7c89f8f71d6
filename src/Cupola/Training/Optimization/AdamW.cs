using System.Numerics;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>What AdamW is told.</summary>
/// <param name="Beta1">How slowly the mean of the gradients moves.</param>
/// <param name="Beta2">
/// How slowly the mean of their squares moves; 0.98 for vision transformers, 0.999 for residual networks (arXiv 2103.00020, table
/// 18).
/// </param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">How strongly matrices and tables are drawn to nothing; vectors and numbers are not.</param>
internal sealed record AdamWOptions(float Beta1 = 0.9f, float Beta2 = 0.98f, float Epsilon = 1e-6f, float WeightDecay = 0.2f);

/// <summary>
/// Adam with decoupled weight decay (arXiv 1711.05101, algorithm 2), as PyTorch orders its operations: decay first, then the step
/// by the bias-corrected mean over the root of the bias-corrected mean square.
/// </summary>
internal sealed class AdamW : IDisposable
{
    /// <summary>
    /// Numbers of one piece of work: four arrays of it fit a core's cache, and the token table, most of a small model, is shared
    /// out among the threads.
    /// </summary>
    private const int PieceLength = 1 << 16;

    private readonly TrainableParameters _parameters;
    private readonly AdamWOptions _options;
    private readonly ParallelOptions _parallel;
    private readonly List<(string Name, int Start, int Count)> _pieces = [];
    private readonly SortedDictionary<string, Tensor> _means = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tensor> _squares = new(StringComparer.Ordinal);

    /// <param name="parameters">What it changes; lent until it is disposed.</param>
    /// <param name="options">How.</param>
    /// <param name="threads">Threads that a step may take; −1 stands for all.</param>
    public AdamW(TrainableParameters parameters, AdamWOptions options, int threads = -1)
    {
        _parallel = new() { MaxDegreeOfParallelism = threads };
        _parameters = parameters;
        _options = options;
        foreach ((string name, Tensor gradient) in parameters.Gradients)
        {
            _means.Add(name, Zeros(gradient));
            _squares.Add(name, Zeros(gradient));
            for (int start = 0; start < gradient.ElementCount; start += PieceLength)
            {
                _pieces.Add((name, start, (int)Math.Min(PieceLength, gradient.ElementCount - start)));
            }
        }
    }

    /// <summary>Steps that were made; set where a run is resumed.</summary>
    public int Steps { get; set; }

    /// <summary>The running means of the gradients, by parameter.</summary>
    public IReadOnlyDictionary<string, Tensor> Means => _means;

    /// <summary>The running means of their squares, by parameter.</summary>
    public IReadOnlyDictionary<string, Tensor> Squares => _squares;

    /// <summary>Changes every parameter by its gradient.</summary>
    /// <param name="rateOf">The learning rate of a parameter in this step.</param>
    /// <param name="share">By what each gradient is multiplied first (<see cref="GradientNorm.Share"/>).</param>
    public void Step(Func<string, float> rateOf, float share = 1)
    {
        Steps++;
        double correction1 = 1 - Math.Pow(_options.Beta1, Steps),
            correction2 = 1 - Math.Pow(_options.Beta2, Steps);
        Dictionary<string, float> rates = _parameters.Gradients.Keys.ToDictionary(
            static name => name,
            rateOf,
            StringComparer.Ordinal
        );
        Parallel.ForEach(_pieces, _parallel, piece =>
        {
            (string name, int start, int count) = piece;
            Tensor values = _parameters.Values[name];
            float rate = rates[name];
            float decay = _parameters.Declared(name).Decays ? 1 - (rate * _options.WeightDecay) : 1;
            Span<float> Part(Tensor tensor) => tensor.AsSpan<float>().Slice(start, count);
            Update(
                Part(values),
                Part(_parameters.Gradients[name]),
                Part(_means[name]),
                Part(_squares[name]),
                share,
                decay,
                (float)(rate / correction1),
                (float)(1 / Math.Sqrt(correction2))
            );
        });
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _means.Values.Concat(_squares.Values))
        {
            tensor.Dispose();
        }
    }

    private void Update(
        Span<float> values,
        ReadOnlySpan<float> gradients,
        Span<float> means,
        Span<float> squares,
        float share,
        float decay,
        float rate,
        float rootScale
    )
    {
        (float beta1, float beta2, float epsilon) = (_options.Beta1, _options.Beta2, _options.Epsilon);
        int index = 0;
        for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            Vector<float> gradient = new Vector<float>(gradients[index..]) * share;
            Vector<float> mean = (new Vector<float>(means[index..]) * beta1) + (gradient * (1 - beta1));
            Vector<float> square = (new Vector<float>(squares[index..]) * beta2) + (gradient * gradient * (1 - beta2));
            mean.CopyTo(means[index..]);
            square.CopyTo(squares[index..]);
            Vector<float> step = mean * rate / ((Vector.SquareRoot(square) * rootScale) + new Vector<float>(epsilon));
            ((new Vector<float>(values[index..]) * decay) - step).CopyTo(values[index..]);
        }

        for (; index < values.Length; index++)
        {
            float gradient = gradients[index] * share;
            means[index] = (means[index] * beta1) + (gradient * (1 - beta1));
            squares[index] = (squares[index] * beta2) + (gradient * gradient * (1 - beta2));
            values[index] =
                (values[index] * decay) - (means[index] * rate / ((MathF.Sqrt(squares[index]) * rootScale) + epsilon));
        }
    }

    private static Tensor Zeros(Tensor like)
    {
        Tensor zeros = Tensor.Allocate(Graphs.ElementType.Float32, [.. like.Shape]);
        zeros.AsSpan<float>().Clear();
        return zeros;
    }
}
