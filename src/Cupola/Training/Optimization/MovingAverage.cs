using System.Numerics.Tensors;
using Cupola.Graphs;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>
/// The exponential moving average of the parameters that change. It wanders less than they do, and is often the better model. At
/// first it follows them more closely than later, with the decay (1 + steps) ÷ (10 + steps), so that it does not remember the
/// beginning (TensorFlow, ExponentialMovingAverage).
/// </summary>
internal sealed class MovingAverage : IDisposable
{
    private readonly TrainableParameters _parameters;
    private readonly double _decay;
    private readonly ParallelOptions _parallel;
    private readonly SortedDictionary<string, Tensor> _values = new(StringComparer.Ordinal);

    /// <param name="parameters">What it follows; lent until it is disposed.</param>
    /// <param name="decay">How slowly.</param>
    /// <param name="threads">Threads that a step may take; −1 stands for all.</param>
    public MovingAverage(TrainableParameters parameters, double decay, int threads = -1)
    {
        _parallel = new() { MaxDegreeOfParallelism = threads };
        _parameters = parameters;
        _decay = decay;
        foreach (string name in parameters.Changing)
        {
            Tensor value = parameters.Values[name];
            _values.Add(name, Tensor.Of<float>(ElementType.Float32, value.AsSpan<float>(), [.. value.Shape]));
        }
    }

    /// <summary>The averages by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => _values;

    /// <summary>Moves towards the parameters.</summary>
    /// <param name="steps">Steps that were made.</param>
    public void Follow(long steps)
    {
        float decay = (float)Math.Min(_decay, (1.0 + steps) / (10.0 + steps));
        Parallel.ForEach(_values, _parallel, average =>
        {
            Span<float> values = average.Value.AsSpan<float>();
            // average ← average + (1 − decay) (value − average)
            TensorPrimitives.Lerp(_parameters.Values[average.Key].AsSpan<float>(), values, decay, values);
        });
    }

    public void Dispose()
    {
        foreach (Tensor value in _values.Values)
        {
            value.Dispose();
        }
    }
}
