using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>Draws what is behind a flag, in colors by chance. What has soft edges is drawn small and made larger.</summary>
internal sealed class BackdropPainter(SKCanvas canvas, int size, CounterRandom random)
{
    /// <summary>The side of the small image.</summary>
    private const int Side = 32;

    public void Paint(Backdrop backdrop)
    {
        switch (backdrop)
        {
            case Backdrop.White:
                canvas.Clear(SKColors.White);
                break;
            case Backdrop.Paper:
                byte level = (byte)random.Between(185, 232);
                canvas.Clear(new SKColor(level, level, level));
                break;
            case Backdrop.Plain:
                canvas.Clear(Muted());
                break;
            default:
                using (SKSurface coarse = SKSurface.Create(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Premul)))
                {
                    PaintSoft(coarse.Canvas, backdrop);
                    using SKImage image = coarse.Snapshot();
                    canvas.DrawImage(image, new SKRect(0, 0, size, size), new SKSamplingOptions(SKFilterMode.Linear));
                }

                break;
        }
    }

    private void PaintSoft(SKCanvas coarse, Backdrop backdrop)
    {
        if (backdrop == Backdrop.Gradient)
        {
            Gradient(coarse, Muted(), Muted(), random.Unit() * 360);
        }
        else if (backdrop == Backdrop.Sky)
        {
            PaintSky(coarse);
        }
        else
        {
            PaintPatches(coarse);
        }
    }

    private void PaintSky(SKCanvas coarse)
    {
        SKColor above = SKColor.FromHsl(
            (float)random.Between(200, 218),
            (float)random.Between(20, 70),
            (float)random.Between(45, 75)
        );
        SKColor below = SKColor.FromHsl(
            (float)random.Between(195, 225),
            (float)random.Between(5, 50),
            (float)random.Between(72, 94)
        );
        Gradient(coarse, above, below, 90);
        for (int number = random.Below(5); number > 0; number--)
        {
            byte strength = (byte)(90 + random.Below(130));
            Cloud(coarse, random.Between(0.15, 0.5), 0.4f, SKColors.White.WithAlpha(strength));
        }
    }

    private void PaintPatches(SKCanvas coarse)
    {
        coarse.Clear(Muted());
        for (int number = 5 + random.Below(9); number > 0; number--)
        {
            Cloud(coarse, random.Between(0.1, 0.5), 1, Muted());
        }
    }

    /// <summary>A soft spot somewhere, its radius a share of the side.</summary>
    private void Cloud(SKCanvas coarse, double share, float height, SKColor color)
    {
        float x = (float)random.Unit() * Side,
            y = (float)random.Unit() * Side,
            radius = (float)share * Side;
        using SKShader soft = SKShader.CreateRadialGradient(
            new SKPoint(x, y),
            radius,
            [color, color.WithAlpha(0)],
            SKShaderTileMode.Clamp
        );
        using SKPaint spot = new() { Shader = soft, IsAntialias = true };
        coarse.DrawOval(x, y, radius, radius * height, spot);
    }

    private static void Gradient(SKCanvas coarse, SKColor from, SKColor to, double degrees)
    {
        (double sine, double cosine) = Math.SinCos(degrees * Math.PI / 180);
        const float Half = Side / 2f;
        SKPoint start = new(Half - ((float)cosine * Half), Half - ((float)sine * Half)),
            end = new(Half + ((float)cosine * Half), Half + ((float)sine * Half));
        using SKShader shader = SKShader.CreateLinearGradient(start, end, [from, to], SKShaderTileMode.Clamp);
        using SKPaint paint = new() { Shader = shader, BlendMode = SKBlendMode.Src };
        coarse.DrawRect(0, 0, Side, Side, paint);
    }

    /// <summary>Walls, trees and streets are seldom as bright as flags.</summary>
    private SKColor Muted() =>
        SKColor.FromHsl((float)random.Unit() * 360, (float)random.Between(3, 38), (float)random.Between(18, 90));
}
