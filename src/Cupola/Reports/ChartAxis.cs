using System.Globalization;

namespace Cupola.Reports;

/// <summary>An axis of a chart: its range, and the round numbers at its marks.</summary>
/// <param name="Name">The measured quantity, in words.</param>
/// <param name="Low">The number at its beginning.</param>
/// <param name="High">The number at its end, larger than the first.</param>
/// <param name="Write">Formats a number.</param>
internal sealed record ChartAxis(string Name, double Low, double High, Func<double, string> Write)
{
    /// <summary>The most marks; more would overlap on a phone.</summary>
    private const int MostMarks = 6;

    /// <summary>Round steps, as multiples of a power of ten.</summary>
    private static readonly double[] RoundSteps = [1, 2, 2.5, 5, 10];

    /// <summary>The round numbers on the axis.</summary>
    public IReadOnlyList<double> Marks
    {
        get
        {
            double step = RoundStep(High - Low);
            // Half a thousandth of a step, so that rounding loses no mark at an end.
            double first = Math.Ceiling((Low / step) - 0.0005),
                last = Math.Floor((High / step) + 0.0005);
            return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(index => (first + index) * step)];
        }
    }

    /// <summary>An axis of shares from 0 to 1.</summary>
    public static ChartAxis Shares(string name) => new(name, 0, 1, static share => NumberFormat.Percent(share, digits: 0));

    /// <summary>An axis of shares from 0 to the first round share that is not exceeded.</summary>
    public static ChartAxis SharesUpTo(string name, IEnumerable<double> shares) =>
        Shares(name) with
        {
            High = Math.Clamp(Math.Ceiling(10 * shares.DefaultIfEmpty(1).Max()) / 10, 0.1, 1),
        };

    /// <summary>An axis with round ends that contains all values; those that are not numbers are ignored.</summary>
    public static ChartAxis Over(string name, IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double low = finite.DefaultIfEmpty(0).Min(),
            high = finite.DefaultIfEmpty(1).Max();
        if (low == high)
        {
            (low, high) = low == 0 ? (0, 1) : (low - (Math.Abs(low) / 10), low + (Math.Abs(low) / 10));
        }

        double step = RoundStep(high - low);
        return new(name, Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, Plain);
    }

    /// <summary>The position of a number on the axis: 0 at its beginning, 1 at its end.</summary>
    public double Position(double value) => Math.Clamp((value - Low) / (High - Low), 0, 1);

    /// <summary>Formats a number briefly: 0.0005, 0.25, 12, 3,200, 1.2e-6.</summary>
    public static string Plain(double value) =>
        Math.Abs(value) switch
        {
            0 => "0",
            < 0.0001 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
            < 1 => value.ToString("0.######", CultureInfo.InvariantCulture),
            < 1000 => value.ToString("0.###", CultureInfo.InvariantCulture),
            _ => value.ToString("#,0", CultureInfo.InvariantCulture),
        };

    private static double RoundStep(double span)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(span / MostMarks)));
        return RoundSteps.Select(step => step * power).First(step => span / step <= MostMarks + 0.001);
    }
}
