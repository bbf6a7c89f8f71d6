using NetVips;

namespace Cupola.Images;

/// <summary>Small pictures for pages that people look at; no model sees them.</summary>
internal static class Thumbnail
{
    private const int Quality = 82;

    /// <summary>A picture as JPEG, no side longer than so many pixels; nothing where it cannot be read.</summary>
    public static byte[]? ReadJpeg(PictureSource source, bool orient, int longest, CancellationToken cancellation = default)
    {
        try
        {
            using RgbImage picture = source.DecodeShared(orient, cancellation);
            return Jpeg(picture, longest);
        }
        catch (Exception exception) when (PictureReader.IsBroken(exception))
        {
            return null;
        }
    }

    private static unsafe byte[] Jpeg(RgbImage picture, int longest)
    {
        double scale = Math.Min(1, (double)longest / Math.Max(picture.Width, picture.Height));
        using Image whole = Image.NewFromMemory((nint)picture.Pointer, (ulong)picture.Bytes.Length, picture.Width, picture.Height, 3, Enums.BandFormat.Uchar);
        using Image rgb = whole.Copy(interpretation: Enums.Interpretation.Srgb);
        using Image small = rgb.Resize(Math.Max(scale, 1.0 / picture.Width), vscale: Math.Max(scale, 1.0 / picture.Height));
        return small.JpegsaveBuffer(q: Quality, keep: Enums.ForeignKeep.None);
    }
}
