using System.Security.Cryptography;

namespace Cupola.Images;

/// <summary>
/// An image prepared for the image tower: its preprocessed bytes, or a sentence that explains why there are none.
/// </summary>
/// <param name="Path">The file or address, or another name of its source.</param>
/// <param name="Pixels">[size, size, 3] bytes, or null.</param>
/// <param name="Error">One sentence, or null.</param>
/// <param name="FileHash">SHA-256 of its file, in hexadecimal digits; null where it was not read.</param>
internal sealed record PreparedImage(string Path, byte[]? Pixels, string? Error, string? FileHash);

/// <summary>
/// Reads, decodes and preprocesses images ahead of the encoder, in order and in bounded memory: as many at once as there are
/// threads, and as many ahead as the caller allows. An unreadable image never stops the rest.
/// </summary>
/// <param name="preprocessing">The preprocessing of each image.</param>
/// <param name="orient">Whether to apply EXIF orientations; the reference does not.</param>
/// <param name="threads">Images decoded at once.</param>
internal sealed class ImageReader(ImagePreprocessing preprocessing, bool orient, int threads)
{
    /// <summary>Prepares images in the order of their paths.</summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    /// <param name="ahead">Images that may be prepared before they are requested.</param>
    public IEnumerable<PreparedImage> Prepare(IEnumerable<string> paths, int ahead) =>
        Prepare(paths.Select(ImageSource.FromPath), ahead);

    /// <summary>Prepares images in order, from any kind of source.</summary>
    /// <param name="images">The sources; enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="ahead">Images that may be prepared before they are requested.</param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    public IEnumerable<PreparedImage> Prepare(
        IEnumerable<ImageSource> images,
        int ahead,
        CancellationToken cancellationToken = default
    ) => Prefetch.Select(images, image => Prepare(image, cancellationToken), threads, ahead, cancellationToken);

    private PreparedImage Prepare(ImageSource image, CancellationToken cancellationToken)
    {
        string? hash = null;
        try
        {
            byte[] file = image.Read(cancellationToken);
            hash = HashOf(file);
            return new(image.Name, Prepare(file, image.Name, cancellationToken), null, hash);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return new(image.Name, null, exception.Message, hash);
        }
    }

    /// <summary>What tells contents apart.</summary>
    internal static string HashOf(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>The preprocessed bytes of an image's file.</summary>
    internal byte[] Prepare(byte[] file, string name, CancellationToken cancellationToken)
    {
        using RgbImage image = ImageDecoder.DecodeShared(file, name, orient, cancellationToken);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(preprocessing.ByteCount);
        preprocessing.Apply(image, pixels);
        return pixels;
    }

    /// <summary>Whether an exception means that an image cannot be read, and not that something else is wrong.</summary>
    internal static bool IsBroken(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException;
}
