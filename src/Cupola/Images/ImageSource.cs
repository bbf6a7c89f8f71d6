using Cupola.Images;

namespace Cupola;

/// <summary>
/// A source of an image: its bytes are read each time they are requested, so a source itself takes little memory.
/// </summary>
public sealed class ImageSource
{
    private readonly Func<CancellationToken, byte[]> _read;

    /// <summary>Creates a source for an image that is not in a file by itself.</summary>
    /// <param name="name">Its name, also in errors.</param>
    /// <param name="read">
    /// Returns the bytes of the complete file; called from any thread. It fails with <see cref="InvalidDataException"/>,
    /// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, whose message is one sentence that contains the
    /// name.
    /// </param>
    public ImageSource(string name, Func<CancellationToken, byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(read);
        Name = name;
        _read = read;
    }

    /// <summary>Its name, also in errors: a path, an address, or an entry of an archive.</summary>
    public string Name { get; }

    /// <summary>Creates a source for a file, or for an address that begins with http:// or https://.</summary>
    public static ImageSource FromPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ImageAddress.IsAddress(path)
            ? new(path, cancellationToken => ImageAddress.Fetch(path, cancellationToken))
            : new(path, _ => ImageDecoder.ReadFile(path));
    }

    /// <summary>An image whose file lies in memory.</summary>
    /// <param name="bytes">The whole file; it is copied when it is read, and must not change until then.</param>
    /// <param name="name">What people and errors call it.</param>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> bytes, string name = "the image") => new(name, _ => bytes.ToArray());

    /// <summary>An image whose file a stream gives, which is read to its end here and stays the caller's.</summary>
    /// <param name="stream">The whole file.</param>
    /// <param name="name">What people and errors call it.</param>
    public static ImageSource FromStream(Stream stream, string name = "the image")
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return FromBytes(bytes.ToArray(), name);
    }

    /// <summary>A file, or an address, as <see cref="FromPath"/>.</summary>
    public static implicit operator ImageSource(string path) => FromPath(path);

    /// <summary>Reads the bytes of the image's file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It cannot be fetched, is not a file, or is too large.</exception>
    public byte[] Read(CancellationToken cancellationToken = default) => _read(cancellationToken);

    /// <summary>Reads and decodes the image.</summary>
    /// <param name="orient">Whether to apply its EXIF orientation; the reference does not.</param>
    /// <param name="cancellationToken">Cancels the download of an address.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    internal RgbImage Decode(bool orient = false, CancellationToken cancellationToken = default) =>
        DecodeShared(orient, cancellationToken).HandOver();

    /// <summary>Reads and decodes the image; its memory remains part of the decoding budget until it is disposed.</summary>
    internal RgbImage DecodeShared(bool orient, CancellationToken cancellationToken) =>
        ImageDecoder.DecodeShared(Read(cancellationToken), Name, orient, cancellationToken);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
