using System.Buffers;
using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>
/// Gaussian discriminant analysis (arXiv 2402.04087): labels share one covariance, whose inverse is the empirical-Bayes ridge
/// P = D · (S + tr(S/(N − 1)) · I)⁻¹ of the examples' scatter S around their labels' means μ. The logits are zero-shot +
/// α (f·Pμ + ln(1/C) − ½ μᵀPμ).
/// </summary>
internal sealed class GdaMethod : ExampleMethod
{
    private static readonly double[] Alphas = [0, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

    public override FewShotMethod Name => FewShotMethod.Gda;

    /// <inheritdoc/>
    /// <remarks>With one example a label there is no scatter, and the published formula gives nothing.</remarks>
    public override bool NeedsTwo => true;

    public override bool NeedsScatter => true;

    public override IReadOnlyList<Factors> Grid { get; } = [.. Alphas.Select(static alpha => new Factors(alpha, null))];

    public override Factors Unchosen => new(0.01, null);

    /// <summary>So that two are left where one is left out.</summary>
    public override int FewestToChoose => 3;

    public override ExampleLogits Fit(ExampleSet examples, Factors factors, CancellationToken cancellationToken)
    {
        (DoubleRows weights, double[] biases) = Discriminants(examples, cancellationToken);
        return new LinearLogits(weights, biases, factors.Alpha!.Value, adds: true);
    }

    /// <inheritdoc/>
    public override IEnumerable<TriedLogits> Try(
        ExampleSet kept,
        ExampleSet others,
        IReadOnlyList<Factors> grid,
        CancellationToken cancellationToken
    )
    {
        (DoubleRows weights, double[] biases) = Discriminants(kept, cancellationToken);
        LinearLogits discriminants = new(weights, biases, factor: 1, adds: false);
        DoubleRows buffer = new(ExampleLogits.Block, kept.ClassCount);
        return TryAdded(others, grid, images =>
        {
            DoubleRows added = buffer.Slice(0, images.Count);
            discriminants.Apply(images, added);
            return Enumerable.Repeat(added, grid.Count);
        });
    }

    /// <summary>The discriminant of each label: Pμ, and ln(1/C) − ½ μᵀPμ.</summary>
    /// <param name="examples">Examples with scatter.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static (DoubleRows Weights, double[] Biases) Discriminants(ExampleSet examples, CancellationToken cancellationToken)
    {
        int dimension = examples.Embeddings.Columns;
        DoubleRows means = examples.Means(),
            scatter = Scatter(examples, means, cancellationToken);
        double trace = Enumerable.Range(0, dimension).Sum(index => scatter[index][index]) / (examples.Count - 1);
        for (int index = 0; index < dimension; index++)
        {
            scatter[index][index] += trace;
        }

        DoubleRows weights = means.Take([.. Enumerable.Range(0, means.Count)]);
        new CholeskyFactor(scatter, cancellationToken).Solve(weights);
        TensorPrimitives.Multiply(weights.Values, dimension, weights.Values);
        double prior = -Math.Log(examples.ClassCount);
        double[] biases =
        [
            .. Enumerable
                .Range(0, means.Count)
                .Select(label => prior - (TensorPrimitives.Dot<double>(means[label], weights[label]) / 2)),
        ];
        return (weights, biases);
    }

    /// <summary>Σ (x − μ)(x − μ)ᵀ over the examples x and their labels' means μ: [dimension, dimension].</summary>
    private static DoubleRows Scatter(ExampleSet examples, DoubleRows means, CancellationToken cancellationToken)
    {
        DoubleRows embeddings = examples.Embeddings;
        double[] rented = ArrayPool<double>.Shared.Rent(DoubleRows.Length(embeddings.Count, embeddings.Columns));
        DoubleRows columns = embeddings.Transpose(new(rented, embeddings.Columns, embeddings.Count));
        Parallel.For(0, columns.Count, column =>
        {
            Span<double> numbers = columns[column];
            for (int index = 0; index < numbers.Length; index++)
            {
                numbers[index] -= means[examples.Labels[index]][column];
            }
        });
        DoubleRows scatter = columns.Times(columns, cancellationToken);
        ArrayPool<double>.Shared.Return(rented);
        return scatter;
    }
}
