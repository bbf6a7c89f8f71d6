using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Losses;

/// <summary>
/// CLIP's loss (arXiv 2103.00020, figure 3): each image chooses its text among all texts of the batch, each text its image among
/// all images, and the loss is the mean of both cross-entropies. There are two passes over all blocks: for the normalizers of
/// rows and columns, and for the gradient.
/// </summary>
internal sealed class ContrastiveLoss : ImageTextLoss
{
    /// <summary>
    /// The initial logit scale (the logarithm of the factor on cosines), ln(1 / 0.07) (arXiv 2103.00020, section 2.5).
    /// </summary>
    public const float InitialLogitScale = 2.6592600f;

    private readonly CompiledGraph _normalizers;
    private readonly CompiledGraph _gradients;

    /// <summary>Compiles the loss.</summary>
    /// <param name="engine">The engine that runs it.</param>
    /// <param name="dimension">The embeddings' dimension.</param>
    /// <param name="masksSameLabel">Whether pairs with equal labels are masked: they are not negatives of each other.</param>
    /// <param name="ranks">Who shares the blocks.</param>
    public ContrastiveLoss(Engine engine, int dimension, bool masksSameLabel, ICollective ranks)
        : base(engine, dimension, masksSameLabel, ranks)
    {
        var none = new Dictionary<string, Tensor>();
        _normalizers = engine.Compile(Normalizers(dimension, masksSameLabel), none);
        _gradients = engine.Compile(Gradients(dimension, masksSameLabel), none);
    }

    public override void Dispose()
    {
        _normalizers.Dispose();
        _gradients.Dispose();
    }

    protected override PairGradients Evaluate(LossBatch batch)
    {
        (float[] rows, float[] columns) = Normalizers(batch);
        (float[] images, float[] texts, double[] totals) = SumGradients(
            batch,
            _gradients,
            block =>
                [
                    Tensor.Of<float>(ElementType.Float32, rows.AsSpan(block.Row, block.Rows), block.Rows, 1),
                    Tensor.Of<float>(ElementType.Float32, columns.AsSpan(block.Column, block.Columns), 1, block.Columns),
                ],
            totals: 1
        );
        double ofRight = AttractPositives(batch, images, texts),
            normalizers = 0;
        for (int pair = 0; pair < batch.Pairs; pair++)
        {
            normalizers += ((double)rows[pair] + columns[pair]) / 2;
        }

        return new((normalizers - ofRight) / batch.Pairs, images, texts, totals[0] - (ofRight / batch.Pairs), LogitBias: 0);
    }

    /// <summary>log Σ exp of the logits of each row and of each column.</summary>
    private (float[] Rows, float[] Columns) Normalizers(LossBatch batch)
    {
        float[] rows = new float[batch.Pairs],
            columns = new float[batch.Pairs];
        rows.AsSpan().Fill(float.NegativeInfinity);
        columns.AsSpan().Fill(float.NegativeInfinity);
        ForEachBlock(batch, block =>
        {
            Tensor[] found = batch.Run(_normalizers, block, [], [block.Rows], [block.Columns]);
            return () =>
            {
                AddLogarithms(block.OwnsRows ? rows.AsSpan(block.Row) : [], found[0]);
                AddLogarithms(block.OwnsColumns ? columns.AsSpan(block.Column) : [], found[1]);
            };
        });
        GatherRows(batch, rows);
        GatherColumns(batch, columns);
        return (rows, columns);
    }

    /// <summary>log(exp(a) + exp(b)), element by element, where there are sums.</summary>
    private static void AddLogarithms(Span<float> sums, Tensor more)
    {
        ReadOnlySpan<float> numbers = more.AsSpan<float>();
        for (int index = 0; index < Math.Min(sums.Length, numbers.Length); index++)
        {
            double larger = Math.Max(sums[index], numbers[index]),
                smaller = Math.Min(sums[index], numbers[index]);
            sums[index] = double.IsNegativeInfinity(smaller)
                ? (float)larger
                : (float)(larger + Math.Log(1 + Math.Exp(smaller - larger)));
        }

        more.Dispose();
    }

    /// <summary>log Σ exp of a block's logits, over each of its rows and each of its columns.</summary>
    private static Graph Normalizers(int dimension, bool masksSameLabel)
    {
        GraphBuilder graph = new();
        (_, Value choices, _) = Choices(graph, dimension, masksSameLabel);
        graph.Output("rows", graph.LogSumExp(choices, 1));
        graph.Output("columns", graph.LogSumExp(choices, 0));
        return graph.Build();
    }

    /// <summary>
    /// With p and q the probabilities by row and by column, the gradient of a logit is (p + q) ÷ 2n, minus 1 ÷ n for a positive
    /// pair, which the caller subtracts.
    /// </summary>
    private static Graph Gradients(int dimension, bool masksSameLabel)
    {
        GraphBuilder graph = new();
        (Value logits, Value choices, LossInputs inputs) = Choices(graph, dimension, masksSameLabel);
        Value rows = graph.Input("row_normalizers", ElementType.Float32, ["rows", 1]),
            columns = graph.Input("column_normalizers", ElementType.Float32, [1, "columns"]);
        Value both = graph.Add(graph.Exp(graph.Subtract(choices, rows)), graph.Exp(graph.Subtract(choices, columns)));
        OutputGradients(graph, graph.Multiply(both, graph.Multiply(inputs.Share, 0.5f)), logits, inputs);
        return graph.Build();
    }

    /// <summary>The logits of a block, without and with masking: masked ones are −∞.</summary>
    private static (Value Logits, Value Choices, LossInputs Inputs) Choices(
        GraphBuilder graph,
        int dimension,
        bool masksSameLabel
    )
    {
        (Value logits, Value? counts, LossInputs inputs) = Logits(graph, dimension, masksSameLabel);
        return (
            logits,
            counts is null
                ? logits
                : graph.Where(graph.AreEqual(counts, graph.Constant([0f])), graph.Constant([float.NegativeInfinity]), logits),
            inputs
        );
    }
}
