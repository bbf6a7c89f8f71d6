using static System.FormattableString;

namespace Cupola.Images;

/// <summary>An encoded image to be decoded, with its name for errors and the cancellation of waiting for memory.</summary>
/// <param name="Bytes">The complete file.</param>
/// <param name="Name">Its name in errors.</param>
/// <param name="Cancellation">Cancels the wait for memory.</param>
internal sealed record EncodedImage(byte[] Bytes, string Name, CancellationToken Cancellation)
{
    /// <summary>The most pixels that are decoded.</summary>
    public long MaximumPixels { get; init; } = ImageDecoder.MaximumPixels;

    /// <summary>The exception that explains why the image cannot be read.</summary>
    public InvalidDataException Damaged(string why, Exception? cause = null) =>
        new($"{Name} is not an image that can be read: {why}.", cause);

    /// <summary>
    /// Creates an image and has its pixels filled, within the memory budget. The image's bytes remain part of the budget until it
    /// is disposed.
    /// </summary>
    /// <param name="width">Pixels per row, as the file claims.</param>
    /// <param name="height">Rows, as the file claims.</param>
    /// <param name="extra">Bytes that decoding needs in addition to the file and the pixels.</param>
    /// <param name="fill">Writes the pixels, or fails.</param>
    /// <exception cref="InvalidDataException">There are too many pixels, or filling them failed.</exception>
    public RgbImage Decode(int width, int height, long extra, Action<RgbImage> fill)
    {
        CheckSize(width, height);
        long pixels = (long)width * height * 3;
        ImageMemory.Share share = ImageMemory.Shared.Take(pixels + extra + Bytes.Length, Name, Cancellation);
        RgbImage? image = null;
        try
        {
            image = new(width, height) { Share = share };
            fill(image);
            share.Shrink(pixels + Bytes.Length);
            return image;
        }
        catch
        {
            image?.Dispose();
            share.Dispose();
            throw;
        }
    }

    /// <exception cref="InvalidDataException">There are too many pixels, or none.</exception>
    public void CheckSize(long width, long height)
    {
        if (width <= 0 || height <= 0)
        {
            throw Damaged("it has no pixels");
        }

        long most = MaximumPixels;
        if (width > most || height > most || width * height > most)
        {
            throw new InvalidDataException(
                Invariant($"{Name} has {width} × {height} pixels; more than {most} are refused, because such a file is more ")
                    + "likely an attack than an image."
            );
        }
    }
}
