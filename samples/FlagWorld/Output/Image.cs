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

    /// <summary>
    /// Where an element of a design lies in the image that <see cref="Draw(Design, CounterRandom)"/> makes by the same chance,
    /// and under what is painted on it: a PNG, white there and black elsewhere.
    /// </summary>
    public byte[] DrawMask(Design design, Element element, CounterRandom random)
    {
        Tint mark = Enum.GetValues<Hue>()
            .Select(static hue => new Tint(hue, Shade.Dark))
            .First(tint => !design.Tints.Contains(tint));
        Design below = design with
        {
            Elements =
            [
                .. design.Elements.TakeWhile(other => other != element),
                element is Charge charge ? charge with { Tint = mark, StarTint = null } : element with { Tint = mark },
            ],
        };
        View view = View.Draw(design, random.Fork(1)).Plain();
        using SKBitmap white = Draw(SKColors.White),
            black = Draw(SKColors.Black);
        SKBitmap mask = new(new SKImageInfo(size, size, SKColorType.Gray8, SKAlphaType.Opaque));
        for (int pixel = 0; pixel < size * size; pixel++)
        {
            int difference = white.GetPixelSpan()[4 * pixel] - black.GetPixelSpan()[4 * pixel];
            mask.GetPixelSpan()[pixel] = difference > 127 ? byte.MaxValue : (byte)0;
        }

        using (mask)
        {
            using SKData png = mask.Encode(SKEncodedImageFormat.Png, 100);
            return png.ToArray();
        }

        SKBitmap Draw(SKColor color) => _scene.Draw(below, Palette.Marked(below, mark, color), view, random.Fork(2));
    }

    public void Dispose() => _scene.Dispose();

    private byte[] Encode(Design design, Palette palette, View view, CounterRandom random)
    {
        using SKBitmap image = _scene.Draw(design, palette, view, random);
        using SKData jpeg = image.Encode(SKEncodedImageFormat.Jpeg, view.Quality);
        return jpeg.ToArray();
    }
}
