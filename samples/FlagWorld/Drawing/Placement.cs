using FlagWorld.Designs;
using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>Where charges lie on a flag of height one: the middle and radius of each figure.</summary>
internal static class Placement
{
    /// <summary>Share of the height that a canton takes where the design does not say.</summary>
    public const double CantonHeight = 0.5;

    /// <summary>Share of the width that a canton takes where the design does not say.</summary>
    public const double CantonWidth = 0.42;

    /// <summary>How far a hoist triangle reaches where the design does not say: equilateral, as most are.</summary>
    public const double TriangleDepth = 0.866;

    /// <summary>Share of the width that a hoist bar takes where the design does not say.</summary>
    public const double BarWidth = 0.3;

    /// <summary>The figures of a charge: each one's middle and radius.</summary>
    public static IReadOnlyList<(SKPoint Middle, float Radius)> Of(Charge charge, Design design)
    {
        (double x, double y, double room) = Middle(charge, design);
        double radius = charge.Radius
            ?? (
                room
                * charge.Extent switch
                {
                    Extent.Small => 0.42,
                    Extent.Medium => 0.66,
                    _ => 0.95,
                }
            );
        return
        [
            .. Spread(charge, design, x, y, radius)
                .Select(static figure => (new SKPoint((float)figure.X, (float)figure.Y), (float)figure.Radius)),
        ];
    }

    /// <summary>The middle and radius of what is laid under a charge.</summary>
    public static (SKPoint Middle, float Radius) Under(Charge charge, Design design)
    {
        (double x, double y, double room) = Middle(charge, design);
        double radius = charge.Radius
            ?? (
                room
                * charge.Extent switch
                {
                    Extent.Small => 0.42,
                    Extent.Medium => 0.66,
                    _ => 0.95,
                }
            );
        return (new SKPoint((float)x, (float)y), (float)radius * 1.6f);
    }

    /// <summary>The middle of a place, and the radius of the largest figure that fits there.</summary>
    private static (double X, double Y, double Room) Middle(Charge charge, Design design)
    {
        double width = design.Aspect;
        double depth = design.Elements.OfType<HoistTriangle>().FirstOrDefault()?.Depth ?? TriangleDepth;
        Canton? canton = design.Elements.OfType<Canton>().FirstOrDefault();
        (double cantonWidth, double cantonHeight) = ((canton?.Width ?? CantonWidth) * width, canton?.Height ?? CantonHeight);
        double bar = (design.Elements.OfType<HoistBar>().FirstOrDefault()?.Width ?? BarWidth) * width;
        (double x, double y, double room) = charge.Place switch
        {
            Place.NearHoist => (width * 0.43, 0.5, 0.3),
            Place.Hoist => (width * 0.25, 0.5, 0.24),
            Place.Fly => (width * 0.75, 0.5, 0.24),
            Place.Top => (width / 2, 0.2, 0.17),
            Place.Bottom => (width / 2, 0.8, 0.17),
            Place.UpperHoist => (width * 0.2, 0.26, 0.22),
            Place.UpperFly => (width * 0.8, 0.26, 0.22),
            Place.LowerHoist => (width * 0.2, 0.74, 0.22),
            Place.LowerFly => (width * 0.8, 0.74, 0.22),
            Place.Canton => (cantonWidth / 2, cantonHeight / 2, Math.Min(cantonWidth, cantonHeight) * 0.44),
            Place.Triangle => (depth * 0.36, 0.5, depth * 0.25),
            Place.Bar => (bar / 2, 0.5, bar * 0.42),
            _ => (
                width / 2,
                design.Outline is Outline.Triangle ? 0.62
                : design.Outline is Outline.InvertedTriangle ? 0.38
                : 0.5,
                design.Outline switch
                {
                    Outline.Flag => 0.34,
                    Outline.Triangle or Outline.InvertedTriangle => 0.24,
                    Outline.Diamond => 0.3,
                    _ => 0.4,
                }
            ),
        };
        return charge.At is [double across, double down] ? (across * width, down, room) : (x, y, room);
    }

    private static IEnumerable<(double X, double Y, double Radius)> Spread(
        Charge charge,
        Design design,
        double x,
        double y,
        double radius
    )
    {
        int count = charge.Count;
        if (count == 1)
        {
            return [(x, y, radius)];
        }

        // Several figures share the room that one would have, and some more.
        double all = charge.Radius is null ? radius * 1.25 : radius;
        switch (charge.Arrangement)
        {
            case Arrangement.Circle:
                double small = Math.Min(0.42 * all, 2.2 * all / count);
                return Enumerable.Range(0, count).Select(figure => Around(x, y, (360.0 * figure / count) - 90, all, small));
            case Arrangement.Arc:
                return Enumerable
                    .Range(0, count)
                    .Select(figure =>
                        Around(
                            x,
                            y + (0.3 * all),
                            -160 + (140.0 * figure / (count - 1)),
                            all,
                            Math.Min(0.4 * all, 1.3 * all / count)
                        )
                    );
            case Arrangement.SideArc:
                return Enumerable
                    .Range(0, count)
                    .Select(figure =>
                        Around(
                            x,
                            y,
                            -34 + (74.0 * figure / (count - 1)),
                            all,
                            charge.Radius is null ? Math.Min(0.26 * all, 0.9 * all / count) : 0.17 * all
                        )
                    );
            case Arrangement.SouthernCross:
                (double Across, double Down, double Size)[] stars =
                [
                    (0, -0.95, 0.3),
                    (-0.72, -0.1, 0.3),
                    (0.66, -0.28, 0.3),
                    (0, 0.95, 0.3),
                    (0.3, 0.32, 0.17),
                ];
                return stars.Take(count).Select(star => (x + (star.Across * all), y + (star.Down * all), star.Size * all));
            case Arrangement.Grid:
                int columns = (int)Math.Ceiling(Math.Sqrt(count * 1.4)),
                    rows = (count + columns - 1) / columns;
                return Enumerable
                    .Range(0, count)
                    .Select(figure =>
                        (
                            x + (((figure % columns) - ((columns - 1) / 2.0)) * 2.4 * all / columns),
                            y + (((figure / columns) - ((rows - 1) / 2.0)) * 1.8 * all / rows),
                            0.85 * all / columns
                        )
                    );
            case Arrangement.Quarters:
                double width = design.Aspect;
                return Enumerable
                    .Range(0, 4)
                    .Select(quarter =>
                        (width * (quarter % 2 == 0 ? 0.22 : 0.78), quarter < 2 ? 0.22 : 0.78, charge.Radius ?? 0.1)
                    );
            default:
                // A row in the middle has the width to itself; others must fit their place, and a column the height.
                double length = charge
                    is { Arrangement: Arrangement.Row, Place: Place.Centre or Place.NearHoist or Place.Top or Place.Bottom }
                    ? 3.4
                    : 2.3;
                double each = Math.Min(0.62 * all, length * all / ((2.3 * (count - 1)) + 2));
                double step = 2.3 * each;
                return Enumerable
                    .Range(0, count)
                    .Select(figure =>
                        charge.Arrangement == Arrangement.Row
                            ? (x + ((figure - ((count - 1) / 2.0)) * step), y, each)
                            : (x, y + ((figure - ((count - 1) / 2.0)) * step), each)
                    );
        }
    }

    private static (double X, double Y, double Radius) Around(
        double x,
        double y,
        double degrees,
        double distance,
        double radius
    ) => (x + (distance * Math.Cos(degrees * Math.PI / 180)), y + (distance * Math.Sin(degrees * Math.PI / 180)), radius);
}
