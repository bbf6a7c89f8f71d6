using Cupola.Images;
using Cupola.Models;

namespace Cupola.Maps;

/// <summary>
/// Draws maps over images: the image itself pale, colors where the map is strong, and dark what the model did not see.
/// </summary>
/// <param name="preprocessing">How the model's view of an image comes about.</param>
/// <param name="covered">Pixels of the view, from the left and from the top, that places cover.</param>
internal sealed class MapOverlay(ImagePreprocessing preprocessing, double covered)
{
    /// <summary>The longer side of a drawn image, at most.</summary>
    public const int LongestSide = 2048;

    /// <summary>A view is drawn at least so large, by whole factors, so that a person sees something.</summary>
    private const int LeastView = 384;

    /// <summary>How much color an image keeps, how bright it stays, and what did not reach the model.</summary>
    private const float Color = 0.35f,
        Light = 0.85f,
        Unseen = 0.3f;

    /// <summary>A color and how much it covers, of a share.</summary>
    public delegate ((byte Red, byte Green, byte Blue) Color, float Cover) Coloring(float share);

    /// <summary>For a model's maps.</summary>
    public static MapOverlay For(MapEncoder encoder, MapKind kind)
    {
        int factor = encoder.Factor(kind);
        return new(encoder.Preprocessing, (double)encoder.Tower.Grid(factor) * encoder.Tower.PlaceSize / factor);
    }

    /// <summary>A map over the image as the model saw it; the caller disposes it.</summary>
    /// <param name="image">The whole image.</param>
    /// <param name="shares">The map, [grid, grid].</param>
    /// <param name="coloring">The colors of shares.</param>
    public RgbImage OnView(RgbImage image, ReadOnlySpan<float> shares, Coloring coloring)
    {
        int size = preprocessing.Size,
            factor = (LeastView + size - 1) / size;
        using RgbImage view = new(size, size);
        preprocessing.Apply(image, view.Bytes);
        RgbImage drawn = Resized(view, size * factor, size * factor);
        CropPlacement seen = preprocessing.Place(image.Width, image.Height);
        double[] across = Positions(drawn.Width, new(1.0 / factor, 0, 0, size), seen.Across),
            down = Positions(drawn.Height, new(1.0 / factor, 0, 0, size), seen.Down);
        Paint(drawn, across, down, shares, coloring);
        return drawn;
    }

    /// <summary>A map over the whole image; the caller disposes it.</summary>
    /// <param name="image">The whole image.</param>
    /// <param name="longest">Its longer side in what is drawn, at most.</param>
    /// <param name="shares">The map, [grid, grid].</param>
    /// <param name="coloring">The colors of shares.</param>
    public RgbImage OnImage(RgbImage image, int longest, ReadOnlySpan<float> shares, Coloring coloring)
    {
        double scale = Math.Min(1, (double)longest / Math.Max(image.Width, image.Height));
        RgbImage drawn = Resized(
            image,
            Math.Max(1, (int)Math.Round(image.Width * scale)),
            Math.Max(1, (int)Math.Round(image.Height * scale))
        );
        CropPlacement seen = preprocessing.Place(image.Width, image.Height);
        CropAxis across = seen.Across with { Scale = seen.Across.Scale * image.Width / drawn.Width },
            down = seen.Down with { Scale = seen.Down.Scale * image.Height / drawn.Height };
        Paint(drawn, Positions(drawn.Width, across, seen.Across), Positions(drawn.Height, down, seen.Down), shares, coloring);
        return drawn;
    }

    /// <summary>Where each pixel of an axis lies among the places, from 0 to 1; NaN where no place is.</summary>
    private double[] Positions(int extent, CropAxis toView, CropAxis seen)
    {
        double[] positions = new double[extent];
        for (int pixel = 0; pixel < extent; pixel++)
        {
            double at = toView.ToView(pixel + 0.5);
            positions[pixel] = at < seen.First || at > Math.Min(seen.End, covered) ? double.NaN : at / covered;
        }

        return positions;
    }

    private static void Paint(RgbImage image, double[] across, double[] down, ReadOnlySpan<float> shares, Coloring coloring)
    {
        int grid = (int)Math.Sqrt(shares.Length);
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y);
            for (int x = 0; x < image.Width; x++)
            {
                Span<byte> pixel = row.Slice(3 * x, 3);
                bool isSeen = !double.IsNaN(across[x]) && !double.IsNaN(down[y]);
                // Rec. 601, as Pillow's conversion to gray.
                float gray = (0.299f * pixel[0]) + (0.587f * pixel[1]) + (0.114f * pixel[2]);
                ((byte Red, byte Green, byte Blue) color, float cover) = isSeen
                    ? coloring(HeatMap.At(shares, grid, across[x], down[y]))
                    : default;
                float light = isSeen ? Light : Unseen;
                pixel[0] = Blend(pixel[0], gray, light, color.Red, cover);
                pixel[1] = Blend(pixel[1], gray, light, color.Green, cover);
                pixel[2] = Blend(pixel[2], gray, light, color.Blue, cover);
            }
        }
    }

    private static byte Blend(byte channel, float gray, float light, byte color, float cover) =>
        (byte)(float.Lerp(float.Lerp(gray, channel, Color) * light, color, cover) + 0.5f);

    private static RgbImage Resized(RgbImage image, int width, int height)
    {
        RgbImage resized = new(width, height);
        PillowResize.Resize(image, Interpolation.Bicubic, width, height, 0, 0, width, height, resized.Bytes);
        return resized;
    }
}
