using System.Globalization;

namespace Cupola.Reports;

/// <summary>One axis of a chart: what it spans, and the round numbers that are written beside it.</summary>
/// <param name="Name">What is measured, as a person reads it.</param>
/// <param name="Low">The number at its beginning.</param>
/// <param name="High">The number at its end, larger than the first.</param>
/// <param name="Write">How a number is written.</param>
internal sealed record ChartAxis(string Name, double Low, double High, Func<double, string> Write)
{
    /// <summary>More would run into each other on a phone.</summary>
    private const int MostMarks = 6;

    /// <summary>Steps that people count in, as multiples of a power of ten.</summary>
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

    /// <summary>An axis of shares, from nothing to all.</summary>
    public static ChartAxis Shares(string name) => new(name, 0, 1, static share => NumberFormat.Percent(share, digits: 0));

    /// <summary>An axis of shares from nothing to the first round one that none of these is beyond.</summary>
    public static ChartAxis SharesUpTo(string name, IEnumerable<double> shares) =>
        Shares(name) with
        {
            High = Math.Clamp(Math.Ceiling(10 * shares.DefaultIfEmpty(1).Max()) / 10, 0.1, 1),
        };

    /// <summary>An axis on which all of these have a place, with round ends. What is no number has none.</summary>
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

    /// <summary>Where a number lies on the axis: 0 at its beginning, 1 at its end.</summary>
    public double Place(double value) => Math.Clamp((value - Low) / (High - Low), 0, 1);

    /// <summary>A number in few letters: 0.0005, 0.25, 12, 3,200, 1.2e-6.</summary>
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
