using System.Buffers.Binary;
using System.Text;

namespace Cupola.Images;

/// <summary>Image formats, recognized by a file's first bytes.</summary>
internal enum ImageFormat
{
    Unknown,
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    Tiff,
    PortableMap,

    /// <summary>AVIF, and other content of the same container without a codec that is known to be missing.</summary>
    Avif,

    /// <summary>The same container with HEVC in it, as iPhones write it.</summary>
    Heic,
}

/// <summary>
/// Recognizes formats by the first bytes of a file, whatever its name, and names those that are not supported.
/// </summary>
internal static class ImageFormats
{
    private const string SaveAs = "which is not read here; save it as PNG or JPEG";

    /// <summary>How far into a file the beginning of a web page may be.</summary>
    private const int PageStart = 1024;

    /// <summary>
    /// An ISO media file gives its kinds as brands of this many letters, the main one after the box's length and name.
    /// </summary>
    private const int BrandLength = 4;
    private const int MainBrand = 8;
    private const int OtherBrands = 16;

    private static readonly (byte[] Start, string Name)[] NotRead =
    [
        ([0, 0, 0, 12, .. "jP  "u8, 0x0D, 0x0A], "a JPEG 2000 image"),
        ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 image"),
        ([0, 0, 0, 12, .. "JXL "u8], "a JPEG XL image"),
        ([0xFF, 0x0A], "a JPEG XL image"),
        ([0, 0, 1, 0], "an icon (ICO)"),
        ([.. "8BPS"u8], "a Photoshop document"),
        ([.. "%PDF-"u8], "a PDF document"),
        ([.. "%!PS"u8], "a PostScript document"),
        ([.. "qoif"u8], "a QOI image"),
        ([.. "DDS "u8], "a DDS texture"),
        ([.. "P7\n"u8], "a portable arbitrary map (PAM)"),
        ([.. "#?RADIANCE"u8], "a Radiance HDR image"),
        ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR image"),
        ([.. "PK"u8, 3, 4], "a zip archive"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([.. "FUJIFILMCCD-RAW"u8], "a raw photo of Fujifilm's (RAF)"),
        ([.. "IIU\0"u8], "a raw photo of Panasonic's (RW2)"),
        ([.. "IIRO"u8], "a raw photo of Olympus' (ORF)"),
        ([.. "IIRS"u8], "a raw photo of Olympus' (ORF)"),
        ([.. "MMOR"u8], "a raw photo of Olympus' (ORF)"),
    ];

    /// <summary>Recognizes the format of a file.</summary>
    /// <exception cref="InvalidDataException">The format is known but not supported.</exception>
    public static ImageFormat Detect(EncodedImage file)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        return bytes switch
        {
            _ when bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => ImageFormat.Jpeg,
            _ when bytes.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]) => ImageFormat.Png,
            _ when GifDecoder.IsGif(bytes) => ImageFormat.Gif,
            _ when BmpDecoder.IsBmp(bytes) => ImageFormat.Bmp,
            _ when bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..].StartsWith("WEBP"u8) => ImageFormat.WebP,
            _ when IsTiff(bytes) => ImageFormat.Tiff,
            _ when PortableMapDecoder.IsPortableMap(bytes) => ImageFormat.PortableMap,
            _ when bytes.Length > MainBrand && bytes[4..].StartsWith("ftyp"u8) => TellMedia(file),
            _ => throw new InvalidDataException(WhatElse(file)),
        };
    }

    /// <summary>Either byte order, and offsets of four or eight bytes.</summary>
    private static bool IsTiff(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8);

    /// <summary>The main brand decides; if it names only the container, the other brands do.</summary>
    private static ImageFormat TellMedia(EncodedImage file)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        ReadOnlySpan<byte> box = bytes[..(int)Math.Min(length < OtherBrands ? (uint)bytes.Length : length, (uint)bytes.Length)];
        string main = Brand(box[MainBrand..]);
        List<string> others = [];
        for (int at = OtherBrands; at + BrandLength <= box.Length && others.Count < PageStart; at += BrandLength)
        {
            others.Add(Brand(box[at..]));
        }

        bool isContainer = main is "mif1" or "msf1" or "mif2" or "miaf" or "1pic";
        if (IsAvif(main) || (isContainer && others.Exists(IsAvif)))
        {
            return ImageFormat.Avif;
        }

        if (IsHevc(main) || (isContainer && others.Exists(IsHevc)))
        {
            return ImageFormat.Heic;
        }

        if (main == "crx ")
        {
            throw new InvalidDataException($"{file.Name} is a raw photo of Canon's (CR3), {SaveAs}.");
        }

        return isContainer
            ? ImageFormat.Avif
            : throw new InvalidDataException(
                $"{file.Name} is a media file of the kind '{Printable(main)}' and not an image that is read here; "
                    + "save it as PNG or JPEG."
            );
    }

    private static bool IsAvif(string brand) => brand is "avif" or "avis";

    private static bool IsHevc(string brand) =>
        brand is "heic" or "heix" or "hevc" or "hevx" or "heim" or "heis" or "hevm" or "hevs";

    private static string Brand(ReadOnlySpan<byte> bytes) =>
        Encoding.Latin1.GetString(bytes[..Math.Min(BrandLength, bytes.Length)]);

    private static string Printable(string brand) =>
        string.Concat(brand.Select(static letter => letter is >= ' ' and <= '~' ? letter : '?')).Trim();

    private static string WhatElse(EncodedImage file)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        foreach ((byte[] start, string name) in NotRead)
        {
            if (bytes.StartsWith(start))
            {
                return $"{file.Name} is {name}, {SaveAs}.";
            }
        }

        string text = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, PageStart)]);
        bool Says(string mark) => text.Contains(mark, StringComparison.OrdinalIgnoreCase);
        return Says("<html") || Says("<!doctype html")
                ? $"{file.Name} is a web page and not an image; take the address of the image itself."
            : Says("<svg") ? $"{file.Name} is an SVG drawing, {SaveAs}."
            : file.Damaged("its content has no known image format").Message;
    }
}
