using System.Numerics.Tensors;
using static System.FormattableString;

namespace Cupola.FewShot;

/// <summary>
/// ProKeR (arXiv 2501.11175): kernel ridge regression of what the prompts get wrong on the examples. With the kernel
/// k = exp(−β(1 − cosine)), one-hot labels L and zero-shot cosines S W, the voices are (K/λ + I)⁻¹ (L − S W), and the logits
/// s (f W + k(f, S) voices). The factor α is λ.
/// </summary>
internal sealed class ProKeRMethod : ExampleMethod
{
    private static readonly double[] Lambdas = [0.01, 0.1, 1, 10];
    private static readonly double[] Betas = [1, 3.5, 8];

    public override FewShotMethod Name => FewShotMethod.ProKeR;

    public override bool AllowsMissing => true;

    /// <summary>One matrix of so many rows and columns is factored for each setting and fold.</summary>
    public override int MostTried => 4000;

    public override IReadOnlyList<Factors> Grid { get; } =
    [.. Lambdas.SelectMany(static lambda => Betas.Select(beta => new Factors(lambda, beta)))];

    public override Factors Unchosen => new(0.1, 1);

    public override ExampleLogits Fit(ExampleSet examples, Factors factors, CancellationToken cancellationToken)
    {
        double lambda = factors.Alpha!.Value,
            beta = factors.Beta!.Value;
        if (lambda == 0)
        {
            return new PromptLogits();
        }

        DoubleRows kernel = examples.Embeddings.Times(examples.Embeddings, cancellationToken);
        KernelLogits.ToKernel(kernel.Values, beta);
        TensorPrimitives.Divide(kernel.Values, lambda, kernel.Values);
        DoubleRows missing = new(examples.Count, examples.ClassCount);
        for (int index = 0; index < examples.Count; index++)
        {
            kernel[index][index]++;
            TensorPrimitives.Negate<double>(examples.Scores[index], missing[index]);
            missing[index][examples.Labels[index]]++;
        }

        DoubleRows voices = missing.Transpose();
        Factor(kernel, lambda, cancellationToken).Solve(voices);
        return new KernelLogits(examples.Embeddings, examples.Labels, voices, examples.Scale, beta);
    }

    /// <summary>The factor of K/λ + I, which rounding spoils where λ is tiny and examples are alike.</summary>
    private static CholeskyFactor Factor(DoubleRows matrix, double lambda, CancellationToken cancellationToken)
    {
        try
        {
            return new(matrix, cancellationToken);
        }
        catch (ArgumentException notDefinite)
        {
            throw new InvalidDataException(
                Invariant($"ProKeR cannot be worked out with alpha {lambda}, because some examples are alike; take a larger ")
                    + "one, such as 0.1.",
                notDefinite
            );
        }
    }
}
