using System.Collections.Concurrent;
using FlagWorld.Designs;
using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>
/// The outlines of the shapes, around the origin within a circle of radius one, y downwards. Paths are made once and shared;
/// nobody changes them.
/// </summary>
internal static class ShapePaths
{
    /// <summary>Of a regular pentagram: (3 − √5) / 2.</summary>
    private const double PentagramInner = 0.381966;

    /// <summary>Of a regular hexagram: 1 / √3.</summary>
    private const double HexagramInner = 0.57735;

    private static readonly ConcurrentDictionary<(Shape, int), SKPath> Made = new();

    /// <summary>The outline of a shape.</summary>
    /// <param name="shape">Which.</param>
    /// <param name="number">
    /// Of a star's points, a sun's rays or a wheel's spokes, the width of a cross's arms in hundredths, or the number written; 0
    /// for what is usual.
    /// </param>
    public static SKPath Of(Shape shape, int number) => Made.GetOrAdd((shape, number), static key => Make(key.Item1, key.Item2));

    private static SKPath Make(Shape shape, int number) =>
        shape switch
        {
            Shape.Disc => Circle(0, 0, 1),
            Shape.Ring => Circle(0, 0, 1).Op(Circle(0, 0, 0.66f), SKPathOp.Difference),
            Shape.Star => Star(5, PentagramInner),
            Shape.FourPointedStar => Star(4, 0.36),
            Shape.SixPointedStar => Star(6, HexagramInner),
            Shape.ManyPointedStar => Star(number == 0 ? 12 : number, number is 7 or 8 ? 0.5 : 0.62),
            Shape.HexagramOutline => Outlined(Polygon(3, -90), 0.16f).Op(Outlined(Polygon(3, 90), 0.16f), SKPathOp.Union),
            Shape.PentagramOutline => Outlined(Pentagram(), 0.13f),
            Shape.Crescent => Circle(0, 0, 1).Op(Circle(0.3f, 0, 0.8f), SKPathOp.Difference),
            Shape.CrescentAndStar => Circle(-0.25f, 0, 0.75f).Op(Circle(-0.06f, 0, 0.6f), SKPathOp.Difference),
            Shape.Sun => Sun(number == 0 ? 16 : number),
            Shape.Diamond => Polygon([(0, -1), (0.75, 0), (0, 1), (-0.75, 0)]),
            Shape.Square => Polygon([(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]),
            Shape.Triangle => Polygon(3, -90),
            Shape.Cross => Cross(number == 0 ? 0.3f : number / 100f),
            Shape.Wheel => Wheel(number == 0 ? 12 : number),
            Shape.Number => Lettering.Of(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            Shape.LetterP => Lettering.Of("P"),
            Shape.LetterH => Lettering.Of("H"),
            Shape.StopWord => Lettering.Of("STOP"),
            Shape.CircleOfArrows => CircleOfArrows(),
            _ => SKPath.ParseSvgPathData(Pictograms.Of(shape)),
        };

    /// <summary>The star of a crescent and star.</summary>
    public static SKPath StarOfCrescent { get; } = Moved(Star(5, PentagramInner), 0.4f, -15, 0.5f, 0);

    /// <summary>A regular polygon, its first corner in this direction.</summary>
    public static SKPath Polygon(int corners, double firstDegrees) =>
        Polygon([.. Enumerable.Range(0, corners).Select(corner => Around(firstDegrees + (360.0 * corner / corners), 1))]);

    private static SKPath Star(int points, double inner) =>
        Polygon([
            .. Enumerable
                .Range(0, 2 * points)
                .Select(corner => Around(-90 + (180.0 * corner / points), corner % 2 == 0 ? 1 : inner)),
        ]);

    private static SKPath Pentagram() =>
        Polygon([.. Enumerable.Range(0, 5).Select(static corner => Around(-90 + (144.0 * corner), 0.95))]);

    /// <summary>Its arms are this share of its whole length wide; 3 in 10 is the Swiss cross.</summary>
    private static SKPath Cross(float arm)
    {
        SKPath cross = new();
        cross.AddRect(new SKRect(-arm, -1, arm, 1));
        cross.AddRect(new SKRect(-1, -arm, 1, arm));
        return cross;
    }

    private static SKPath Sun(int rays)
    {
        SKPath sun = Star(rays, 0.62);
        return sun.Op(Circle(0, 0, 0.66f), SKPathOp.Union);
    }

    private static SKPath Wheel(int spokes)
    {
        SKPath wheel = Circle(0, 0, 1).Op(Circle(0, 0, 0.84f), SKPathOp.Difference);
        wheel.AddPath(Circle(0, 0, 0.2f));
        using SKPath lines = new();
        for (int spoke = 0; spoke < spokes; spoke++)
        {
            (double x, double y) = Around(360.0 * spoke / spokes, 0.9);
            lines.MoveTo(0, 0);
            lines.LineTo((float)x, (float)y);
        }

        return wheel.Op(Outlined(lines, spokes > 12 ? 0.05f : 0.09f), SKPathOp.Union);
    }

    /// <summary>
    /// Three arrows that follow each other around, against the clock: a roundabout where one drives on the right.
    /// </summary>
    private static SKPath CircleOfArrows()
    {
        SKPath all = new();
        for (int arrow = 0; arrow < 3; arrow++)
        {
            using SKPath arc = new();
            arc.AddArc(new SKRect(-0.72f, -0.72f, 0.72f, 0.72f), (120 * arrow) - 80, 62);
            SKPath bent = Outlined(arc, 0.26f);
            (double x, double y) = Around((120 * arrow) - 12, 0.72);
            bent.AddPath(Moved(Polygon(3, 0), 0.36f, (120 * arrow) + 80, (float)x, (float)y));
            all = all.Op(bent, SKPathOp.Union);
        }

        all.Transform(SKMatrix.CreateScale(-1, 1));
        return all;
    }

    private static SKPath Outlined(SKPath path, float width)
    {
        using SKPaint pen = new()
        {
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width,
            StrokeJoin = SKStrokeJoin.Miter,
        };
        return pen.GetFillPath(path, 40);
    }

    private static SKPath Moved(SKPath path, float scale, float degrees, float x, float y)
    {
        path.Transform(
            SKMatrix
                .CreateScale(scale, scale)
                .PostConcat(SKMatrix.CreateRotationDegrees(degrees))
                .PostConcat(SKMatrix.CreateTranslation(x, y))
        );
        return path;
    }

    private static SKPath Circle(float x, float y, float radius)
    {
        SKPath circle = new();
        circle.AddCircle(x, y, radius);
        return circle;
    }

    private static SKPath Polygon(IReadOnlyList<(double X, double Y)> corners)
    {
        SKPath polygon = new();
        polygon.AddPoly([.. corners.Select(static corner => new SKPoint((float)corner.X, (float)corner.Y))], close: true);
        return polygon;
    }

    private static (double X, double Y) Around(double degrees, double radius) =>
        (radius * Math.Cos(degrees * Math.PI / 180), radius * Math.Sin(degrees * Math.PI / 180));
}
