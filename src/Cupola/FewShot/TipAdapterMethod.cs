using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>
/// Tip-Adapter without training (arXiv 2207.09519): zero-shot + α Σ exp(−β(1 − f·x)) over a label's examples x.
/// </summary>
internal sealed class TipAdapterMethod : ExampleMethod
{
    private static readonly double[] Alphas = [0, 0.1, 0.3, 1, 3, 10, 30];
    private static readonly double[] Betas = [0.5, 1, 2, 3.5, 5.5, 8, 12];

    public override FewShotMethod Name => FewShotMethod.TipAdapter;

    public override bool AllowsMissing => true;

    public override IReadOnlyList<Factors> Grid { get; } =
        [.. Alphas.SelectMany(static alpha => Betas.Select(beta => new Factors(alpha, beta)))];

    /// <summary>What the authors start from.</summary>
    public override Factors Unchosen => new(1, 5.5);

    public override ExampleLogits Fit(ExampleSet examples, Factors factors) =>
        new KernelLogits(examples.Embeddings, examples.Labels, voices: null, factors.Alpha!.Value, factors.Beta!.Value);

    /// <inheritdoc/>
    public override IEnumerable<(Factors Factors, Rows Logits)> Try(
        ExampleSet kept,
        ExampleSet others,
        IReadOnlyList<Factors> grid
    )
    {
        // The sums depend on β alone, and all of them on the same cosines.
        double[] betas = [.. grid.Select(static factors => factors.Beta!.Value).Distinct()];
        Rows[] sums = Sums(kept, others, betas);
        foreach (Factors factors in grid)
        {
            Rows logits = new(others.Count, others.ClassCount);
            TensorPrimitives.Multiply(others.Scores.Values, others.Scale, logits.Values);
            TensorPrimitives.MultiplyAdd(
                sums[Array.IndexOf(betas, factors.Beta!.Value)].Values,
                factors.Alpha!.Value,
                logits.Values,
                logits.Values
            );
            yield return (factors, logits);
        }
    }

    /// <summary>For each β, what the examples of each label give for each image: [images, labels].</summary>
    private static Rows[] Sums(ExampleSet kept, ExampleSet others, double[] betas)
    {
        Rows[] sums = [.. betas.Select(_ => new Rows(others.Count, others.ClassCount))];
        for (int first = 0; first < others.Count; first += ExampleLogits.Block)
        {
            Rows cosines = others
                .Embeddings.Slice(first, Math.Min(ExampleLogits.Block, others.Count - first))
                .Times(kept.Embeddings);
            foreach ((int index, double beta) in betas.Index())
            {
                Rows nearness = cosines.Slice(0, cosines.Count);
                KernelLogits.ToKernel(nearness, beta);
                KernelLogits
                    .SumByLabel(nearness, kept.Labels, kept.ClassCount)
                    .Values.CopyTo(sums[index].Values, (long)first * kept.ClassCount);
            }
        }

        return sums;
    }
}
