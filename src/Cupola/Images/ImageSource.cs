using Cupola.Images;

namespace Cupola;

/// <summary>
/// Where an image is to be had: its bytes are read when they are asked for, and each time anew, so that a source weighs little.
/// </summary>
public sealed class ImageSource
{
    private readonly Func<CancellationToken, byte[]> _read;

    /// <summary>An image that lies in something other than a file of its own.</summary>
    /// <param name="name">What people and errors call it.</param>
    /// <param name="read">
    /// Gives the bytes of the whole file; called from any thread. It fails with <see cref="InvalidDataException"/>, <see
    /// cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/>, whose message is one sentence that holds the name.
    /// </param>
    public ImageSource(string name, Func<CancellationToken, byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(read);
        Name = name;
        _read = read;
    }

    /// <summary>What people and errors call it: a path, an address, or an entry of an archive.</summary>
    public string Name { get; }

    /// <summary>A file, or an address that begins with http:// or https://.</summary>
    public static ImageSource FromPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ImageAddress.IsAddress(path)
            ? new(path, cancellation => ImageAddress.Fetch(path, cancellation))
            : new(path, _ => ImageDecoder.ReadFile(path));
    }

    /// <summary>The bytes of the image's file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It cannot be fetched, is no file, or is too large.</exception>
    public byte[] Read(CancellationToken cancellation = default) => _read(cancellation);

    /// <summary>The decoded image.</summary>
    /// <param name="orient">Whether to turn it as its EXIF orientation says; the reference does not.</param>
    /// <param name="cancellation">Stops an address from being fetched.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    internal RgbImage Decode(bool orient = false, CancellationToken cancellation = default) =>
        DecodeShared(orient, cancellation).HandOver();

    /// <summary>The decoded image, whose memory counts as taken by decoding until it is disposed.</summary>
    internal RgbImage DecodeShared(bool orient, CancellationToken cancellation) =>
        ImageDecoder.DecodeShared(Read(cancellation), Name, orient, cancellation);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
