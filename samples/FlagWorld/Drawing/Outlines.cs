using FlagWorld.Designs;
using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>The outlines of flags and signs; a sign fills a square of side one.</summary>
internal static class Outlines
{
    /// <summary>Of a sign's corners, as road signs have.</summary>
    private const float Rounding = 0.06f;

    public static SKPath Of(Outline outline, float width)
    {
        SKPath path = new();
        switch (outline)
        {
            case Outline.Flag:
                path.AddRect(new SKRect(0, 0, width, 1));
                break;
            case Outline.Disc:
                path.AddCircle(0.5f, 0.5f, 0.5f);
                break;
            case Outline.Square:
                path.AddRoundRect(new SKRect(0.04f, 0.04f, 0.96f, 0.96f), Rounding, Rounding);
                break;
            case Outline.Triangle:
                path.AddPoly([new(0.5f, 0.06f), new(1, 0.93f), new(0, 0.93f)], close: true);
                break;
            case Outline.InvertedTriangle:
                path.AddPoly([new(0.5f, 0.94f), new(1, 0.07f), new(0, 0.07f)], close: true);
                break;
            case Outline.Diamond:
                path.AddPoly([new(0.5f, 0), new(1, 0.5f), new(0.5f, 1), new(0, 0.5f)], close: true);
                break;
            default:
                using (SKPath octagon = ShapePaths.Polygon(8, 22.5))
                {
                    octagon.Transform(SKMatrix.CreateScale(0.54f, 0.54f).PostConcat(SKMatrix.CreateTranslation(0.5f, 0.5f)));
                    path.AddPath(octagon);
                }

                break;
        }

        return path;
    }
}
