using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Losses;

/// <summary>
/// SigLIP's loss (arXiv 2303.15343, equation 1): whether an image and a text belong together is asked of every two by themselves,
/// by the sigmoid of scale · cosine + bias; the loss is the sum of
/// −log of the right answers' probabilities over the number of pairs. Nothing has to be known of a whole row or column, so that
/// all blocks are gone through once.
/// </summary>
internal sealed class SigmoidLoss : ImageTextLoss
{
    /// <summary>The start of the logarithm of the factor on cosines, ln 10 (arXiv 2303.15343, section 3.2).</summary>
    public const float InitialLogitScale = 2.3025851f;

    /// <summary>The start of the bias: most of all answers are no, and so they begin (section 3.2).</summary>
    public const float InitialLogitBias = ClipNetwork.InitialLogitBias;

    private readonly CompiledGraph _gradients;

    /// <summary>Makes the loss ready.</summary>
    /// <param name="engine">What it runs on.</param>
    /// <param name="dimension">Of the embeddings.</param>
    /// <param name="masksSameLabel">Whether pairs of one label are no negatives of each other.</param>
    public SigmoidLoss(Engine engine, int dimension, bool masksSameLabel)
        : base(engine, dimension, masksSameLabel) =>
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
    /// Of a wrong pair's logit z the loss is log(1 + exp(z)) ÷ n, and its gradient sigmoid(z) ÷ n. Of a right pair's it is log(1
    /// + exp(−z)) = log(1 + exp(z)) − z, so that it counts as a wrong one too, and
    /// −z, whose gradient is −1 ÷ n, is left to the caller.
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
