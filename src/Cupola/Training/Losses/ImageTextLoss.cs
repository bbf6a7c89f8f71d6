using System.Numerics.Tensors;
using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Losses;

/// <summary>
/// A loss that distinguishes each pair of a batch from all others by the logits of every image with every text. It is computed in
/// blocks, so that memory grows linearly with the batch.
/// </summary>
/// <remarks>
/// Pairs with the same meaning (equal captions) may have equal labels: such a pair is not a negative of the other, and is masked.
/// </remarks>
internal abstract class ImageTextLoss(Engine engine, int dimension, bool masksSameLabel, ICollective ranks) : IDisposable
{
    /// <summary>
    /// The largest logit scale (the logarithm of the factor on cosines), ln 100: beyond it, training was found to be unstable
    /// (arXiv 2103.00020, section 2.5).
    /// </summary>
    public const float LargestLogitScale = 4.6051702f;

    /// <summary>Images per block: products large enough for the processor's peak, logits few enough for its cache.</summary>
    private const int BlockRows = 128;

    /// <summary>Texts per block, for the same reason.</summary>
    private const int BlockColumns = 1024;

    /// <summary>Whether pairs have labels.</summary>
    public bool MasksSameLabel => masksSameLabel;

    /// <summary>Creates a loss.</summary>
    /// <param name="kind">The kind of the loss.</param>
    /// <param name="maskSameLabel">Whether pairs with equal labels are masked; then each pair needs a label.</param>
    /// <param name="engine">The engine that runs it.</param>
    /// <param name="dimension">The embeddings' dimension.</param>
    /// <param name="ranks">Who shares the blocks; all have the same embeddings. Lent until the loss is disposed.</param>
    public static ImageTextLoss Create(
        LossKind kind,
        bool maskSameLabel,
        Engine engine,
        int dimension,
        ICollective? ranks = null
    ) =>
        kind == LossKind.InfoNce
            ? new ContrastiveLoss(engine, dimension, maskSameLabel, ranks ?? new Alone())
            : new SigmoidLoss(engine, dimension, maskSameLabel, ranks ?? new Alone());

    /// <summary>Computes the loss of a batch and its gradients.</summary>
    /// <param name="images">Image embeddings of any length, [pairs, dimension].</param>
    /// <param name="texts">Text embeddings of any length, [pairs, dimension].</param>
    /// <param name="logitScale">The logarithm of the factor on cosines.</param>
    /// <param name="logitBias">The bias of the logits, if the loss has one.</param>
    /// <param name="labels">The label of each pair, if the loss masks; equal numbers for equal captions.</param>
    public PairGradients Evaluate(
        ReadOnlySpan<float> images,
        ReadOnlySpan<float> texts,
        float logitScale,
        float logitBias = 0,
        IReadOnlyList<int>? labels = null
    )
    {
        using NormalizedEmbeddings image = new(images, dimension),
            text = new(texts, dimension);
        if (image.Count != text.Count || image.Count == 0)
        {
            throw new ArgumentException($"A loss is of pairs, and there are {image.Count} images and {text.Count} texts.");
        }

        if (MasksSameLabel != (labels is not null))
        {
            throw new ArgumentException(MasksSameLabel ? "The loss needs a label for each pair." : "The loss takes no labels.");
        }

        using LossBatch batch = new(image, text, MathF.Exp(logitScale), logitBias, labels);
        PairGradients gradients = Evaluate(batch);
        image.Backward(gradients.Images);
        text.Backward(gradients.Texts);
        return gradients;
    }

    public abstract void Dispose();

    /// <summary>Computes the loss and its gradients with respect to embeddings of unit length.</summary>
    protected abstract PairGradients Evaluate(LossBatch batch);

    /// <summary>
    /// Processes each block of this rank, whose images or whose texts are its own; results are added in order.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="work">Processes a block, and returns a function that adds its result.</param>
    protected void ForEachBlock(LossBatch batch, Func<LossBlock, Action> work)
    {
        int columns = ColumnBlocks(batch);
        (int firstRow, int endRow) = SumTree.Share(RowBlocks(batch), ranks.Rank, ranks.Ranks);
        (int firstColumn, int endColumn) = SumTree.Share(columns, ranks.Rank, ranks.Ranks);
        LossBlock[] blocks =
        [
            .. from row in Enumerable.Range(0, RowBlocks(batch))
            from column in Enumerable.Range(0, columns)
            let ownsRows = row >= firstRow && row < endRow
            let ownsColumns = column >= firstColumn && column < endColumn
            where ownsRows || ownsColumns
            select new LossBlock(
                row * BlockRows,
                Math.Min(BlockRows, batch.Pairs - (row * BlockRows)),
                column * BlockColumns,
                Math.Min(BlockColumns, batch.Pairs - (column * BlockColumns)),
                (row * columns) + column,
                ownsRows,
                ownsColumns
            ),
        ];
        OrderedReduction.Run(blocks.Length, engine.Threads, index => work(blocks[index]));
    }

    /// <summary>Gives each rank what the owners of images found for them, <paramref name="width"/> numbers each.</summary>
    protected void GatherRows(LossBatch batch, float[] ofImages, int width = 1) =>
        ranks.AllGather(ofImages.AsSpan(), CountsOf(RowBlocks(batch), BlockRows, batch.Pairs, width));

    /// <summary>Gives each rank what the owners of texts found for them, <paramref name="width"/> numbers each.</summary>
    protected void GatherColumns(LossBatch batch, float[] ofTexts, int width = 1) =>
        ranks.AllGather(ofTexts.AsSpan(), CountsOf(ColumnBlocks(batch), BlockColumns, batch.Pairs, width));

    /// <summary>Sums the outputs of a graph of <see cref="OutputGradients"/> over all blocks.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="more">Its additional inputs for a block; disposed after the run.</param>
    /// <param name="totals">The number of sums over rows that it gives, whose totals are returned.</param>
    protected (float[] Images, float[] Texts, double[] Totals) SumGradients(
        LossBatch batch,
        CompiledGraph graph,
        Func<LossBlock, Tensor[]> more,
        int totals
    )
    {
        var images = new float[batch.Pairs * dimension];
        var texts = new float[images.Length];
        int columns = ColumnBlocks(batch);
        var ofBlocks = new double[RowBlocks(batch) * columns * totals];
        ForEachBlock(batch, block =>
        {
            Tensor[] found = batch.Run(
                graph,
                block,
                more(block),
                [
                    [block.Rows, dimension],
                    [block.Columns, dimension],
                    .. Enumerable.Repeat<long[]>([block.Rows], totals),
                ]
            );
            return () =>
            {
                Add(block.OwnsRows ? images.AsSpan(block.Row * dimension) : [], found[0]);
                Add(block.OwnsColumns ? texts.AsSpan(block.Column * dimension) : [], found[1]);
                foreach ((int index, Tensor rows) in found.Skip(2).Index())
                {
                    ofBlocks[(block.Index * totals) + index] = Sum(rows);
                }
            };
        });
        GatherRows(batch, images, dimension);
        GatherColumns(batch, texts, dimension);
        ranks.AllGather(ofBlocks.AsSpan(), CountsOf(RowBlocks(batch), 1, RowBlocks(batch), columns * totals));
        return (images, texts, [.. Enumerable.Range(0, totals).Select(index => Total(ofBlocks, index, totals))]);
    }

    /// <summary>The gradients of the positive pairs, which the blocks leave out: each attracts its image and its text.</summary>
    /// <returns>The sum of their logits, without a bias.</returns>
    protected double AttractPositives(LossBatch batch, float[] images, float[] texts)
    {
        double logits = 0;
        float pull = batch.Scale / batch.Pairs;
        for (int pair = 0; pair < batch.Pairs; pair++)
        {
            Span<float> image = images.AsSpan(pair * dimension, dimension),
                text = texts.AsSpan(pair * dimension, dimension);
            logits += (double)batch.Scale * TensorPrimitives.Dot(batch.Images[pair], batch.Texts[pair]);
            TensorPrimitives.MultiplyAdd(batch.Texts[pair], -pull, image, image);
            TensorPrimitives.MultiplyAdd(batch.Images[pair], -pull, text, text);
        }

        return logits;
    }

    /// <summary>
    /// The logits of a block without a bias, [rows, columns], and their mask: a pair with the same meaning does not count, unless
    /// it is the pair itself.
    /// </summary>
    protected static (Value Logits, Value? Counts, LossInputs Inputs) Logits(
        GraphBuilder graph,
        int dimension,
        bool masksSameLabel
    )
    {
        LossInputs inputs = new(
            graph.Input("image_rows", ElementType.Float32, ["rows", dimension]),
            graph.Input("texts", ElementType.Float32, ["columns", dimension]),
            graph.Input("scale", ElementType.Float32, [1]),
            graph.Input("share", ElementType.Float32, [1]),
            graph.Input("bias", ElementType.Float32, [1])
        );
        Value logits = graph.Multiply(graph.Product(inputs.Images, inputs.Texts, transposeRight: true), inputs.Scale);
        if (!masksSameLabel)
        {
            return (logits, null, inputs);
        }

        Value row = graph.Input("row_labels", ElementType.Int32, ["rows", 1]),
            column = graph.Input("column_labels", ElementType.Int32, [1, "columns"]);
        Value rowPlace = graph.Input("row_places", ElementType.Int32, ["rows", 1]),
            columnPlace = graph.Input("column_places", ElementType.Int32, [1, "columns"]);
        Value other = graph.Where(graph.AreEqual(row, column), graph.Constant([0f]), graph.Constant([1f]));
        return (logits, graph.Where(graph.AreEqual(rowPlace, columnPlace), graph.Constant([1f]), other), inputs);
    }

    /// <summary>
    /// Adds the outputs that <see cref="SumGradients"/> sums, computed from the gradient of a block's logits: the gradients of
    /// the images, of the texts, and of the scale.
    /// </summary>
    protected static void OutputGradients(GraphBuilder graph, Value ofLogits, Value logits, LossInputs inputs)
    {
        Value scaled = graph.Multiply(ofLogits, inputs.Scale);
        graph.Output("image_gradients", graph.Product(scaled, inputs.Texts));
        graph.Output("text_gradients", graph.Product(scaled, inputs.Images, transposeLeft: true));
        graph.Output("scale_gradients", graph.Sum(graph.Multiply(ofLogits, logits), 1));
    }

    private static int RowBlocks(LossBatch batch) => (batch.Pairs + BlockRows - 1) / BlockRows;

    private static int ColumnBlocks(LossBatch batch) => (batch.Pairs + BlockColumns - 1) / BlockColumns;

    /// <summary>How many numbers each rank has, whose blocks have so many pairs, and pairs so many numbers.</summary>
    private int[] CountsOf(int blocks, int pairsOfBlock, int pairs, int width) =>
        [
            .. Enumerable
                .Range(0, ranks.Ranks)
                .Select(rank => SumTree.Share(blocks, rank, ranks.Ranks))
                .Select(share =>
                    (Math.Min(share.End * pairsOfBlock, pairs) - Math.Min(share.Start * pairsOfBlock, pairs)) * width
                ),
        ];

    /// <summary>Adds to sums, if there are any.</summary>
    private static void Add(Span<float> sums, Tensor more)
    {
        if (!sums.IsEmpty)
        {
            ReadOnlySpan<float> numbers = more.AsSpan<float>();
            TensorPrimitives.Add(sums[..numbers.Length], numbers, sums[..numbers.Length]);
        }

        more.Dispose();
    }

    /// <summary>The sum of every so many numbers, in order.</summary>
    private static double Total(double[] numbers, int start, int every)
    {
        double sum = 0;
        for (int index = start; index < numbers.Length; index += every)
        {
            sum += numbers[index];
        }

        return sum;
    }

    private static double Sum(Tensor numbers)
    {
        double sum = 0;
        foreach (float number in numbers.AsSpan<float>())
        {
            sum += number;
        }

        numbers.Dispose();
        return sum;
    }

    /// <summary>The inputs of every block; the share is that of one pair in the batch.</summary>
    protected sealed record LossInputs(Value Images, Value Texts, Value Scale, Value Share, Value Bias);
}

/// <summary>The loss of a batch of pairs with its gradients.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Images">The gradient with respect to the image embeddings before normalization, [pairs, dimension].</param>
/// <param name="Texts">The same for the text embeddings.</param>
/// <param name="LogitScale">The gradient with respect to the logarithm of the factor on cosines.</param>
/// <param name="LogitBias">The gradient with respect to the bias of the logits; 0 without a bias.</param>
internal sealed record PairGradients(double Loss, float[] Images, float[] Texts, double LogitScale, double LogitBias);
