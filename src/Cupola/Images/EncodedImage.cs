using static System.FormattableString;

namespace Cupola.Images;

/// <summary>
/// The bytes of an image's file on their way to pixels, what errors call it, and where the memory for it comes from.
/// </summary>
/// <param name="Bytes">The whole file.</param>
/// <param name="Name">What to call it in errors.</param>
/// <param name="Cancellation">Ends the waiting for memory.</param>
internal sealed record EncodedImage(byte[] Bytes, string Name, CancellationToken Cancellation)
{
    /// <summary>The error that says why it cannot be read.</summary>
    public InvalidDataException Damaged(string why, Exception? cause = null) =>
        new($"{Name} is not an image that can be read: {why}.", cause);

    /// <summary>
    /// Makes an image and has its pixels filled in, within the budget of memory. Its own bytes stay taken from there until it is
    /// disposed.
    /// </summary>
    /// <param name="width">Pixels a row, as the file claims.</param>
    /// <param name="height">Rows, as the file claims.</param>
    /// <param name="besides">Bytes that decoding takes besides the file and the pixels.</param>
    /// <param name="fill">Writes the pixels, or fails.</param>
    /// <exception cref="InvalidDataException">There are too many pixels, or what fills them fails.</exception>
    public RgbImage Decode(int width, int height, long besides, Action<RgbImage> fill)
    {
        CheckSize(width, height);
        long pixels = (long)width * height * 3;
        ImageMemory.Share share = ImageMemory.Shared.Take(pixels + besides + Bytes.Length, Name, Cancellation);
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

        long most = ImageDecoder.MaximumPixels;
        if (width > most || height > most || width * height > most)
        {
            throw new InvalidDataException(
                Invariant($"{Name} has {width} × {height} pixels; more than {most} are refused, because such a file is more ")
                    + "likely an attack than an image."
            );
        }
    }
}
