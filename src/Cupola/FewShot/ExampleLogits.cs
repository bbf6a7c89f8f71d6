using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>What makes logits of images' embeddings and their zero-shot logits.</summary>
internal abstract class ExampleLogits
{
    /// <summary>Images that are worked out together, so that examples are read once for several.</summary>
    public const int Block = 256;

    /// <summary>Changes logits.</summary>
    /// <param name="embeddings">Unit embeddings: [images, dimension].</param>
    /// <param name="logits">The zero-shot logits, which are overwritten: [images, labels].</param>
    public abstract void Apply(Rows embeddings, Rows logits);

    /// <summary>The logits of images: [images, labels].</summary>
    /// <param name="embeddings">[images, dimension].</param>
    /// <param name="scores">Their zero-shot scores: [images, labels].</param>
    /// <param name="scale">What makes logits of scores.</param>
    public Rows Compute(Rows embeddings, Rows scores, double scale)
    {
        Rows logits = new(embeddings.Count, scores.Columns);
        TensorPrimitives.Multiply(scores.Values, scale, logits.Values);
        for (int first = 0; first < embeddings.Count; first += Block)
        {
            int count = Math.Min(Block, embeddings.Count - first);
            Rows block = logits.Slice(first, count);
            Apply(embeddings.Slice(first, count), block);
            block.Values.CopyTo(logits.Values, (long)first * logits.Columns);
        }

        return logits;
    }
}

/// <summary>The zero-shot logits as they are.</summary>
internal sealed class PromptLogits : ExampleLogits
{
    public override void Apply(Rows embeddings, Rows logits) { }
}

/// <summary>A linear function of the embedding, alone or added to the zero-shot logits.</summary>
/// <param name="weights">[labels, dimension].</param>
/// <param name="biases">[labels].</param>
/// <param name="factor">By what it is multiplied.</param>
/// <param name="adds">Whether it is added to the zero-shot logits.</param>
internal sealed class LinearLogits(Rows weights, double[] biases, double factor, bool adds) : ExampleLogits
{
    public Rows Weights => weights;

    public double[] Biases => biases;

    public double Factor => factor;

    public bool Adds => adds;

    public override void Apply(Rows embeddings, Rows logits)
    {
        Rows values = embeddings.Times(weights);
        for (int image = 0; image < values.Count; image++)
        {
            Span<double> row = values[image];
            TensorPrimitives.Add(row, biases, row);
            TensorPrimitives.Multiply(row, factor, row);
            if (adds)
            {
                TensorPrimitives.Add(row, logits[image], row);
            }

            row.CopyTo(logits[image]);
        }
    }
}

/// <summary>
/// A sum over the examples, added to the zero-shot logits: exp(−β(1 − cosine)) times what an example says of each label.
/// </summary>
/// <param name="examples">[examples, dimension].</param>
/// <param name="labels">The label of each.</param>
/// <param name="voices">[labels, examples]; null where each says 1 of its own label and nothing of others.</param>
/// <param name="factor">By what the sum is multiplied.</param>
/// <param name="beta">How fast an example's weight falls with its distance.</param>
internal sealed class KernelLogits(Rows examples, IReadOnlyList<int> labels, Rows? voices, double factor, double beta)
    : ExampleLogits
{
    public Rows Examples => examples;

    public IReadOnlyList<int> Labels => labels;

    public Rows? Voices => voices;

    public double Factor => factor;

    public double Beta => beta;

    public override void Apply(Rows embeddings, Rows logits)
    {
        Rows nearness = embeddings.Times(examples);
        ToKernel(nearness, beta);
        Rows sums = Sums(nearness, logits.Columns);
        TensorPrimitives.MultiplyAdd(sums.Values, factor, logits.Values, logits.Values);
    }

    /// <summary>exp(−β(1 − cosine)) in place of cosines.</summary>
    public static void ToKernel(Rows cosines, double beta) =>
        Parallel.For(0, cosines.Count, index =>
        {
            Span<double> row = cosines[index];
            TensorPrimitives.Subtract(row, 1, row);
            TensorPrimitives.Multiply(row, beta, row);
            TensorPrimitives.Exp<double>(row, row);
        });

    /// <summary>What the examples of each label give together: [images, labels].</summary>
    public static Rows SumByLabel(Rows nearness, IReadOnlyList<int> labels, int classCount)
    {
        Rows sums = new(nearness.Count, classCount);
        Parallel.For(0, nearness.Count, image =>
        {
            Span<double> sum = sums[image],
                values = nearness[image];
            for (int example = 0; example < values.Length; example++)
            {
                sum[labels[example]] += values[example];
            }
        });
        return sums;
    }

    private Rows Sums(Rows nearness, int classCount) =>
        voices is null ? SumByLabel(nearness, labels, classCount) : nearness.Times(voices);
}
