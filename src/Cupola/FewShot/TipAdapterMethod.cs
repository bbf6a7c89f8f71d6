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

    public override ExampleLogits Fit(ExampleSet examples, Factors factors, CancellationToken cancellationToken) =>
        new KernelLogits(examples.Embeddings, examples.Labels, voices: null, factors.Alpha!.Value, factors.Beta!.Value);

    /// <inheritdoc/>
    public override IEnumerable<TriedLogits> Try(
        ExampleSet kept,
        ExampleSet others,
        IReadOnlyList<Factors> grid,
        CancellationToken cancellationToken
    )
    {
        // The sums depend on β alone, and all of them on the same cosines.
        double[] betas = [.. grid.Select(static factors => factors.Beta!.Value).Distinct()];
        DoubleRows[] buffers = [.. betas.Select(_ => new DoubleRows(ExampleLogits.Block, kept.ClassCount))];
        return TryAdded(others, grid, images =>
        {
            DoubleRows[] sums = [.. buffers.Select(buffer => buffer.Slice(0, images.Count))];
            KernelLogits.SumByLabel(images, kept.Embeddings, kept.Labels, betas, sums);
            return grid.Select(factors => sums[Array.IndexOf(betas, factors.Beta!.Value)]);
        });
    }
}
