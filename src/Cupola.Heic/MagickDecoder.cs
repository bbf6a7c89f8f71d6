using Cupola.Images;
using ImageMagick;

namespace Cupola.Heic;

/// <summary>
/// Decodes HEIC by ImageMagick, whose libheif has the codec. The image is turned as the container says, which is part of its
/// format; EXIF's orientation, which repeats that, is not applied again.
/// </summary>
internal static class MagickDecoder
{
    /// <summary>Bytes a pixel while it is decoded: the codec's planes, and ImageMagick's four channels.</summary>
    private const int PixelBytes = 12;

    /// <summary>The one format that is asked for: a file is never taken for one of ImageMagick's many others.</summary>
    private static MagickReadSettings Settings =>
        new()
        {
            Format = MagickFormat.Heic,
            FrameIndex = 0,
            FrameCount = 1,
        };

    public static RgbImage Decode(EncodedImage file)
    {
        try
        {
            MagickImageInfo claimed = new(file.Bytes, Settings);
            file.CheckSize(claimed.Width, claimed.Height);
            return file.Decode(
                (int)claimed.Width,
                (int)claimed.Height,
                PixelBytes * (long)claimed.Width * claimed.Height,
                pixels => Fill(file, pixels)
            );
        }
        catch (MagickException problem)
        {
            throw file.Damaged(FirstSentence(problem.Message), problem);
        }
    }

    private static void Fill(EncodedImage file, RgbImage pixels)
    {
        using MagickImage image = new(file.Bytes, Settings);
        if (image.Width != pixels.Width || image.Height != pixels.Height)
        {
            throw file.Damaged("its parts differ about its size");
        }

        image.ColorSpace = ColorSpace.sRGB;
        using IUnsafePixelCollection<byte> stored = image.GetPixelsUnsafe();
        byte[] bytes =
            stored.ToByteArray(PixelMapping.RGB) is { } found && found.Length == pixels.Bytes.Length
                ? found
                : throw file.Damaged("it has no colors");
        bytes.CopyTo(pixels.Bytes);
    }

    /// <summary>ImageMagick adds the place in its own code.</summary>
    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(" @ ", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
    }
}
