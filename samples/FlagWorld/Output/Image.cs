using FlagWorld.Designs;
using FlagWorld.Drawing;
using FlagWorld.Real;
using SkiaSharp;

namespace FlagWorld.Output;

/// <summary>Turns designs into image files.</summary>
internal sealed class Image(int size) : IDisposable
{
    private readonly Scene _scene = new(size);

    /// <summary>A design in colors and in a view by chance, as JPEG.</summary>
    public byte[] Draw(Design design, CounterRandom random)
    {
        Palette palette = Palette.Draw(design, random.Fork(0));
        View view = View.Draw(design, random.Fork(1));
        return Encode(design, palette, view, random.Fork(2));
    }

    /// <summary>A real flag or sign in the colors of its specification: flat, or in a view by chance.</summary>
    public byte[] Draw(RealDesign real, bool flat, CounterRandom random) =>
        Encode(
            real.Design,
            Palette.Specified(real.Design, real.Colors),
            flat ? View.Flat : View.Draw(real.Design, random.Fork(1)),
            random.Fork(2)
        );

    /// <summary>A real flag or sign, flat, as PNG.</summary>
    public byte[] DrawFlat(RealDesign real)
    {
        using SKBitmap image = _scene.Draw(
            real.Design,
            Palette.Specified(real.Design, real.Colors),
            View.Flat,
            new CounterRandom(0, 0)
        );
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Dispose() => _scene.Dispose();

    private byte[] Encode(Design design, Palette palette, View view, CounterRandom random)
    {
        using SKBitmap image = _scene.Draw(design, palette, view, random);
        using SKData jpeg = image.Encode(SKEncodedImageFormat.Jpeg, view.Quality);
        return jpeg.ToArray();
    }
}
