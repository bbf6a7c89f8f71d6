using System.Globalization;
using NetVips;
using static System.FormattableString;

namespace Cupola.Images;

/// <summary>
/// Files to RGB as Pillow's <c>Image.open(file).convert("RGB")</c> gives it (compared byte for byte with Pillow 9.4):
/// grey is repeated, palettes are looked up, alpha is dropped and not blended, of animations the first frame is taken,
/// colour profiles are left alone, and so is EXIF orientation unless it is asked for.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Pillow's limit for decompression bombs, 2 · 89,478,485.</summary>
    public const long MaximumPixels = 178_956_970;

    /// <summary>A file that is larger than this is no picture of <see cref="MaximumPixels"/>.</summary>
    private const long MaximumFileBytes = 2_000_000_000;

    /// <summary>Of what says no length, less is read: it lies in memory as it comes.</summary>
    private const int MaximumPipeBytes = 256 << 20;

    /// <summary>Where a PNG says what its channels are: signature 8, chunk length and name 8, width and height 8, depth 1.</summary>
    private const int PngColourType = 25;

    static ImageDecoder()
    {
        // Pictures are decoded side by side on threads of our own; a cache of operations would only hold memory.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        Cache.MaxMem = 0;
        // libvips speaks of odd colour profiles on standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, static (_, _, _) => { });
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="orient">Whether to turn the picture as its EXIF orientation says; the reference does not.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a picture, is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(string path, bool orient = false) => DecodeBytes(ReadFile(path), path, orient);

    /// <summary>Decodes the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="orient">Whether to turn the picture as its EXIF orientation says; the reference does not.</param>
    /// <exception cref="InvalidDataException">It is not a picture, is damaged, or has too many pixels.</exception>
    public static RgbImage DecodeBytes(byte[] bytes, string name, bool orient = false)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length == 0)
        {
            throw new InvalidDataException($"{name} is empty.");
        }

        if (BmpDecoder.IsBmp(bytes))
        {
            return BmpDecoder.Decode(bytes, name);
        }

        if (GifDecoder.IsGif(bytes))
        {
            return GifDecoder.Decode(bytes, name);
        }

        try
        {
            using Image image = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
            CheckSize(name, image.Width, image.Height);
            return ToRgb(image, orient, cutsGrey: !IsPngWithGreyAndAlpha(bytes));
        }
        catch (VipsException exception)
        {
            throw new InvalidDataException($"{name} is not a picture that can be read: {Reason(exception)}.", exception);
        }
    }

    /// <summary>The bytes of a file that may be a picture.</summary>
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

            string others = PictureFolder.Others([path]);
            throw new InvalidDataException($"{path} is a folder, not a picture{(others.Length > 0 ? $"; {others}" : "")}.");
        }

        if (IsBrokenLink(path))
        {
            throw new FileNotFoundException(
                $"There is no file {path}: it is a link to {new FileInfo(path).LinkTarget}, and nothing is there.", path);
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
                throw new InvalidDataException($"{path} gives more than {MaximumPipeBytes >> 20} MB, which is too large for a picture.");
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
            throw new InvalidDataException(Invariant($"{name} has {length} bytes, which is too large for a picture."));
        }
    }

    internal static void CheckSize(string name, long width, long height)
    {
        if (width * height > MaximumPixels)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} has {width} × {height} pixels; more than {MaximumPixels} are refused, because such a file is more " +
                $"likely an attack than a picture."));
        }
    }

    /// <summary>Whether it is a PNG of colour type 4; libvips gives two bands also where a grey PNG names a transparent shade.</summary>
    private static bool IsPngWithGreyAndAlpha(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG"u8]) && bytes.Length > PngColourType && bytes[PngColourType] == 4;

    private static RgbImage ToRgb(Image image, bool orient, bool cutsGrey)
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
            if (orient)
            {
                // Turning reads pixels out of order.
                Then(Then(image.CopyMemory()).Autorot());
            }

            bool isCmyk = current.Interpretation == Enums.Interpretation.Cmyk;
            if (!isCmyk && current.Interpretation is not (Enums.Interpretation.Srgb or Enums.Interpretation.Bw or Enums.Interpretation.Rgb
                or Enums.Interpretation.Rgb16 or Enums.Interpretation.Grey16 or Enums.Interpretation.Multiband))
            {
                Then(current.Colourspace(Enums.Interpretation.Srgb));
            }

            if (current.Format == Enums.BandFormat.Ushort)
            {
                // Pillow takes the upper byte of 16-bit colours, but cuts 16-bit grey off at 255, unless it was stored with an alpha channel.
                Then(current.Cast(Enums.BandFormat.Uchar, shift: current.Bands > 2 || !cutsGrey));
            }
            else if (current.Format != Enums.BandFormat.Uchar)
            {
                Then(current.Cast(Enums.BandFormat.Uchar));
            }

            if (current.Bands is 1 or 2)
            {
                Image grey = current.Bands == 1 ? current : Then(current.ExtractBand(0));
                Then(grey.Bandjoin(grey, grey));
            }
            else if (current.Bands > 3 && !isCmyk)
            {
                Then(current.ExtractBand(0, 3));
            }

            return isCmyk ? FromCmyk(current) : Copy(current);
        }
        finally
        {
            steps.ForEach(static step => step.Dispose());
        }
    }

    private static unsafe RgbImage Copy(Image image)
    {
        nint pixels = image.WriteToMemory(out ulong size);
        try
        {
            RgbImage rgb = new(image.Width, image.Height);
            new ReadOnlySpan<byte>((void*)pixels, checked((int)size)).CopyTo(rgb.Bytes);
            return rgb;
        }
        finally
        {
            NetVips.NetVips.Free(pixels);
        }
    }

    /// <summary>Pillow's conversion (Convert.c, cmyk2rgb): what ink leaves of the light that black leaves.</summary>
    private static unsafe RgbImage FromCmyk(Image image)
    {
        nint pixels = image.WriteToMemory(out ulong size);
        try
        {
            RgbImage rgb = new(image.Width, image.Height);
            ReadOnlySpan<byte> inks = new((void*)pixels, checked((int)size));
            Span<byte> colours = rgb.Bytes;
            for (int pixel = 0; pixel < colours.Length / 3; pixel++)
            {
                int light = 255 - inks[(pixel * 4) + 3];
                for (int channel = 0; channel < 3; channel++)
                {
                    int product = (inks[(pixel * 4) + channel] * light) + 128;
                    colours[(pixel * 3) + channel] = (byte)Math.Clamp(light - (((product >> 8) + product) >> 8), 0, 255);
                }
            }

            return rgb;
        }
        finally
        {
            NetVips.NetVips.Free(pixels);
        }
    }

    /// <summary>The first line of what libvips says, without its own names.</summary>
    private static string Reason(VipsException exception)
    {
        string text = exception.Message.ReplaceLineEndings("\n");
        string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        string line = lines.FirstOrDefault(static line => line.Contains(':', StringComparison.Ordinal) && !line.StartsWith("unable to", StringComparison.Ordinal)) ?? lines[^1];
        return text.Contains("unsupported", StringComparison.OrdinalIgnoreCase) || text.Contains("not in a known format", StringComparison.OrdinalIgnoreCase)
            ? "its content is of no known picture format"
            : line[(line.LastIndexOf(": ", StringComparison.Ordinal) is >= 0 and int colon ? colon + 2 : 0)..].TrimEnd('.');
    }
}
