using FlagWorld.Designs;
using FlagWorld.Drawing;
using FlagWorld.Grammar;
using FlagWorld.Real;
using SkiaSharp;

namespace FlagWorld.Output;

/// <summary>Many images on one page, for the eye.</summary>
internal static class ContactSheet
{
    private const int Gap = 4;

    /// <summary>Random flags and signs as training draws them.</summary>
    public static void OfRandom(string path, int count, int columns, ulong seed, int size) =>
        Write(path, count, columns, size, (scene, number) =>
        {
            CounterRandom random = new(seed, (ulong)number),
                drawing = random.Fork(1);
            Design design = DesignStream.Draw(random.Fork(0), Share.Training);
            return scene.Draw(design, Palette.Draw(design, drawing.Fork(0)), View.Draw(design, drawing.Fork(1)), drawing.Fork(2));
        });

    /// <summary>The real flags and signs, flat, in the order of their files.</summary>
    public static void OfReal(string path, int columns, int size) =>
        Write(path, RealDesigns.All.Count, columns, size, static (scene, number) =>
        {
            RealDesign real = RealDesigns.All[number];
            return scene.Draw(real.Design, Palette.Specified(real.Design, real.Colors), View.Flat, new CounterRandom(0, 0));
        });

    private static void Write(string path, int count, int columns, int size, Func<Scene, int, SKBitmap> draw)
    {
        int step = size + Gap,
            rows = (count + columns - 1) / columns;
        using Scene scene = new(size);
        using SKSurface page = SKSurface.Create(
            new SKImageInfo((columns * step) + Gap, (rows * step) + Gap, SKColorType.Rgba8888, SKAlphaType.Premul)
        );
        page.Canvas.Clear(SKColors.Gray);
        for (int number = 0; number < count; number++)
        {
            using SKBitmap image = draw(scene, number);
            page.Canvas.DrawBitmap(image, Gap + (number % columns * step), Gap + (number / columns * step));
        }

        using SKImage sheet = page.Snapshot();
        using SKData png = sheet.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, png.ToArray());
    }
}
