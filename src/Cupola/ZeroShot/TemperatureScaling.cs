using System.Numerics.Tensors;
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
    public static float Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels)
    {
        // As a function of 1 / temperature the negative log-likelihood is convex, so its derivative rises over the range.
        double low = 1 / Hottest,
            high = 1 / Coldest;
        double inverse =
            Derivative(logits, labels, low) >= 0 ? low
            : Derivative(logits, labels, high) <= 0 ? high
            : Brent.FindRoot(factor => Derivative(logits, labels, factor), low, high, accuracy: 1e-9, maxIterations: 200);
        return (float)(1 / inverse);
    }

    /// <summary>The derivative of the mean negative log-likelihood: the mean of (the expected logit − the right one).</summary>
    private static double Derivative(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, double factor)
    {
        double sum = 0;
        for (int image = 0; image < logits.Count; image++)
        {
            float[] probabilities = ZeroShotClassifier.Probabilities(logits[image], (float)factor);
            sum += TensorPrimitives.Dot<float>(probabilities, logits[image]) - logits[image][labels[image]];
        }

        return sum / logits.Count;
    }
}
