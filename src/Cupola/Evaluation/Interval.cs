using MathNet.Numerics.Distributions;

namespace Cupola.Evaluation;

/// <summary>
/// A 95 % confidence interval: of the intervals of a hundred experiments, about ninety-five contain the true value.
/// </summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>The probability with which an interval contains the true value.</summary>
    internal const double Confidence = 0.95;
}

/// <summary>
/// Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927, p. 209), without continuity correction. Unlike the textbook's
/// ± 1.96 standard errors it keeps its coverage for few trials and for shares near 0 and 1, and never leaves that range (Brown,
/// Cai and DasGupta, Statistical Science 16, 2001).
/// </summary>
internal static class WilsonInterval
{
    /// <summary>The number of standard errors around the mean that contain 95 % of a normal distribution: 1.96.</summary>
    internal static double StandardErrors { get; } = Normal.InvCDF(0, 1, (1 + Interval.Confidence) / 2);

    /// <summary>The interval of a share.</summary>
    /// <param name="right">The number of trials that succeeded.</param>
    /// <param name="trials">The number of trials; if 0, nothing is known, and the interval is 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or more succeeded than were tried.</exception>
    public static Interval Compute(int right, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, trials);
        return trials == 0 ? new(0, 1) : OfMean((double)right / trials, trials);
    }

    /// <summary>The interval of a mean of numbers from 0 to 1; if there are none, it is 0 to 1.</summary>
    internal static Interval OfMean(double share, int count)
    {
        if (count == 0)
        {
            return new(0, 1);
        }

        double z = StandardErrors,
            n = count;
        double center = (share + (z * z / (2 * n))) / (1 + (z * z / n));
        double half = z / (1 + (z * z / n)) * Math.Sqrt((share * (1 - share) / n) + (z * z / (4 * n * n)));
        // At the ends the interval begins at exactly 0 or 1, which rounding would miss.
        return new(share == 0 ? 0 : center - half, share == 1 ? 1 : center + half);
    }
}
