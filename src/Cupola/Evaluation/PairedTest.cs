using MathNet.Numerics.Distributions;

namespace Cupola.Evaluation;

/// <summary>
/// Two ways of answering, compared image by image. Only images that one answers rightly and the other wrongly tell them apart.
/// McNemar's test asks how likely so uneven a
/// split of those is where both are equally good (Q. McNemar, Psychometrika 12, 1947); it is worked out exactly, by the binomial
/// distribution, at every count, so that no
/// approximation has to be chosen.
/// </summary>
/// <param name="Images">How many images both answered.</param>
/// <param name="OnlyFirstRight">How many of them only the first answered rightly.</param>
/// <param name="OnlySecondRight">How many of them only the second answered rightly.</param>
public sealed record PairedTest(int Images, int OnlyFirstRight, int OnlySecondRight)
{
    /// <summary>The two-sided p-value: how likely a split at least so uneven is where both are equally good.</summary>
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

    /// <summary>How much larger the second's share of right answers is; less than 0 where the first is better.</summary>
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

    /// <summary>Compares the outcomes of two ways of answering, of the same images in the same order.</summary>
    /// <exception cref="ArgumentException">They are not of the same images.</exception>
    public static PairedTest Compute(IReadOnlyList<ImageResult> first, IReadOnlyList<ImageResult> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Zip(second).Any(static pair => pair.First.Truth != pair.Second.Truth))
        {
            throw new ArgumentException(
                "Two ways of answering are compared on the same images in the same order, and these outcomes are of different "
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
