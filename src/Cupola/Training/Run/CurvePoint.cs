namespace Cupola.Training.Run;

/// <summary>Some neighbouring points of a curve, taken together.</summary>
/// <param name="Across">Their mean place.</param>
/// <param name="Mean">Their mean height.</param>
/// <param name="Low">The lowest of them.</param>
/// <param name="High">The highest.</param>
internal sealed record CurvePoint(double Across, double Mean, double Low, double High)
{
    /// <summary>
    /// A curve of few points from one of any number: each point is the mean of equally many neighbors. Values that are not
    /// numbers are left out.
    /// </summary>
    /// <param name="points">In their order.</param>
    /// <param name="most">How many points there may be.</param>
    public static IReadOnlyList<CurvePoint> Thin(IEnumerable<(double Across, double Up)> points, int most)
    {
        (double Across, double Up)[] finite = [.. points.Where(static point => double.IsFinite(point.Up))];
        int together = Math.Max(1, (finite.Length + most - 1) / most);
        return
        [
            .. finite
                .Chunk(together)
                .Select(static group => new CurvePoint(
                    group.Average(static point => point.Across),
                    group.Average(static point => point.Up),
                    group.Min(static point => point.Up),
                    group.Max(static point => point.Up)
                )),
        ];
    }
}
