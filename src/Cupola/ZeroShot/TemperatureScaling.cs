using System.Numerics.Tensors;
using Cupola.Models;
using MathNet.Numerics.RootFinding;

namespace Cupola.ZeroShot;

/// <summary>
/// Temperature scaling: one divisor of the logits that calibrates the probabilities (Guo et al., arXiv 1706.04599, section 4.2),
/// chosen so that the right labels are most probable.
/// </summary>
internal static class TemperatureScaling
{
    // A wider range gains nothing: at its ends a model guesses at random, or is always certain.
    private const double Coldest = 1e-3;
    private const double Hottest = 1e3;

    /// <summary>The temperature with the least negative log-likelihood.</summary>
    /// <param name="logits">The logits of each image's classes.</param>
    /// <param name="labels">The right class of each image.</param>
    /// <param name="kind">What is made of logits.</param>
    public static float Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, ScoreKind kind)
    {
        // As a function of 1 / temperature the negative log-likelihood is convex, so its derivative rises over the range.
        double low = 1 / Hottest,
            high = 1 / Coldest;
        double inverse =
            Derivative(logits, labels, kind, low) >= 0 ? low
            : Derivative(logits, labels, kind, high) <= 0 ? high
            : Brent.FindRoot(factor => Derivative(logits, labels, kind, factor), low, high, accuracy: 1e-9, maxIterations: 200);
        return (float)(1 / inverse);
    }

    /// <summary>
    /// The derivative of the mean negative log-likelihood: the mean of (the sum of each logit times its probability − the right
    /// logit), which holds for a softmax and, with every label told right or wrong, for sigmoids.
    /// </summary>
    private static double Derivative(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, ScoreKind kind, double factor)
    {
        double sum = 0;
        for (int image = 0; image < logits.Count; image++)
        {
            float[] probabilities = new ScoreRule(kind, (float)factor, 0).Probabilities(logits[image]);
            sum += TensorPrimitives.Dot<float>(probabilities, logits[image]) - logits[image][labels[image]];
        }

        return sum / logits.Count;
    }
}
