using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training;

/// <summary>
/// CLIP's loss (arXiv 2103.00020, figure 3): each picture chooses its text among all texts of the batch, each text its picture among all pictures, and the
/// loss is the mean of both cross entropies. It is worked out in blocks of rows, so that memory grows with the batch and not with its square:
/// once for the normalisers of rows and columns, and once more for the gradient.
/// </summary>
/// <remarks>
/// Pairs that say the same thing (equal captions) may be told by a label: such a pair is no negative of the other, and is left out of its choice.
/// </remarks>
internal sealed class ContrastiveLoss : IDisposable
{
    /// <summary>The start of the logarithm of the factor on cosines, ln(1 / 0.07) (arXiv 2103.00020, section 2.5).</summary>
    public const float InitialLogitScale = 2.6592600f;

    /// <summary>The end, ln 100: beyond, training was found to be unstable (section 2.5).</summary>
    public const float LargestLogitScale = 4.6051702f;

    /// <summary>Rows of one block: products large enough for the processor's peak, logits few enough for its cache.</summary>
    private const int BlockRows = 128;

    private readonly int _dimension;
    private readonly Engine _engine;
    private readonly CompiledGraph _normalizers;
    private readonly CompiledGraph _gradients;

    /// <summary>Makes the loss ready.</summary>
    /// <param name="engine">What it runs on.</param>
    /// <param name="dimension">Of the embeddings.</param>
    /// <param name="labelled">Whether pairs have labels, so that equal ones are no negatives.</param>
    public ContrastiveLoss(Engine engine, int dimension, bool labelled)
    {
        _engine = engine;
        _dimension = dimension;
        IsLabelled = labelled;
        var none = new Dictionary<string, Tensor>();
        _normalizers = engine.Compile(Normalizers(dimension, labelled), none);
        _gradients = engine.Compile(Gradients(dimension, labelled), none);
    }

    /// <summary>Whether pairs have labels.</summary>
    public bool IsLabelled { get; }

    /// <summary>The loss of a batch and its gradients.</summary>
    /// <param name="images">Image embeddings of any length, [pairs, dimension].</param>
    /// <param name="texts">Text embeddings of any length, [pairs, dimension].</param>
    /// <param name="logitScale">The logarithm of the factor on cosines.</param>
    /// <param name="labels">What each pair says, where the loss is labelled; equal numbers stand for equal sayings.</param>
    public PairGradients Evaluate(ReadOnlySpan<float> images, ReadOnlySpan<float> texts, float logitScale, IReadOnlyList<int>? labels = null)
    {
        UnitRows image = new(images, _dimension), text = new(texts, _dimension);
        if (image.Count != text.Count || image.Count == 0)
        {
            throw new ArgumentException($"A loss is of pairs, and there are {image.Count} pictures and {text.Count} texts.");
        }

        if (IsLabelled != (labels is not null))
        {
            throw new ArgumentException(IsLabelled ? "The loss wants a label for each pair." : "The loss takes no labels.");
        }

        using Batch batch = new(image, text, _dimension, MathF.Exp(logitScale), labels);
        return Evaluate(image, text, batch);
    }

    public void Dispose()
    {
        _normalizers.Dispose();
        _gradients.Dispose();
    }

    private PairGradients Evaluate(UnitRows image, UnitRows text, Batch batch)
    {
        int pairs = image.Count, blocks = (pairs + BlockRows - 1) / BlockRows;
        var rowNormalizers = new float[pairs];
        var columnNormalizers = new float[pairs];
        columnNormalizers.AsSpan().Fill(float.NegativeInfinity);
        OrderedWork.Run(blocks, _engine.Threads, block =>
        {
            (int start, int count) = Block(block, pairs);
            using Tensor ofRows = Tensor.Allocate(ElementType.Float32, count);
            Tensor ofColumns = Tensor.Allocate(ElementType.Float32, pairs);
            batch.Run(_normalizers, start, count, [], [ofRows, ofColumns]);
            ofRows.AsSpan<float>().CopyTo(rowNormalizers.AsSpan(start));
            return () =>
            {
                AddLogarithms(columnNormalizers, ofColumns.AsSpan<float>());
                ofColumns.Dispose();
            };
        });

        var imageGradients = new float[image.Values.Length];
        var textGradients = new float[text.Values.Length];
        double scaleGradient = 0, loss = 0;
        using Tensor columnTensor = Tensor.Of<float>(ElementType.Float32, columnNormalizers, 1, pairs);
        OrderedWork.Run(blocks, _engine.Threads, block =>
        {
            (int start, int count) = Block(block, pairs);
            using Tensor rowTensor = Tensor.Of<float>(ElementType.Float32, rowNormalizers.AsSpan(start, count), count, 1);
            using Tensor ofImages = Tensor.Allocate(ElementType.Float32, count, _dimension), ofScale = Tensor.Allocate(ElementType.Float32, count);
            Tensor ofTexts = Tensor.Allocate(ElementType.Float32, pairs, _dimension);
            batch.Run(_gradients, start, count, [rowTensor, columnTensor], [ofImages, ofTexts, ofScale]);
            ofImages.AsSpan<float>().CopyTo(imageGradients.AsSpan(start * _dimension));
            double scale = 0;
            foreach (float part in ofScale.AsSpan<float>())
            {
                scale += part;
            }

            return () =>
            {
                TensorPrimitives.Add(textGradients, ofTexts.AsSpan<float>(), textGradients);
                scaleGradient += scale;
                ofTexts.Dispose();
            };
        });

        // The right pairs, which the blocks leave out: each pulls its picture and its text together.
        float pull = batch.Scale / pairs;
        for (int pair = 0; pair < pairs; pair++)
        {
            double logit = (double)batch.Scale * TensorPrimitives.Dot(image[pair], text[pair]);
            loss += (((double)rowNormalizers[pair] + columnNormalizers[pair]) / 2) - logit;
            scaleGradient -= logit / pairs;
            TensorPrimitives.MultiplyAdd(text[pair], -pull, imageGradients.AsSpan(pair * _dimension, _dimension), imageGradients.AsSpan(pair * _dimension, _dimension));
            TensorPrimitives.MultiplyAdd(image[pair], -pull, textGradients.AsSpan(pair * _dimension, _dimension), textGradients.AsSpan(pair * _dimension, _dimension));
        }

        image.TakeBack(imageGradients);
        text.TakeBack(textGradients);
        return new(loss / pairs, imageGradients, textGradients, scaleGradient);
    }

    private static (int Start, int Count) Block(int block, int pairs) => (block * BlockRows, Math.Min(BlockRows, pairs - (block * BlockRows)));

    /// <summary>log(exp(a) + exp(b)), element by element.</summary>
    private static void AddLogarithms(Span<float> sums, ReadOnlySpan<float> more)
    {
        for (int index = 0; index < sums.Length; index++)
        {
            double larger = Math.Max(sums[index], more[index]), smaller = Math.Min(sums[index], more[index]);
            sums[index] = double.IsNegativeInfinity(smaller) ? (float)larger : (float)(larger + Math.Log(1 + Math.Exp(smaller - larger)));
        }
    }

    /// <summary>log Σ exp of the logits of a block's rows, and of all columns over the block's rows.</summary>
    private static Graph Normalizers(int dimension, bool labelled)
    {
        GraphBuilder graph = new();
        (_, Value choices, _) = Logits(graph, dimension, labelled);
        graph.Output("rows", graph.LogSumExp(choices, 1));
        graph.Output("columns", graph.LogSumExp(choices, 0));
        return graph.Build();
    }

    /// <summary>
    /// With p and q the probabilities by row and by column, the gradient of a logit is (p + q) ÷ 2n, less 1 ÷ n for a right pair, which is left to the caller.
    /// </summary>
    private static Graph Gradients(int dimension, bool labelled)
    {
        GraphBuilder graph = new();
        (Value logits, Value choices, LossInputs inputs) = Logits(graph, dimension, labelled);
        Value rows = graph.Input("row_normalizers", ElementType.Float32, ["rows", 1]), columns = graph.Input("column_normalizers", ElementType.Float32, [1, "pairs"]);
        Value both = graph.Add(graph.Exp(graph.Subtract(choices, rows)), graph.Exp(graph.Subtract(choices, columns)));
        Value ofLogits = graph.Multiply(both, inputs.HalfShare);
        Value scaled = graph.Multiply(ofLogits, inputs.Scale);
        graph.Output("image_gradients", graph.Product(scaled, inputs.Texts));
        graph.Output("text_gradients", graph.Product(scaled, inputs.Images, turnLeft: true));
        graph.Output("scale_gradients", graph.Sum(graph.Multiply(ofLogits, logits), 1));
        return graph.Build();
    }

    /// <summary>The logits of a block, and those among which is chosen: equal sayings other than the pair's own are left out.</summary>
    private static (Value Logits, Value Choices, LossInputs Inputs) Logits(GraphBuilder graph, int dimension, bool labelled)
    {
        LossInputs inputs = new(
            graph.Input("image_rows", ElementType.Float32, ["rows", dimension]), graph.Input("texts", ElementType.Float32, ["pairs", dimension]),
            graph.Input("scale", ElementType.Float32, [1]), graph.Input("half_share", ElementType.Float32, [1]));
        Value logits = graph.Multiply(graph.Product(inputs.Images, inputs.Texts, turnRight: true), inputs.Scale);
        if (!labelled)
        {
            return (logits, logits, inputs);
        }

        Value row = graph.Input("row_labels", ElementType.Int32, ["rows", 1]), column = graph.Input("column_labels", ElementType.Int32, [1, "pairs"]);
        Value rowPlace = graph.Input("row_places", ElementType.Int32, ["rows", 1]), columnPlace = graph.Input("column_places", ElementType.Int32, [1, "pairs"]);
        Value same = graph.Where(graph.AreEqual(row, column), graph.Constant([float.NegativeInfinity]), graph.Constant([0f]));
        Value leftOut = graph.Where(graph.AreEqual(rowPlace, columnPlace), graph.Constant([0f]), same);
        return (logits, graph.Add(logits, leftOut), inputs);
    }

    private sealed record LossInputs(Value Images, Value Texts, Value Scale, Value HalfShare);

    /// <summary>The tensors that all blocks of a batch read.</summary>
    private sealed class Batch : IDisposable
    {
        private readonly Tensor _images;
        private readonly Tensor _texts;
        private readonly Tensor _scale;
        private readonly Tensor _halfShare;
        private readonly Tensor? _labels;
        private readonly Tensor? _places;

        public Batch(UnitRows image, UnitRows text, int dimension, float scale, IReadOnlyList<int>? labels)
        {
            Scale = scale;
            _images = Tensor.Of<float>(ElementType.Float32, image.Values, image.Count, dimension);
            _texts = Tensor.Of<float>(ElementType.Float32, text.Values, text.Count, dimension);
            _scale = Tensor.Of<float>(ElementType.Float32, [scale], 1);
            _halfShare = Tensor.Of<float>(ElementType.Float32, [0.5f / image.Count], 1);
            if (labels is not null)
            {
                _labels = Tensor.Of<int>(ElementType.Int32, [.. labels], image.Count, 1);
                _places = Tensor.Of<int>(ElementType.Int32, [.. Enumerable.Range(0, image.Count)], image.Count, 1);
            }
        }

        /// <summary>The factor on cosines.</summary>
        public float Scale { get; }

        public void Run(CompiledGraph graph, int start, int count, ReadOnlySpan<Tensor> more, ReadOnlySpan<Tensor> outputs)
        {
            List<Tensor> inputs = [_images.Rows(start, count), _texts, _scale, _halfShare];
            if (_labels is not null && _places is not null)
            {
                long pairs = _labels.Shape[0];
                inputs.AddRange(
                    _labels.Rows(start, count), Tensor.Lend(ElementType.Int32, _labels.Address, 1, pairs),
                    _places.Rows(start, count), Tensor.Lend(ElementType.Int32, _places.Address, 1, pairs));
            }

            inputs.AddRange(more);
            graph.Run(RunWidth.Narrow, [.. inputs], outputs);
        }

        public void Dispose()
        {
            foreach (Tensor? tensor in new[] { _images, _texts, _scale, _halfShare, _labels, _places })
            {
                tensor?.Dispose();
            }
        }
    }
}
