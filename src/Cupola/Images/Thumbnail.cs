using NetVips;

namespace Cupola.Images;

/// <summary>Makes small images for HTML pages; no model reads them.</summary>
internal static class Thumbnail
{
    private const int Quality = 82;

    /// <summary>An image as JPEG whose longer side is limited; null if it cannot be read.</summary>
    public static byte[]? ReadJpeg(ImageSource source, bool orient, int longest, CancellationToken cancellationToken = default)
    {
        try
        {
            using RgbImage image = source.DecodeShared(orient, cancellationToken);
            return Jpeg(image, longest);
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return null;
        }
    }

    /// <summary>An image as JPEG whose longer side is limited.</summary>
    public static unsafe byte[] Jpeg(RgbImage image, int longest)
    {
        double scale = Math.Min(1, (double)longest / Math.Max(image.Width, image.Height));
        using Image whole = Image.NewFromMemory(
            (nint)image.Pointer,
            (ulong)image.Bytes.Length,
            image.Width,
            image.Height,
            3,
            Enums.BandFormat.Uchar
        );
        using Image rgb = whole.Copy(interpretation: Enums.Interpretation.Srgb);
        using Image small = rgb.Resize(Math.Max(scale, 1.0 / image.Width), vscale: Math.Max(scale, 1.0 / image.Height));
        return small.JpegsaveBuffer(q: Quality, keep: Enums.ForeignKeep.None);
    }
}
