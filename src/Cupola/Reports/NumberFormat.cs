using System.Globalization;

namespace Cupola.Reports;

/// <summary>Numbers as people read them, with a point, whatever the machine's language.</summary>
internal static class NumberFormat
{
    /// <summary>A number with all its digits: 1000.25.</summary>
    public static string Plain(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number with three digits after the point at most: 0.25.</summary>
    public static string Short(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A number with three digits after the point: 0.250.</summary>
    public static string Thousandths(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A whole number: 1,000.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>How many there are of something: 1 class, 1,000 classes.</summary>
    public static string Count(int count, string one, string? several = null) =>
        $"{Count(count)} {(count == 1 ? one : several ?? one + "s")}";

    /// <summary>A share in percent: 48.2 %.</summary>
    public static string Percent(double share, int digits = 1) =>
        (share * 100).ToString($"F{digits.ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture) + " %";

    /// <summary>A share in percent, without the sign: 48.2.</summary>
    public static string Points(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Two shares in percent, without the sign: 48.2 to 51.0.</summary>
    public static string PointsRange(double low, double high) => $"{Points(low)} to {Points(high)}";

    /// <summary>A difference of shares in percent: +1.5, −1.5 or 0.0.</summary>
    public static string Difference(double share) => (share * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>Two differences of shares in percent: −0.5 to +1.5.</summary>
    public static string DifferenceRange(double low, double high) => $"{Difference(low)} to {Difference(high)}";

    /// <summary>The p of a test: 0.0123, or that it is smaller than what is shown.</summary>
    public static string PValue(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);
}
