namespace Cupola.Images;

/// <summary>
/// An image on its way to the image tower: its preprocessed bytes, or the sentence that says why there are none.
/// </summary>
/// <param name="Path">The file or address, or what else its source is called.</param>
/// <param name="Pixels">[size, size, 3] bytes, or null.</param>
/// <param name="Error">One sentence, or null.</param>
internal sealed record PreparedImage(string Path, byte[]? Pixels, string? Error);

/// <summary>
/// Reads, decodes and preprocesses images ahead of whoever encodes them, in order and on bounded memory: so many
/// decoded at once as there are threads, so many prepared ahead as the caller says. A broken one never stops the rest.
/// </summary>
/// <param name="preprocessing">What happens to each image.</param>
/// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
/// <param name="threads">Images decoded at once.</param>
internal sealed class ImageReader(ImagePreprocessing preprocessing, bool orient, int threads)
{
    /// <summary>Prepares images in the order of their paths.</summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    /// <param name="ahead">Images that may be prepared before they are asked for.</param>
    public IEnumerable<PreparedImage> Prepare(IEnumerable<string> paths, int ahead) =>
        Prepare(paths.Select(ImageSource.FromPath), ahead);

    /// <summary>Prepares images in order, wherever their bytes lie.</summary>
    /// <param name="images">Where each is to be had; enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="ahead">Images that may be prepared before they are asked for.</param>
    /// <param name="cancellation">Stops before the next image.</param>
    public IEnumerable<PreparedImage> Prepare(
        IEnumerable<ImageSource> images,
        int ahead,
        CancellationToken cancellation = default
    ) => Prefetch.Select(images, image => Prepare(image, cancellation), threads, ahead, cancellation);

    private PreparedImage Prepare(ImageSource image, CancellationToken cancellation)
    {
        try
        {
            return new(image.Name, Prepare(image.Read(cancellation), image.Name, cancellation), null);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return new(image.Name, null, exception.Message);
        }
    }

    /// <summary>The preprocessed bytes of an image's file.</summary>
    internal byte[] Prepare(byte[] file, string name, CancellationToken cancellation)
    {
        using RgbImage image = ImageDecoder.DecodeShared(file, name, orient, cancellation);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(preprocessing.ByteCount);
        preprocessing.Apply(image, pixels);
        return pixels;
    }

    /// <summary>Whether an exception says that an image cannot be read, and nothing else is wrong.</summary>
    internal static bool IsBroken(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException;
}
