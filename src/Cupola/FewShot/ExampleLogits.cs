using System.Buffers;
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
    public abstract void Apply(DoubleRows embeddings, DoubleRows logits);

    /// <summary>The logits of images: [images, labels].</summary>
    /// <param name="embeddings">[images, dimension].</param>
    /// <param name="scores">Their zero-shot scores: [images, labels].</param>
    /// <param name="scale">What makes logits of scores.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public DoubleRows Compute(
        DoubleRows embeddings,
        DoubleRows scores,
        double scale,
        CancellationToken cancellationToken = default
    ) => Compute(embeddings, scores, scale, new DoubleRows(embeddings.Count, scores.Columns), cancellationToken);

    /// <summary>The same, written over other rows.</summary>
    public DoubleRows Compute(
        DoubleRows embeddings,
        DoubleRows scores,
        double scale,
        DoubleRows logits,
        CancellationToken cancellationToken = default
    )
    {
        TensorPrimitives.Multiply(scores.Values, scale, logits.Values);
        for (int first = 0; first < embeddings.Count; first += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(Block, embeddings.Count - first);
            Apply(embeddings.Slice(first, count), logits.Slice(first, count));
        }

        return logits;
    }
}

/// <summary>The zero-shot logits as they are.</summary>
internal sealed class PromptLogits : ExampleLogits
{
    public override void Apply(DoubleRows embeddings, DoubleRows logits) { }
}

/// <summary>A linear function of the embedding, alone or added to the zero-shot logits.</summary>
/// <param name="weights">[labels, dimension].</param>
/// <param name="biases">[labels].</param>
/// <param name="factor">By what it is multiplied.</param>
/// <param name="adds">Whether it is added to the zero-shot logits.</param>
internal sealed class LinearLogits(DoubleRows weights, double[] biases, double factor, bool adds) : ExampleLogits
{
    public DoubleRows Weights => weights;

    public double[] Biases => biases;

    public double Factor => factor;

    public bool Adds => adds;

    public override void Apply(DoubleRows embeddings, DoubleRows logits)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(DoubleRows.Length(embeddings.Count, weights.Count));
        DoubleRows values = embeddings.Times(weights, new DoubleRows(rented, embeddings.Count, weights.Count));
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

        ArrayPool<double>.Shared.Return(rented);
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
internal sealed class KernelLogits(DoubleRows examples, IReadOnlyList<int> labels, DoubleRows? voices, double factor, double beta)
    : ExampleLogits
{
    public DoubleRows Examples => examples;

    public IReadOnlyList<int> Labels => labels;

    public DoubleRows? Voices => voices;

    public double Factor => factor;

    public double Beta => beta;

    public override void Apply(DoubleRows embeddings, DoubleRows logits)
    {
        DoubleRows sums;
        if (voices is null)
        {
            sums = new(embeddings.Count, logits.Columns);
            SumByLabel(embeddings, examples, labels, [beta], [sums]);
        }
        else
        {
            DoubleRows nearness = embeddings.Times(examples);
            ToKernel(nearness.Values, beta);
            sums = nearness.Times(voices);
        }

        TensorPrimitives.MultiplyAdd(sums.Values, factor, logits.Values, logits.Values);
    }

    /// <summary>exp(−β(1 − cosine)) in place of cosines.</summary>
    public static void ToKernel(Span<double> cosines, double beta)
    {
        TensorPrimitives.Subtract(cosines, 1, cosines);
        TensorPrimitives.Multiply(cosines, beta, cosines);
        TensorPrimitives.Exp<double>(cosines, cosines);
    }

    /// <summary>For each of some β, how near the examples of each label are together.</summary>
    /// <param name="images">[images, dimension].</param>
    /// <param name="examples">[examples, dimension].</param>
    /// <param name="labels">The label of each example.</param>
    /// <param name="betas">The β.</param>
    /// <param name="sums">Is given the sums of each β: [images, labels].</param>
    public static void SumByLabel(
        DoubleRows images,
        DoubleRows examples,
        IReadOnlyList<int> labels,
        IReadOnlyList<double> betas,
        IReadOnlyList<DoubleRows> sums
    )
    {
        int[] labelOf = [.. labels];
        Parallel.For(0, (images.Count + DoubleRows.Block - 1) / DoubleRows.Block, block =>
        {
            int first = block * DoubleRows.Block,
                count = Math.Min(DoubleRows.Block, images.Count - first);
            double[] rented = ArrayPool<double>.Shared.Rent((count + 1) * examples.Count);
            Span<double> cosines = rented.AsSpan(0, count * examples.Count),
                nearness = rented.AsSpan(count * examples.Count, examples.Count);
            images.Times(first, count, examples, cosines);
            for (int image = 0; image < count; image++)
            {
                for (int index = 0; index < sums.Count; index++)
                {
                    cosines.Slice(image * examples.Count, examples.Count).CopyTo(nearness);
                    ToKernel(nearness, betas[index]);
                    Span<double> sum = sums[index][first + image];
                    sum.Clear();
                    for (int example = 0; example < labelOf.Length; example++)
                    {
                        sum[labelOf[example]] += nearness[example];
                    }
                }
            }

            ArrayPool<double>.Shared.Return(rented);
        });
    }
}
