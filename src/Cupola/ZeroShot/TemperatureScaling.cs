using System.Numerics.Tensors;
using MathNet.Numerics.RootFinding;

namespace Cupola.ZeroShot;

/// <summary>
/// One number that logits are divided by so that probabilities can be believed (Guo and others, arXiv 1706.04599, section 4.2):
/// the one under which the right labels
/// are most probable.
/// </summary>
internal static class TemperatureScaling
{
    // Nothing is gained beyond: at the ends of this range a model is a coin toss, or always sure.
    private const double Coldest = 1e-3;
    private const double Hottest = 1e3;

    /// <summary>The temperature with the least negative log likelihood.</summary>
    /// <param name="logits">The logits of each image's classes.</param>
    /// <param name="labels">The right class of each image.</param>
    public static float Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels)
    {
        // In 1 / temperature the likelihood is convex, and its slope rises from one end to the other.
        double low = 1 / Hottest,
            high = 1 / Coldest;
        double inverse =
            Derivative(logits, labels, low) >= 0 ? low
            : Derivative(logits, labels, high) <= 0 ? high
            : Brent.FindRoot(factor => Derivative(logits, labels, factor), low, high, accuracy: 1e-9, maxIterations: 200);
        return (float)(1 / inverse);
    }

    /// <summary>The slope of the mean negative log likelihood: the mean of (the expected logit − the right one).</summary>
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
