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
            ? new(path, cancellationToken => ImageAddress.Fetch(path, cancellationToken))
            : new(path, _ => ImageDecoder.ReadFile(path));
    }

    /// <summary>An image whose file lies in memory.</summary>
    /// <param name="bytes">The whole file; it is not copied.</param>
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

    /// <summary>The bytes of the image's file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It cannot be fetched, is no file, or is too large.</exception>
    public byte[] Read(CancellationToken cancellationToken = default) => _read(cancellationToken);

    /// <summary>The decoded image.</summary>
    /// <param name="orient">Whether to turn it as its EXIF orientation says; the reference does not.</param>
    /// <param name="cancellationToken">Stops an address from being fetched.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    internal RgbImage Decode(bool orient = false, CancellationToken cancellationToken = default) =>
        DecodeShared(orient, cancellationToken).HandOver();

    /// <summary>The decoded image, whose memory counts as taken by decoding until it is disposed.</summary>
    internal RgbImage DecodeShared(bool orient, CancellationToken cancellationToken) =>
        ImageDecoder.DecodeShared(Read(cancellationToken), Name, orient, cancellationToken);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
