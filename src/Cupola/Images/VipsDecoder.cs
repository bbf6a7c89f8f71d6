using System.Buffers.Binary;
using System.Globalization;
using NetVips;

namespace Cupola.Images;

/// <summary>Decodes JPEG, PNG, WebP, TIFF and AVIF by libvips to the bytes that Pillow gives.</summary>
internal static class VipsDecoder
{
    /// <summary>Rows that the pipeline from file to pixels buffers.</summary>
    private const int RowsUnderway = 512;

    /// <summary>Rows of CMYK that are converted at once.</summary>
    private const int RowsOfInk = 256;

    /// <summary>The memory that a decoder needs whatever the image's size.</summary>
    private const long Beginning = 1 << 20;

    /// <summary>The offset of a PNG's width: after a signature of 8 bytes, and the length and name of its first chunk.</summary>
    private const int PngWidth = 16;
    private const int PngHeight = 20;
    private const int PngDepth = 24;
    private const int PngColorType = 25;

    static VipsDecoder() => ImageLibrary.Configure();

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="orient">Whether to turn it as it says.</param>
    /// <param name="unsaid">How it is stored where it does not say so itself.</param>
    /// <exception cref="InvalidDataException">It is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(EncodedImage file, ImageFormat format, bool orient, int unsaid = ImageOrientation.Upright)
    {
        CheckClaim(file, format);
        (byte[] bytes, int tiffOrientation) =
            format == ImageFormat.Tiff ? TiffDirectory.Read(file) : (file.Bytes, ImageOrientation.Upright);
        Image opened = VipsErrors.Run(file, _ => Open(bytes, format));
        try
        {
            int width = opened.Width,
                height = opened.Height;
            int orientation = orient && format != ImageFormat.Tiff ? ExifOrientation(opened, unsaid) : tiffOrientation;
            file.CheckSize(width, height);
            // libvips keeps a copy of the file; for a TIFF there is our own copy too, and libtiff has one of a strip.
            long extra = Cost(opened, format) + (file.Bytes.LongLength * (format == ImageFormat.Tiff ? 3 : 1));
            void Fill(RgbImage pixels) => VipsErrors.Run(file, again =>
                {
                    if (again)
                    {
                        // A failed image holds its memory until it is closed.
                        opened.Dispose();
                        opened = Open(bytes, format);
                    }

                    Write(opened, pixels, clipsGray: !IsPngWithGrayAndAlpha(file.Bytes));
                    opened.Dispose();
                    return pixels;
                });

            if (!ImageOrientation.Turns(orientation))
            {
                return file.Decode(width, height, extra, Fill);
            }

            bool swaps = ImageOrientation.SwapsSides(orientation);
            extra += (long)width * height * 3;
            return file.Decode(swaps ? height : width, swaps ? width : height, extra, upright =>
            {
                using RgbImage stored = new(width, height);
                Fill(stored);
                ImageOrientation.Undo(stored, orientation, upright);
            });
        }
        finally
        {
            opened.Dispose();
        }
    }

    /// <summary>
    /// Refuses a PNG's impossible sides before libvips sees them and prints a warning on standard error; other formats cannot
    /// have such sides, and a TIFF's are tags.
    /// </summary>
    private static void CheckClaim(EncodedImage file, ImageFormat format)
    {
        if (format == ImageFormat.Png && file.Bytes.Length >= PngDepth)
        {
            ReadOnlySpan<byte> bytes = file.Bytes;
            file.CheckSize(
                BinaryPrimitives.ReadUInt32BigEndian(bytes[PngWidth..]),
                BinaryPrimitives.ReadUInt32BigEndian(bytes[PngHeight..])
            );
        }
    }

    /// <summary>
    /// The fields of an image's metadata that are texts or whole numbers, by libvips' names; pixels are not decoded.
    /// </summary>
    /// <exception cref="InvalidDataException">It is damaged before its pixels begin, or is not read by libvips.</exception>
    public static IReadOnlyDictionary<string, string> ReadFields(EncodedImage file)
    {
        ImageFormat format = ImageFormats.Detect(file);
        if (
            format
            is not (
                ImageFormat.Jpeg
                or ImageFormat.Png
                or ImageFormat.WebP
                or ImageFormat.Tiff
                or ImageFormat.Avif
                or ImageFormat.Heic
            )
        )
        {
            return new Dictionary<string, string>();
        }

        CheckClaim(file, format);
        return VipsErrors.Run(file, _ =>
        {
            using Image image = Open(file.Bytes, format);
            Dictionary<string, string> fields = new(StringComparer.Ordinal);
            foreach (string name in image.GetFields())
            {
                if (image.Get(name) is (string or int) and var value)
                {
                    fields[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                }
            }

            return fields;
        });
    }

    private static Image Open(byte[] bytes, ImageFormat format) =>
        format switch
        {
            ImageFormat.Jpeg => Image.JpegloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated),
            ImageFormat.Png => Image.PngloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated),
            ImageFormat.WebP => Image.WebploadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated),
            // libtiff reports a missing strip as an error, and libvips fails on it only with this setting.
            ImageFormat.Tiff => Image.TiffloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error),
            _ => Image.HeifloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated),
        };

    /// <summary>
    /// The bytes that decoding needs in addition to file and pixels; each factor is measured (docs/architecture.md).
    /// </summary>
    private static long Cost(Image image, ImageFormat format)
    {
        long area = (long)image.Width * image.Height;
        long pixel = (long)image.Bands * (image.Format == Enums.BandFormat.Uchar ? 1 : 2);
        long whole = format switch
        {
            // Several scans: each coefficient of the whole image is kept, two bytes per sample.
            ImageFormat.Jpeg when Says(image, "jpeg-multiscan") => 2 * image.Bands,
            ImageFormat.Png when Says(image, "interlaced") => pixel,
            ImageFormat.WebP => 6,
            ImageFormat.Avif => image.Format == Enums.BandFormat.Uchar ? 16 : 24,
            _ => 0,
        };
        return Beginning + (area * whole) + (Math.Min(image.Height, RowsUnderway) * image.Width * Math.Max(pixel, 3));
    }

    private static bool Says(Image image, string field) => image.Contains(field) && image.Get(field) is int and not 0;

    private static int ExifOrientation(Image image, int unsaid) =>
        image.Contains("orientation") && image.Get("orientation") is int orientation ? orientation : unsaid;

    /// <summary>
    /// Whether it is a PNG of color type 4; libvips has two bands also if a gray PNG names a transparent shade.
    /// </summary>
    private static bool IsPngWithGrayAndAlpha(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG"u8]) && bytes.Length > PngColorType && bytes[PngColorType] == 4;

    private static void Write(Image image, RgbImage pixels, bool clipsGray)
    {
        List<Image> steps = [];
        Image current = image;
        Image Then(Image next)
        {
            steps.Add(next);
            return current = next;
        }

        try
        {
            bool isCmyk = current.Interpretation == Enums.Interpretation.Cmyk;
            bool isPlain =
                current.Interpretation
                is Enums.Interpretation.Srgb
                    or Enums.Interpretation.Bw
                    or Enums.Interpretation.Rgb
                    or Enums.Interpretation.Rgb16
                    or Enums.Interpretation.Grey16
                    or Enums.Interpretation.Multiband;
            if (!isCmyk && !isPlain)
            {
                Then(current.Colourspace(Enums.Interpretation.Srgb));
            }

            if (current.Format == Enums.BandFormat.Ushort)
            {
                // Pillow takes the upper byte of 16-bit colors, but clips 16-bit gray at 255, unless it was stored with an alpha
                // channel.
                Then(current.Cast(Enums.BandFormat.Uchar, shift: current.Bands > 2 || !clipsGray));
            }
            else if (current.Format != Enums.BandFormat.Uchar)
            {
                Then(current.Cast(Enums.BandFormat.Uchar));
            }

            if (isCmyk)
            {
                FromCmyk(current, pixels);
                return;
            }

            if (current.Bands is 1 or 2)
            {
                Image gray = current.Bands == 1 ? current : Then(current.ExtractBand(0));
                Then(gray.Bandjoin(gray, gray));
            }
            else if (current.Bands > 3)
            {
                Then(current.ExtractBand(0, 3));
            }

            Copy(current, pixels);
        }
        finally
        {
            steps.ForEach(static step => step.Dispose());
        }
    }

    private static unsafe void Copy(Image image, RgbImage pixels)
    {
        using Image target = Image.NewFromMemory(
            (nint)pixels.Pointer,
            (ulong)pixels.Bytes.Length,
            pixels.Width,
            pixels.Height,
            image.Bands,
            Enums.BandFormat.Uchar
        );
        image.Write(target);
    }

    /// <summary>Reads and converts some rows at a time, because the stored image is a third larger.</summary>
    private static unsafe void FromCmyk(Image image, RgbImage pixels)
    {
        int bands = image.Bands,
            rowBytes = pixels.Width * bands;
        using NativeBytes inks = new(Math.Min(RowsOfInk, pixels.Height) * rowBytes);
        for (int top = 0; top < pixels.Height; top += RowsOfInk)
        {
            int rows = Math.Min(RowsOfInk, pixels.Height - top);
            ReadOnlySpan<byte> read = inks.Span[..(rows * rowBytes)];
            fixed (byte* first = read)
            {
                using Image strip = image.Crop(0, top, pixels.Width, rows);
                using Image target = Image.NewFromMemory(
                    (nint)first,
                    (ulong)read.Length,
                    pixels.Width,
                    rows,
                    bands,
                    Enums.BandFormat.Uchar
                );
                strip.Write(target);
            }

            ToLight(read, bands, pixels.Bytes.Slice(top * pixels.Width * 3, rows * pixels.Width * 3));
        }
    }

    /// <summary>Converts as Pillow does (Convert.c, cmyk2rgb): the light that black leaves, reduced by each ink.</summary>
    private static void ToLight(ReadOnlySpan<byte> inks, int bands, Span<byte> colors)
    {
        for (int from = 0, to = 0; to < colors.Length; from += bands, to += 3)
        {
            int light = 255 - inks[from + 3];
            for (int channel = 0; channel < 3; channel++)
            {
                int product = (inks[from + channel] * light) + 128;
                colors[to + channel] = (byte)Math.Clamp(light - (((product >> 8) + product) >> 8), 0, 255);
            }
        }
    }
}
