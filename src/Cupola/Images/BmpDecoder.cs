using System.Buffers.Binary;
using static System.FormattableString;

namespace Cupola.Images;

/// <summary>Windows bitmaps without compression, 1 to 32 bits a pixel: the one common kind of picture that libvips does not read.</summary>
internal static class BmpDecoder
{
    private const int FileHeaderSize = 14;
    private const int InfoHeaderSize = 40;

    public static bool IsBmp(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8);

    /// <exception cref="InvalidDataException">It is damaged, compressed, or has too many pixels.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < FileHeaderSize + InfoHeaderSize || Integer(bytes, 14) < InfoHeaderSize)
        {
            throw Damaged(name, "its header is cut off");
        }

        long start = (uint)Integer(bytes, 10), palette = FileHeaderSize + (uint)Integer(bytes, 14);
        int width = Integer(bytes, 18), signedHeight = Integer(bytes, 22);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]), compression = Integer(bytes, 30);
        long colours = (uint)Integer(bytes, 46) is > 0 and uint count ? count : 1L << Math.Min(bits, 8);
        if (width <= 0 || signedHeight is 0 or int.MinValue)
        {
            throw Damaged(name, "it has no pixels");
        }

        int height = Math.Abs(signedHeight);
        ImageDecoder.CheckSize(name, width, height);
        // Compression 3 only names the channels' places; with 32 bits they are nearly always the plain ones.
        if (bits is not (1 or 4 or 8 or 24 or 32) || !(compression == 0 || (compression == 3 && bits == 32 && HasPlainMasks(bytes))))
        {
            throw Damaged(name, Invariant($"bitmaps of {bits} bits with compression {compression} are not read; save it as PNG"));
        }

        long stride = ((((long)width * bits) + 31) / 32) * 4;
        if (start + (stride * height) > bytes.Length || (bits <= 8 && palette + (colours * 4) > bytes.Length))
        {
            throw Damaged(name, "it is cut off");
        }

        RgbImage image = new(width, height);
        for (int row = 0; row < height; row++)
        {
            // A positive height counts rows from the bottom.
            int from = signedHeight > 0 ? height - 1 - row : row;
            ReadOnlySpan<byte> source = bytes.Slice((int)(start + (from * stride)), (int)stride);
            Span<byte> target = image.Row(row);
            for (int column = 0; column < width; column++)
            {
                ReadOnlySpan<byte> blueGreenRed = bits >= 24
                    ? source.Slice(column * (bits / 8), 3)
                    : Colour(bytes, palette, colours, Index(source, column, bits));
                target[column * 3] = blueGreenRed[2];
                target[(column * 3) + 1] = blueGreenRed[1];
                target[(column * 3) + 2] = blueGreenRed[0];
            }
        }

        return image;
    }

    private static int Index(ReadOnlySpan<byte> row, int column, int bits)
    {
        int bit = column * bits;
        return (row[bit / 8] >> (8 - bits - (bit % 8))) & ((1 << bits) - 1);
    }

    /// <summary>An index behind the palette's end is black.</summary>
    private static ReadOnlySpan<byte> Colour(ReadOnlySpan<byte> bytes, long palette, long colours, int index) =>
        index < colours ? bytes.Slice((int)palette + (index * 4), 3) : [0, 0, 0];

    private static bool HasPlainMasks(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 66 && Integer(bytes, 54) == 0xFF0000 && Integer(bytes, 58) == 0xFF00 && Integer(bytes, 62) == 0xFF;

    private static int Integer(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    private static InvalidDataException Damaged(string name, string why) => new($"{name} is not a picture that can be read: {why}.");
}
