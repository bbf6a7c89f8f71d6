namespace Cupola.Images;

/// <summary>A picture on its way to the image tower: its preprocessed bytes, or the sentence that says why there are none.</summary>
/// <param name="Path">The file or address, or what else its source is called.</param>
/// <param name="Pixels">[size, size, 3] bytes, or null.</param>
/// <param name="Error">One sentence, or null.</param>
public sealed record PreparedPicture(string Path, byte[]? Pixels, string? Error);

/// <summary>
/// Reads, decodes and preprocesses pictures ahead of whoever encodes them, in order and on bounded memory: so many
/// decoded at once as there are threads, so many prepared ahead as the caller says. A broken one never stops the rest.
/// </summary>
/// <param name="preprocessing">What happens to each picture.</param>
/// <param name="orient">Whether to turn pictures as their EXIF orientation says; the reference does not.</param>
/// <param name="threads">Pictures decoded at once.</param>
public sealed class PictureReader(ImagePreprocessing preprocessing, bool orient, int threads)
{
    /// <summary>Prepares pictures in the order of their paths.</summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    /// <param name="ahead">Pictures that may be prepared before they are asked for.</param>
    public IEnumerable<PreparedPicture> Prepare(IEnumerable<string> paths, int ahead) =>
        Prepare(paths.Select(PictureSource.Of), ahead);

    /// <summary>Prepares pictures in order, wherever their bytes lie.</summary>
    /// <param name="pictures">Where each is to be had; enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="ahead">Pictures that may be prepared before they are asked for.</param>
    /// <param name="cancellation">Stops before the next picture.</param>
    public IEnumerable<PreparedPicture> Prepare(IEnumerable<PictureSource> pictures, int ahead, CancellationToken cancellation = default) =>
        ReadAhead.Select(pictures, picture => Prepare(picture, cancellation), threads, ahead, cancellation);

    private PreparedPicture Prepare(PictureSource picture, CancellationToken cancellation)
    {
        try
        {
            return new(picture.Name, Prepare(picture.Read(cancellation), picture.Name, cancellation), null);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return new(picture.Name, null, exception.Message);
        }
    }

    /// <summary>The preprocessed bytes of a picture's file.</summary>
    internal byte[] Prepare(byte[] file, string name, CancellationToken cancellation)
    {
        using RgbImage image = ImageDecoder.DecodeShared(file, name, orient, cancellation);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(preprocessing.ByteCount);
        preprocessing.Apply(image, pixels);
        return pixels;
    }

    /// <summary>Whether an exception says that a picture cannot be read, and nothing else is wrong.</summary>
    internal static bool IsBroken(Exception exception) => exception is IOException or InvalidDataException or UnauthorizedAccessException;
}
