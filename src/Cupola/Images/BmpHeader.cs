using System.Buffers.Binary;
using static System.FormattableString;

namespace Cupola.Images;

/// <summary>The header of a Windows or OS/2 bitmap, in the variants that Pillow supports.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsTopDown">Whether the top row is stored first; most files begin with the bottom row.</param>
/// <param name="Bits">Bits per pixel: 1, 4, 8, 16, 24 or 32.</param>
/// <param name="Compression">How the rows are compressed.</param>
/// <param name="Start">The offset of the rows in the file.</param>
/// <param name="Palette">256 colors of red, green and blue; shades of gray where the file has none.</param>
/// <param name="Channels">The offsets of red, green and blue in a pixel of 24 or 32 bits, in bytes.</param>
/// <param name="HasSixGreens">Whether a pixel of 16 bits has six bits of green; otherwise five.</param>
internal sealed record BmpHeader(
    int Width,
    int Height,
    bool IsTopDown,
    int Bits,
    BmpCompression Compression,
    long Start,
    byte[] Palette,
    (int Red, int Green, int Blue) Channels,
    bool HasSixGreens
)
{
    private const int FileHeaderSize = 14;
    private const int CoreHeaderSize = 12;
    private const int InfoHeaderSize = 40;
    private const int MostColors = 256;

    /// <summary>The bytes of a row that are read; after the last row, its padding to a multiple of four is not needed.</summary>
    public int RowBytes => (int)((((long)Width * Bits) + 7) / 8);

    /// <summary>Bytes from one row to the next.</summary>
    public long Stride => (((long)Width * Bits) + 31) / 32 * 4;

    /// <exception cref="InvalidDataException">It is damaged, or of an unsupported kind.</exception>
    public static BmpHeader Read(EncodedImage file)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        if (bytes.Length < FileHeaderSize + 4)
        {
            throw file.Damaged("its header is cut off");
        }

        long size = Number(bytes, FileHeaderSize);
        if (size is not (CoreHeaderSize or InfoHeaderSize or 64 or 108 or 124))
        {
            throw file.Damaged(Invariant($"bitmaps whose header has {size} bytes are not read; save it as PNG"));
        }

        if (bytes.Length < FileHeaderSize + size)
        {
            throw file.Damaged("its header is cut off");
        }

        return size == CoreHeaderSize ? ReadCore(file) : ReadInfo(file, (int)size);
    }

    /// <summary>Reads OS/2's first header: sides of two bytes, palettes of three bytes per color.</summary>
    private static BmpHeader ReadCore(EncodedImage file)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        int width = Short(bytes, 18),
            height = Short(bytes, 20),
            bits = Short(bytes, 24);
        CheckBits(file, bits, BmpCompression.None);
        file.CheckSize(width, height);
        long colors = 1L << bits,
            palette = FileHeaderSize + CoreHeaderSize;
        long start = RowsStart(bytes, palette, bits, colors, entry: 3);
        byte[] shades = ReadPalette(bytes, palette, bits, colors, entry: 3);
        return new(width, height, false, bits, BmpCompression.None, start, shades, (2, 1, 0), false);
    }

    private static BmpHeader ReadInfo(EncodedImage file, int size)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        // Rows are stored from the bottom up unless the height is negative.
        bool isTopDown = bytes[25] == 0xFF;
        long width = Number(bytes, 18),
            height = isTopDown ? (1L << 32) - Number(bytes, 22) : Number(bytes, 22);
        int bits = Short(bytes, 28);
        var compression = (BmpCompression)Number(bytes, 30);
        CheckBits(file, bits, compression);
        file.CheckSize(width, height);

        long palette = FileHeaderSize + size,
            colors = Number(bytes, 46) is > 0 and long count ? count : 1L << bits;
        (int, int, int) channels = (2, 1, 0);
        bool hasSixGreens = false;
        if (compression == BmpCompression.Masks)
        {
            // Longer headers contain the masks; after a short one they replace the palette.
            bool inside = size > InfoHeaderSize;
            palette += inside ? 0 : 12;
            if (bytes.Length < FileHeaderSize + InfoHeaderSize + 12)
            {
                throw file.Damaged("its header is cut off");
            }

            channels = ReadMasks(file, bits, hasAlpha: inside, out hasSixGreens);
        }

        if (bits <= 8 && colors > MostColors)
        {
            throw file.Damaged(Invariant($"its palette claims {colors} colors"));
        }

        long start = RowsStart(bytes, palette, bits, colors, entry: 4);
        byte[] shades = ReadPalette(bytes, palette, bits, colors, entry: 4);
        return new((int)width, (int)height, isTopDown, bits, compression, start, shades, channels, hasSixGreens);
    }

    private static void CheckBits(EncodedImage file, int bits, BmpCompression compression)
    {
        bool isRead = compression switch
        {
            BmpCompression.None => bits is 1 or 4 or 8 or 16 or 24 or 32,
            BmpCompression.Runs8 or BmpCompression.Runs4 => bits is 1 or 4 or 8,
            BmpCompression.Masks => bits is 16 or 24 or 32,
            _ => false,
        };
        if (!isRead)
        {
            throw file.Damaged(
                Invariant($"bitmaps of {bits} bits with compression {(uint)compression} are not read; save it as PNG")
            );
        }
    }

    /// <summary>The offsets of the channels, for the masks of red, green, blue and alpha that Pillow supports.</summary>
    private static (int Red, int Green, int Blue) ReadMasks(EncodedImage file, int bits, bool hasAlpha, out bool hasSixGreens)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        const int First = FileHeaderSize + InfoHeaderSize;
        (long, long, long) colors = (Number(bytes, First), Number(bytes, First + 4), Number(bytes, First + 8));
        long alpha = hasAlpha ? Number(bytes, First + 12) : 0;
        hasSixGreens = bits == 16 && colors == (0xF800, 0x7E0, 0x1F);
        return (bits, colors, alpha) switch
        {
            (16, (0xF800, 0x7E0, 0x1F), _) or (16, (0x7C00, 0x3E0, 0x1F), _) => (0, 0, 0),
            (24, (0xFF0000, 0xFF00, 0xFF), _) => (2, 1, 0),
            (32, (0xFF0000, 0xFF00, 0xFF), 0 or 0xFF000000) or (32, (0, 0, 0), 0) => (2, 1, 0),
            (32, (0xFF000000, 0xFF0000, 0xFF00), 0 or 0xFF) => (3, 2, 1),
            (32, (0xFF, 0xFF00, 0xFF0000), 0xFF000000) => (0, 1, 2),
            _ => throw file.Damaged(Invariant($"the masks of its {bits} bits are in an order that is not read; save it as PNG")),
        };
    }

    /// <summary>
    /// The offset that the file gives; after the palette if it gives none, or the offset of the palette itself.
    /// </summary>
    private static long RowsStart(ReadOnlySpan<byte> bytes, long palette, int bits, long colors, int entry)
    {
        long start = Number(bytes, 10);
        bool isPalettes = bits <= 8 && start == FileHeaderSize + Number(bytes, FileHeaderSize);
        return isPalettes ? start + (4 * colors)
            : start > 0 ? start
            : bits <= 8 ? palette + (entry * colors)
            : palette;
    }

    /// <summary>Reads the palette; colors that the file does not have are shades of gray, as in Pillow.</summary>
    private static byte[] ReadPalette(ReadOnlySpan<byte> bytes, long start, int bits, long colors, int entry)
    {
        byte[] palette = new byte[256 * 3];
        for (int color = 0; color < 256; color++)
        {
            long at = start + (color * entry);
            bool isThere = bits <= 8 && color < colors && at + 3 <= bytes.Length;
            for (int channel = 0; channel < 3; channel++)
            {
                palette[(color * 3) + channel] = isThere ? bytes[(int)at + 2 - channel] : (byte)color;
            }
        }

        return palette;
    }

    private static long Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static int Short(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
