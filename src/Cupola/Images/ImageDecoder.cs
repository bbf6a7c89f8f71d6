using static System.FormattableString;

namespace Cupola.Images;

/// <summary>
/// Files to RGB as Pillow's <c>Image.open(file).convert("RGB")</c> gives it (compared byte for byte with Pillow 9.4): grey is
/// repeated, palettes are looked up, alpha is dropped and not blended, of animations the first frame is taken, colour profiles
/// are left alone, and so is EXIF orientation unless it is asked for; a TIFF is turned by its own tag. All decoding of the
/// process shares one budget of memory, a quarter of the machine's and 2 GiB at most unless the environment variable
/// CUPOLA_IMAGE_MEMORY names another: what does not fit waits, what could never fit is refused.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>Pillow's limit for decompression bombs, 2 · 89,478,485.</summary>
    public const long MaximumPixels = 178_956_970;

    /// <summary>A file that is larger than this is no image of <see cref="MaximumPixels"/>.</summary>
    private const long MaximumFileBytes = 2_000_000_000;

    /// <summary>Of what says no length, less is read: it lies in memory as it comes.</summary>
    private const int MaximumPipeBytes = 256 << 20;

    /// <summary>Decodes a file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="orient">Whether to turn the image as its EXIF orientation says; the reference does not.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(string path, bool orient = false) => DecodeBytes(ReadFile(path), path, orient);

    /// <summary>Decodes the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="orient">Whether to turn the image as its EXIF orientation says; the reference does not.</param>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    public static RgbImage DecodeBytes(byte[] bytes, string name, bool orient = false)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return DecodeShared(bytes, name, orient, CancellationToken.None).HandOver();
    }

    /// <summary>
    /// Decodes the bytes of a file into an image whose memory counts as taken by decoding until it is disposed (<see
    /// cref="ImageMemory"/>): whoever holds it must not decode another.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, has too many pixels or would take too much
    /// memory.</exception>
    internal static RgbImage DecodeShared(byte[] bytes, string name, bool orient, CancellationToken cancellation)
    {
        if (bytes.Length == 0)
        {
            throw new InvalidDataException($"{name} is empty.");
        }

        EncodedImage file = new(bytes, name, cancellation);
        return ImageFormats.Tell(file) switch
        {
            ImageFormat.Bmp => BmpDecoder.Decode(file),
            ImageFormat.Gif => GifDecoder.Decode(file),
            ImageFormat.PortableMap => PortableMapDecoder.Decode(file),
            ImageFormat format => VipsDecoder.Decode(file, format, orient),
        };
    }

    /// <summary>The bytes of a file that may be an image.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is a folder, or too large.</exception>
    internal static byte[] ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            if (!Directory.Exists(path))
            {
                throw new FileNotFoundException($"There is no file {path}.", path);
            }

            string others = ImageFolder.Others([path]);
            throw new InvalidDataException($"{path} is a folder, not an image{(others.Length > 0 ? $"; {others}" : "")}.");
        }

        if (IsBrokenLink(path))
        {
            throw new FileNotFoundException(
                $"There is no file {path}: it is a link to {new FileInfo(path).LinkTarget}, and nothing is there.",
                path
            );
        }

        long length = new FileInfo(path).Length;
        CheckLength(path, length);
        return length > 0 ? File.ReadAllBytes(path) : ReadEndless(path);
    }

    /// <summary>A pipe says no length, nor does a device as /dev/zero, which has no end.</summary>
    private static byte[] ReadEndless(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using MemoryStream bytes = new();
        byte[] block = new byte[1 << 16];
        while (stream.Read(block) is > 0 and int count)
        {
            bytes.Write(block, 0, count);
            if (bytes.Length > MaximumPipeBytes)
            {
                throw new InvalidDataException(
                    $"{path} gives more than {MaximumPipeBytes >> 20} MB, which is too large for an image."
                );
            }
        }

        return bytes.ToArray();
    }

    private static bool IsBrokenLink(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { Exists: false };
        }
        catch (IOException)
        {
            // Links that lead to each other lead nowhere.
            return true;
        }
    }

    internal static void CheckLength(string name, long length)
    {
        if (length > MaximumFileBytes)
        {
            throw new InvalidDataException(Invariant($"{name} has {length} bytes, which is too large for an image."));
        }
    }
}
