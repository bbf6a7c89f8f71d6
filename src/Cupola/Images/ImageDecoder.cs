using static System.FormattableString;

namespace Cupola.Images;

/// <summary>
/// Decodes files to RGB as Pillow's <c>Image.open(file).convert("RGB")</c> does (compared byte for byte with Pillow 9.4): gray is
/// repeated, palettes are looked up, alpha is dropped and not blended, animations yield their first frame, color profiles are
/// ignored, and so is EXIF orientation unless requested; a TIFF is oriented by its own tag. All decoding of the process shares
/// one memory budget, a quarter of the machine's memory but at most 2 GiB, unless the environment variable CUPOLA_IMAGE_MEMORY
/// sets another: an image that does not fit now waits, one that can never fit is refused.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>Pillow's limit for decompression bombs, 2 · 89,478,485.</summary>
    public const long MaximumPixels = 178_956_970;

    /// <summary>A larger file is not an image of at most <see cref="MaximumPixels"/>.</summary>
    private const long MaximumFileBytes = 2_000_000_000;

    /// <summary>The limit for sources without a length, such as pipes: they are buffered in memory while they are read.</summary>
    private const int MaximumPipeBytes = 256 << 20;

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="orient">Whether to apply the image's EXIF orientation; the reference does not.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(string path, bool orient = false) => DecodeBytes(ReadFile(path), path, orient);

    /// <summary>Decodes the bytes of a file.</summary>
    /// <param name="bytes">The complete file.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="orient">Whether to apply the image's EXIF orientation; the reference does not.</param>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, or has too many pixels.</exception>
    public static RgbImage DecodeBytes(byte[] bytes, string name, bool orient = false)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return DecodeShared(bytes, name, orient, CancellationToken.None).HandOver();
    }

    /// <summary>
    /// Decodes the bytes of a file into an image whose memory remains part of the decoding budget until it is disposed
    /// (<see cref="ImageMemory"/>): a thread that holds one must not decode another.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not an image, is damaged, has too many pixels or would take too much
    /// memory.</exception>
    internal static RgbImage DecodeShared(
        byte[] bytes,
        string name,
        bool orient,
        CancellationToken cancellationToken,
        long maximumPixels = MaximumPixels
    )
    {
        if (bytes.Length == 0)
        {
            throw new InvalidDataException($"{name} is empty.");
        }

        EncodedImage file = new(bytes, name, cancellationToken) { MaximumPixels = maximumPixels };
        return ImageFormats.Detect(file) switch
        {
            ImageFormat.Bmp => BmpDecoder.Decode(file),
            ImageFormat.Gif => GifDecoder.Decode(file),
            ImageFormat.Heic => HeicDecoder.Decode(file),
            ImageFormat.PortableMap => PortableMapDecoder.Decode(file),
            ImageFormat.Tiff when RawPhoto.Read(bytes) is { } raw => VipsDecoder.Decode(
                file with
                {
                    Bytes = raw.Preview(file),
                },
                ImageFormat.Jpeg,
                orient,
                raw.StoredOrientation
            ),
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
                throw new FileNotFoundException(
                    path.Contains('\uFFFD', StringComparison.Ordinal)
                        ? $"There is no file {path}: its name is not UTF-8; rename it."
                        : $"There is no file {path}.",
                    path
                );
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

        long length = LinkedFile.Of(path).Length;
        CheckLength(path, length);
        return length > 0 ? File.ReadAllBytes(path) : ReadEndless(path);
    }

    /// <summary>Reads a pipe, or a device such as /dev/zero; these have no length, and may have no end.</summary>
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
            // Links that form a cycle lead nowhere.
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
