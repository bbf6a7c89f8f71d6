using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Losses;

/// <summary>
/// SigLIP's loss (arXiv 2303.15343, equation 1): for every image and text an independent decision whether they belong together,
/// by the sigmoid of scale · cosine + bias; the loss is the sum of −log of the right decisions' probabilities over the number of
/// pairs. No statistics of a whole row or column are needed, so one pass over all blocks suffices.
/// </summary>
internal sealed class SigmoidLoss : ImageTextLoss
{
    /// <summary>
    /// The initial logit scale (the logarithm of the factor on cosines), ln 10 (arXiv 2303.15343, section 3.2).
    /// </summary>
    public const float InitialLogitScale = 2.3025851f;

    /// <summary>The initial bias: most decisions are no, so the logits begin there (section 3.2).</summary>
    public const float InitialLogitBias = ClipNetwork.InitialLogitBias;

    private readonly CompiledGraph _gradients;

    /// <summary>Compiles the loss.</summary>
    /// <param name="engine">The engine that runs it.</param>
    /// <param name="dimension">The embeddings' dimension.</param>
    /// <param name="masksSameLabel">Whether pairs with equal labels are masked: they are not negatives of each other.</param>
    /// <param name="ranks">Who shares the blocks.</param>
    public SigmoidLoss(Engine engine, int dimension, bool masksSameLabel, ICollective ranks)
        : base(engine, dimension, masksSameLabel, ranks) =>
        _gradients = engine.Compile(Gradients(dimension, masksSameLabel), new Dictionary<string, Tensor>());

    public override void Dispose() => _gradients.Dispose();

    protected override PairGradients Evaluate(LossBatch batch)
    {
        (float[] images, float[] texts, double[] totals) = SumGradients(batch, _gradients, static _ => [], totals: 3);
        (double ofScale, double ofBias, double ofWrong) = (totals[0], totals[1], totals[2]);
        double ofRight = AttractPositives(batch, images, texts) / batch.Pairs;
        return new(ofWrong - ofRight - batch.Bias, images, texts, ofScale - ofRight, ofBias - 1);
    }

    /// <summary>
    /// For a negative pair's logit z the loss is log(1 + exp(z)) ÷ n, and its gradient sigmoid(z) ÷ n. For a positive pair's it
    /// is log(1 + exp(−z)) = log(1 + exp(z)) − z, so that it is treated like a negative one, and the gradient of −z, −1 ÷ n, is
    /// added by the caller.
    /// </summary>
    private static Graph Gradients(int dimension, bool masksSameLabel)
    {
        GraphBuilder graph = new();
        (Value logits, Value? counts, LossInputs inputs) = Logits(graph, dimension, masksSameLabel);
        Value biased = graph.Add(logits, inputs.Bias);
        Value Counted(Value value) => graph.Multiply(counts is null ? value : graph.Multiply(value, counts), inputs.Share);
        Value ofLogits = Counted(graph.Sigmoid(biased));
        OutputGradients(graph, ofLogits, logits, inputs);
        graph.Output("bias_gradients", graph.Sum(ofLogits, 1));
        graph.Output("losses", graph.Sum(Counted(graph.Softplus(biased)), 1));
        return graph.Build();
    }
}
