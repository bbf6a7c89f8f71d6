using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>
/// Digits and a few capital letters as strokes of a pen, so that no font is needed: every glyph is one wide and two high.
/// </summary>
internal static class Lettering
{
    /// <summary>Of the pen, in glyph widths.</summary>
    private const float Pen = 0.36f;

    /// <summary>From the left edge of one glyph to that of the next.</summary>
    private const float Advance = 1.62f;

    private static readonly Dictionary<char, string> Strokes = new()
    {
        ['0'] = "M.5,0C1.15,0 1.15,2 .5,2C-.15,2 -.15,0 .5,0Z",
        ['1'] = "M.15,.45L.6,0V2",
        ['2'] = "M.05,.55C.05,-.18 .95,-.18 .95,.5C.95,1 .25,1.35 .05,2H1",
        ['3'] = "M.05,.4C.2,-.15 .95,-.12 .95,.5C.95,.85 .7,.95 .4,.95C.8,.95 1,1.15 1,1.45C1,2.15 .1,2.2 0,1.6",
        ['4'] = "M.75,2V0L0,1.4H1.05",
        ['5'] = "M.92,0H.2L.1,.9C.4,.62 1,.72 1,1.35C1,2.15 .1,2.2 0,1.65",
        ['6'] = "M.85,.1C.35,.1 .02,.7 .02,1.35C.02,2.22 1,2.22 1,1.4C1,.65 .15,.65 .04,1.3",
        ['7'] = "M0,0H1L.35,2",
        ['8'] = "M.5,.92C-.1,.92 -.1,0 .5,0C1.1,0 1.1,.92 .5,.92C-.2,.92 -.2,2 .5,2C1.2,2 1.2,.92 .5,.92Z",
        ['9'] = "M.15,1.9C.65,1.9 .98,1.3 .98,.65C.98,-.22 0,-.22 0,.6C0,1.35 .85,1.35 .96,.7",
        ['P'] = "M.08,2V0H.5C1.18,0 1.18,1.08 .5,1.08H.08",
        ['H'] = "M0,0V2M1,0V2M0,1H1",
        ['S'] = "M.95,.4C.8,-.15 .05,-.12 .05,.5C.05,1.1 .95,.9 .95,1.5C.95,2.12 .1,2.15 0,1.6",
        ['T'] = "M-.05,0H1.05M.5,0V2",
        ['O'] = "M.5,0C1.2,0 1.2,2 .5,2C-.2,2 -.2,0 .5,0Z",
    };

    /// <summary>The word, scaled so that it lies around the origin within a circle of radius one.</summary>
    public static SKPath Of(string word)
    {
        using SKPath strokes = new();
        foreach ((int place, char glyph) in word.Index())
        {
            using SKPath stroke = SKPath.ParseSvgPathData(Strokes[glyph]);
            strokes.AddPath(stroke, place * Advance, 0);
        }

        using SKPaint pen = new()
        {
            Style = SKPaintStyle.Stroke,
            StrokeWidth = Pen,
            StrokeJoin = SKStrokeJoin.Miter,
        };
        SKPath outline = pen.GetFillPath(strokes, 40);
        SKRect box = outline.TightBounds;
        float scale = 2 / MathF.Sqrt((box.Width * box.Width) + (box.Height * box.Height));
        outline.Transform(SKMatrix.CreateTranslation(-box.MidX, -box.MidY).PostConcat(SKMatrix.CreateScale(scale, scale)));
        return outline;
    }
}
