using FlagWorld.Designs;
using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>
/// Draws images: a design, seen in some way, before something. The whole flag lies in the square, as a model that crops the
/// middle would see it.
/// </summary>
internal sealed class Scene : IDisposable
{
    /// <summary>The flag is drawn at twice its size and made smaller, which smooths its edges.</summary>
    private const int Oversampling = 2;

    /// <summary>Of the flat design that is bent into the image.</summary>
    private const int DesignHeight = 144;

    /// <summary>Of the mesh that bends the cloth.</summary>
    private const int Columns = 16,
        Rows = 4;

    private readonly int _size;
    private readonly SKSurface _backdrop;
    private readonly SKSurface _large;
    private readonly ushort[] _triangles;

    /// <summary>Makes room for images of this side.</summary>
    public Scene(int size)
    {
        _size = size;
        _backdrop = SKSurface.Create(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Premul));
        _large = SKSurface.Create(
            new SKImageInfo(size * Oversampling, size * Oversampling, SKColorType.Rgba8888, SKAlphaType.Premul)
        );
        _triangles =
        [
            .. Enumerable
                .Range(0, Rows)
                .SelectMany(static row =>
                    Enumerable
                        .Range(0, Columns)
                        .SelectMany(column =>
                        {
                            int corner = (row * (Columns + 1)) + column,
                                below = corner + Columns + 1;
                            return new[]
                            {
                                (ushort)corner,
                                (ushort)(corner + 1),
                                (ushort)below,
                                (ushort)(corner + 1),
                                (ushort)(below + 1),
                                (ushort)below,
                            };
                        })
                ),
        ];
    }

    public void Dispose()
    {
        _backdrop.Dispose();
        _large.Dispose();
    }

    /// <summary>Draws one image; chance decides about what is behind and the grain of the noise.</summary>
    public SKBitmap Draw(Design design, Palette palette, View view, CounterRandom random)
    {
        SKCanvas canvas = _large.Canvas;
        using SKImageFilter? blur =
            view.Blur > 0
                ? SKImageFilter.CreateBlur(
                    (float)view.Blur * Oversampling,
                    (float)view.Blur * Oversampling,
                    SKShaderTileMode.Clamp
                )
                : null;
        using SKPaint lens = new() { ImageFilter = blur };
        new BackdropPainter(_backdrop.Canvas, _size, random).Paint(view.Backdrop);
        canvas.Clear(SKColors.Transparent);
        int layer = blur is null ? canvas.Save() : canvas.SaveLayer(lens);
        if (view is { Degrees: 0, Wave: 0, Tilt: (0, 0) })
        {
            float side = _size * Oversampling,
                width = (float)view.Scale * side * (design.Outline == Outline.Flag ? 1 : 0.94f),
                height = width / (float)design.Aspect;
            DesignPainter.Paint(canvas, design, palette, (side - width) / 2, (side - height) / 2, height);
            if (view.Backdrop == Backdrop.White)
            {
                DesignPainter.PaintHairline(canvas, design, (side - width) / 2, (side - height) / 2, height);
            }
        }
        else
        {
            using SKImage flat = DesignPainter.Paint(design, palette, DesignHeight);
            DrawBent(canvas, flat, design, view);
        }

        canvas.RestoreToCount(layer);
        SKBitmap image = new(new SKImageInfo(_size, _size, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using SKPixmap behind = _backdrop.PeekPixels(),
            large = _large.PeekPixels();
        Expose(behind.GetPixelSpan(), large.GetPixelSpan(), image.GetPixelSpan(), view, random);
        return image;
    }

    private void DrawBent(SKCanvas canvas, SKImage flat, Design design, View view)
    {
        SKPoint[] places = new SKPoint[(Columns + 1) * (Rows + 1)];
        SKPoint[] texture = new SKPoint[places.Length];
        SKColor[] shades = new SKColor[places.Length];
        double side = _size * Oversampling,
            width = view.Scale * side,
            height = width / design.Aspect;
        (double sine, double cosine) = Math.SinCos(view.Degrees * Math.PI / 180);
        for (int place = 0; place < places.Length; place++)
        {
            double across = (double)(place % (Columns + 1)) / Columns,
                down = (double)(place / (Columns + 1)) / Rows;
            // A wave is fastened at the hoist and grows towards the fly; light falls from one side, so a slope is darker than the
            // other.
            double angle = 2 * Math.PI * ((view.Waves.Number * across) + view.Waves.Phase + (0.15 * down)),
                hold = Math.Min(1, across * 3);
            double x = (across - 0.5) * width,
                y = ((down - 0.5) * height) + (view.Wave * hold * height * Math.Sin(angle));
            double near = 1 / (1 + (view.Tilt.X * (across - 0.5)) + (view.Tilt.Y * (down - 0.5)));
            (x, y) = (x * near, y * near);
            places[place] = new SKPoint(
                (float)((side * (0.5 + view.Shift.X)) + (x * cosine) - (y * sine)),
                (float)((side * (0.5 + view.Shift.Y)) + (x * sine) + (y * cosine))
            );
            texture[place] = new SKPoint((float)(across * flat.Width), (float)(down * flat.Height));
            byte shade = (byte)Math.Clamp(255 * (1 - (view.Shading * (0.5 + (0.5 * Math.Cos(angle))))), 0, 255);
            shades[place] = new SKColor(shade, shade, shade);
        }

        using SKVertices mesh = SKVertices.CreateCopy(SKVertexMode.Triangles, places, texture, shades, _triangles);
        using SKShader cloth = flat.ToShader(
            SKShaderTileMode.Clamp,
            SKShaderTileMode.Clamp,
            new SKSamplingOptions(SKFilterMode.Linear)
        );
        using SKPaint paint = new() { Shader = cloth };
        canvas.DrawVertices(mesh, SKBlendMode.Modulate, paint);
    }

    /// <summary>Makes four pixels of the flag one before the backdrop, in the view's light and with its noise.</summary>
    private void Expose(ReadOnlySpan<byte> behind, ReadOnlySpan<byte> large, Span<byte> small, View view, CounterRandom random)
    {
        ReadOnlySpan<double> light = [view.Light.Red, view.Light.Green, view.Light.Blue];
        int stride = _size * Oversampling * 4;
        for (int pixel = 0; pixel < _size * _size; pixel++)
        {
            int corner = (pixel / _size * Oversampling * stride) + (pixel % _size * Oversampling * 4);
            double seen = 1 - (Four(large, corner + 3, stride) / 255);
            for (int channel = 0; channel < 3; channel++)
            {
                double level = Four(large, corner + channel, stride) + (seen * behind[(4 * pixel) + channel]);
                // The sum of two even numbers is near enough to a bell; its standard deviation is 1 / √6.
                double noise = view.Noise == 0 ? 0 : (random.Unit() + random.Unit() - 1) * 2.449 * view.Noise;
                small[(4 * pixel) + channel] = (byte)Math.Clamp((level * light[channel]) + noise + 0.5, 0, 255);
            }

            small[(4 * pixel) + 3] = 255;
        }
    }

    /// <summary>The mean of four neighbours in one channel.</summary>
    private static double Four(ReadOnlySpan<byte> pixels, int corner, int stride) =>
        (pixels[corner] + pixels[corner + 4] + pixels[corner + stride] + pixels[corner + stride + 4]) / 4.0;
}
