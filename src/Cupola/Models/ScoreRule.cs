using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Cupola.Models;

/// <summary>How probabilities are made of cosines: what a model was trained to make of them.</summary>
/// <param name="Kind">Whether probabilities depend on each other.</param>
/// <param name="Scale">The factor on cosines.</param>
/// <param name="Bias">What is added to a scaled cosine; it changes no softmax.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScoreRule(ScoreKind Kind, float Scale, float Bias)
{
    /// <summary>A softmax of logits as they are.</summary>
    public static ScoreRule OfLogits { get; } = new(ScoreKind.Softmax, 1, 0);

    /// <summary>Whether a probability depends on its own cosine alone.</summary>
    public bool IsIndependent => Kind == ScoreKind.Sigmoid;

    /// <summary>The same with logits divided by a temperature.</summary>
    public ScoreRule At(float temperature) => this with { Scale = Scale / temperature, Bias = Bias / temperature };

    /// <summary>Scaled cosines, the bias added.</summary>
    public float[] Logits(ReadOnlySpan<float> cosines)
    {
        var logits = new float[cosines.Length];
        TensorPrimitives.Multiply(cosines, Scale, logits);
        if (Bias != 0)
        {
            TensorPrimitives.Add(logits, Bias, logits);
        }

        return logits;
    }

    /// <summary>The probability of each cosine.</summary>
    public float[] Probabilities(ReadOnlySpan<float> cosines)
    {
        var probabilities = new float[cosines.Length];
        if (IsIndependent)
        {
            for (int index = 0; index < cosines.Length; index++)
            {
                probabilities[index] = Probability(cosines[index]);
            }

            return probabilities;
        }

        // The largest logit becomes 0, so that no exponential overflows.
        float largest = TensorPrimitives.Max(cosines);
        for (int index = 0; index < cosines.Length; index++)
        {
            probabilities[index] = MathF.Exp((cosines[index] - largest) * Scale);
        }

        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
        return probabilities;
    }

    /// <summary>The logarithm of <see cref="Probability"/>, which stays finite where that is 0.</summary>
    public double LogProbability(float cosine)
    {
        double logit = ((double)cosine * Scale) + Bias;
        return Math.Min(logit, 0) - Math.Log(1 + Math.Exp(-Math.Abs(logit)));
    }

    /// <summary>The sigmoid of one scaled cosine, the bias added.</summary>
    public float Probability(float cosine) => 1 / (1 + MathF.Exp(-((cosine * Scale) + Bias)));
}
