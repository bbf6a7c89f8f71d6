using FlagWorld.Designs;
using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>Draws a design flat: the image that a flag law prints.</summary>
internal sealed class DesignPainter(SKCanvas canvas, Design design, Palette palette) : IDisposable
{
    private readonly SKPaint _paint = new() { IsAntialias = true };
    private readonly float _width = (float)design.Aspect;

    /// <summary>Draws a design into a new image of this height, transparent outside the outline.</summary>
    public static SKImage Paint(Design design, Palette palette, int height)
    {
        using SKSurface surface = SKSurface.Create(
            new SKImageInfo((int)Math.Round(height * design.Aspect), height, SKColorType.Rgba8888, SKAlphaType.Premul)
        );
        surface.Canvas.Clear(SKColors.Transparent);
        Paint(surface.Canvas, design, palette, 0, 0, height);
        return surface.Snapshot();
    }

    /// <summary>Draws a design of this height onto something else.</summary>
    public static void Paint(SKCanvas canvas, Design design, Palette palette, float left, float top, float height)
    {
        canvas.Save();
        canvas.Translate(left, top);
        canvas.Scale(height);
        using DesignPainter painter = new(canvas, design, palette);
        painter.Paint();
        canvas.Restore();
    }

    /// <summary>A hairline around a design, so that white stripes end on white paper.</summary>
    public static void PaintHairline(SKCanvas canvas, Design design, float left, float top, float height)
    {
        using SKPath outline = Outlines.Of(design.Outline, (float)design.Aspect);
        outline.Transform(SKMatrix.CreateScale(height, height).PostConcat(SKMatrix.CreateTranslation(left, top)));
        using SKPaint pen = new()
        {
            Style = SKPaintStyle.Stroke,
            StrokeWidth = 2,
            Color = SKColors.Silver,
            IsAntialias = true,
        };
        canvas.DrawPath(outline, pen);
    }

    public void Dispose() => _paint.Dispose();

    private void Paint()
    {
        using SKPath outline = Outlines.Of(design.Outline, _width);
        canvas.Save();
        canvas.ClipPath(outline, antialias: true);
        PaintField(design.Field);
        foreach (Element element in design.Elements)
        {
            switch (element)
            {
                case Cross cross:
                    PaintCross(cross);
                    break;
                case HoistTriangle triangle:
                    PaintTriangle(triangle);
                    break;
                case HoistBar bar:
                    Fill(bar.Tint, 0, 0, (float)((bar.Width ?? Placement.BarWidth) * _width), 1);
                    break;
                case Bend bend:
                    PaintBend(bend);
                    break;
                case Border border:
                    Stroke(border.Tint, outline, 2 * (float)(border.Width ?? (design.Outline == Outline.Flag ? 0.1 : 0.11)));
                    break;
                case Canton canton:
                    Fill(
                        canton.Tint,
                        0,
                        0,
                        (float)((canton.Width ?? Placement.CantonWidth) * _width),
                        (float)(canton.Height ?? Placement.CantonHeight)
                    );
                    break;
                case Charge charge:
                    PaintCharge(charge);
                    break;
                default:
                    throw new InvalidDataException($"{element} cannot be drawn.");
            }
        }

        canvas.Restore();
    }

    private void PaintField(Field field)
    {
        switch (field)
        {
            case Plain plain:
                Fill(plain.Tint, 0, 0, _width, 1);
                break;
            case Bands bands:
                double[] edges = bands.Edges();
                for (int stripe = 0; stripe < bands.Stripes.Count; stripe++)
                {
                    // To the far edge, so that nothing shines through between two stripes.
                    float from = (float)edges[stripe];
                    Fill(bands.Stripes[stripe], bands.Vertical ? from * _width : 0, bands.Vertical ? 0 : from, _width, 1);
                }

                break;
            case DiagonalHalves halves:
                Fill(halves.Lower, 0, 0, _width, 1);
                Fill(
                    halves.Upper,
                    halves.Rising ? [new(0, 0), new(_width, 0), new(0, 1)] : [new(0, 0), new(_width, 0), new(_width, 1)]
                );
                break;
            case Quarters quarters:
                Fill(quarters.UpperHoist, 0, 0, _width / 2, 0.5f);
                Fill(quarters.UpperFly, _width / 2, 0, _width, 0.5f);
                Fill(quarters.LowerHoist, 0, 0.5f, _width / 2, 1);
                Fill(quarters.LowerFly, _width / 2, 0.5f, _width, 1);
                break;
            case SaltireQuarters quarters:
                Fill(quarters.Sideways, 0, 0, _width, 1);
                Fill(quarters.Vertical, [new(0, 0), new(_width, 0), new(0, 1), new(_width, 1)]);
                break;
            default:
                throw new InvalidDataException($"{field} cannot be drawn.");
        }
    }

    private void PaintCross(Cross cross)
    {
        using SKPath arms = new();
        // Denmark's cross: the upright's middle lies at 7 of 18.5 parts from the hoist for a flag of usual proportions.
        float upright = cross.Form == CrossKind.Nordic ? 0.38f * _width : _width / 2;
        if (cross.Form == CrossKind.Saltire)
        {
            Line(arms, 0, 0, _width, 1);
            Line(arms, 0, 1, _width, 0);
        }
        else
        {
            Line(arms, 0, 0.5f, _width, 0.5f);
            Line(arms, upright, 0, upright, 1);
        }

        EdgedStroke(cross.Tint, cross.Edge, arms, (float)(cross.Width ?? 0.2), cross.Form == CrossKind.Saltire ? 1.6f : 2);
    }

    private void PaintBend(Bend bend)
    {
        using SKPath band = new();
        Line(band, 0, bend.Rising ? 1 : 0, _width, bend.Rising ? 0 : 1);
        EdgedStroke(bend.Tint, bend.Edge, band, (float)(bend.Width ?? 0.24), 1.5f);
    }

    private void PaintTriangle(HoistTriangle triangle)
    {
        float depth = (float)(triangle.Depth ?? Placement.TriangleDepth);
        if (triangle.Edge is { } edge)
        {
            using SKPath sides = new();
            sides.MoveTo(0, 0);
            sides.LineTo(depth, 0.5f);
            sides.LineTo(0, 1);
            Stroke(edge, sides, 0.14f);
        }

        Fill(triangle.Tint, [new(0, 0), new(depth, 0.5f), new(0, 1)]);
    }

    private void PaintCharge(Charge charge)
    {
        if (charge.Backing is { } backing)
        {
            (SKPoint middle, float radius) = Placement.Under(charge, design);
            Fill(backing.Tint, ShapePaths.Of(backing.Shape, 0), middle, radius);
        }

        foreach ((SKPoint middle, float radius) in Placement.Of(charge, design))
        {
            Fill(charge.Tint, ShapePaths.Of(charge.Shape, charge.Number), middle, radius);
            switch (charge.Shape)
            {
                case Shape.CrescentAndStar:
                    Fill(charge.StarTint ?? charge.Tint, ShapePaths.StarOfCrescent, middle, radius);
                    break;
                case Shape.TrafficLight:
                    foreach (
                        (int lamp, SKColor light) in new[]
                        {
                            new SKColor(0xFFE03127),
                            new SKColor(0xFFFFC72C),
                            new SKColor(0xFF1DB954),
                        }.Index()
                    )
                    {
                        _paint.Color = light;
                        canvas.DrawCircle(middle.X, middle.Y + (((lamp * 0.6f) - 0.6f) * radius), 0.24f * radius, _paint);
                    }

                    break;
                case Shape.DeadEnd:
                    _paint.Color = new SKColor(0xFFDA291C);
                    canvas.DrawRect(
                        middle.X - (0.7f * radius),
                        middle.Y - (0.9f * radius),
                        1.4f * radius,
                        0.42f * radius,
                        _paint
                    );
                    break;
            }
        }
    }

    private static void Line(SKPath path, float fromX, float fromY, float toX, float toY)
    {
        // Beyond the edges, so that the ends of a wide line do not show.
        (float beyondX, float beyondY) = ((toX - fromX) * 0.3f, (toY - fromY) * 0.3f);
        path.MoveTo(fromX - beyondX, fromY - beyondY);
        path.LineTo(toX + beyondX, toY + beyondY);
    }

    /// <summary>
    /// A line, and below it one of the edge's color that is this many times as wide: twice for the crosses of the north.
    /// </summary>
    private void EdgedStroke(Tint tint, Tint? edge, SKPath path, float width, float edgeWidth)
    {
        if (edge is { } outer)
        {
            Stroke(outer, path, width * edgeWidth);
        }

        Stroke(tint, path, width);
    }

    private void Stroke(Tint tint, SKPath path, float width)
    {
        _paint.Color = palette[tint];
        _paint.Style = SKPaintStyle.Stroke;
        _paint.StrokeWidth = width;
        canvas.DrawPath(path, _paint);
        _paint.Style = SKPaintStyle.Fill;
    }

    private void Fill(Tint tint, SKPath shape, SKPoint middle, float radius)
    {
        canvas.Save();
        canvas.Translate(middle.X, middle.Y);
        canvas.Scale(radius);
        _paint.Color = palette[tint];
        canvas.DrawPath(shape, _paint);
        canvas.Restore();
    }

    private void Fill(Tint tint, float left, float top, float right, float bottom)
    {
        _paint.Color = palette[tint];
        canvas.DrawRect(new SKRect(left, top, right, bottom), _paint);
    }

    private void Fill(Tint tint, ReadOnlySpan<SKPoint> corners)
    {
        using SKPath polygon = new();
        polygon.AddPoly(corners.ToArray(), close: true);
        _paint.Color = palette[tint];
        canvas.DrawPath(polygon, _paint);
    }
}
