using MathNet.Numerics.Distributions;

namespace Cupola.Evaluation;

/// <summary>
/// A paired comparison of two classifiers, image by image. Only images that one answers rightly and the other wrongly distinguish
/// them. McNemar's test gives the probability of so uneven a split of those if both are equally good (Q. McNemar, Psychometrika
/// 12, 1947); it is computed exactly, by the binomial distribution, at every count, so that no approximation has to be chosen.
/// </summary>
/// <param name="Images">The number of images that both answered.</param>
/// <param name="OnlyFirstRight">The number that only the first answered rightly.</param>
/// <param name="OnlySecondRight">The number that only the second answered rightly.</param>
public sealed record PairedTest(int Images, int OnlyFirstRight, int OnlySecondRight)
{
    /// <summary>The two-sided p-value: the probability of a split at least as uneven if both are equally good.</summary>
    public double P
    {
        get
        {
            int discordant = OnlyFirstRight + OnlySecondRight;
            return discordant == 0
                ? 1
                : Math.Min(1, 2 * Binomial.CDF(0.5, discordant, Math.Min(OnlyFirstRight, OnlySecondRight)));
        }
    }

    /// <summary>The second's accuracy minus the first's; negative if the first is better.</summary>
    public double Difference => Images == 0 ? 0 : (double)(OnlySecondRight - OnlyFirstRight) / Images;

    /// <summary>
    /// The interval of <see cref="Difference"/>: Wald's with half an image added to each of the four counts (Agresti and Min,
    /// Statistics in Medicine 24, 2005, p. 729).
    /// </summary>
    public Interval DifferenceInterval
    {
        get
        {
            double n = Images + 2,
                first = OnlyFirstRight + 0.5,
                second = OnlySecondRight + 0.5,
                difference = (second - first) / n;
            double half = WilsonInterval.StandardErrors * Math.Sqrt(first + second - (n * difference * difference)) / n;
            return new(Math.Max(-1, difference - half), Math.Min(1, difference + half));
        }
    }

    /// <summary>Compares the outcomes of two classifiers for the same images in the same order.</summary>
    /// <exception cref="ArgumentException">They belong to different images.</exception>
    public static PairedTest Compute(IReadOnlyList<ImageResult> first, IReadOnlyList<ImageResult> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Zip(second).Any(static pair => pair.First.Truth != pair.Second.Truth))
        {
            throw new ArgumentException(
                "Two classifiers are compared on the same images in the same order, and these outcomes are of different "
                    + "ones."
            );
        }

        return new(
            first.Count,
            first.Zip(second).Count(static pair => pair.First.IsRight && !pair.Second.IsRight),
            first.Zip(second).Count(static pair => !pair.First.IsRight && pair.Second.IsRight)
        );
    }
}
