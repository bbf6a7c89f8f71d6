using System.Buffers.Binary;

namespace Cupola.Images;

/// <summary>
/// Decodes bitmaps of Windows and OS/2, which libvips cannot read: 1 to 32 bits per pixel, plain or run-length encoded.
/// </summary>
internal static class BmpDecoder
{
    public static bool IsBmp(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8);

    /// <exception cref="InvalidDataException">It is damaged, of an unsupported kind, or has too many pixels.</exception>
    public static RgbImage Decode(EncodedImage file)
    {
        BmpHeader header = BmpHeader.Read(file);
        if (header.Compression is BmpCompression.Runs8 or BmpCompression.Runs4)
        {
            return file.Decode(header.Width, header.Height, extra: 0, image => BmpRuns.Decode(file, header, image));
        }

        if (header.Start + (header.Stride * (header.Height - 1)) + header.RowBytes > file.Bytes.Length)
        {
            throw file.Damaged("it is cut off");
        }

        return file.Decode(header.Width, header.Height, extra: 0, image =>
        {
            for (int row = 0; row < header.Height; row++)
            {
                int from = header.IsTopDown ? row : header.Height - 1 - row;
                ReadRow(file.Bytes.AsSpan((int)(header.Start + (from * header.Stride)), header.RowBytes), header, image.Row(row));
            }
        });
    }

    private static void ReadRow(ReadOnlySpan<byte> source, BmpHeader header, Span<byte> target)
    {
        switch (header.Bits)
        {
            case 16:
                ReadShorts(source, header.HasSixGreens, target);
                break;
            case > 16:
                (int red, int green, int blue) = header.Channels;
                for (int from = 0, to = 0; to < target.Length; from += header.Bits / 8, to += 3)
                {
                    target[to] = source[from + red];
                    target[to + 1] = source[from + green];
                    target[to + 2] = source[from + blue];
                }

                break;
            default:
                for (int column = 0, to = 0; to < target.Length; column++, to += 3)
                {
                    int bit = column * header.Bits;
                    int index = (source[bit / 8] >> (8 - header.Bits - (bit % 8))) & ((1 << header.Bits) - 1);
                    header.Palette.AsSpan(index * 3, 3).CopyTo(target[to..]);
                }

                break;
        }
    }

    /// <summary>
    /// Expands five bits per channel, or six of green, to a byte as Pillow does (Unpack.c): truncated, not rounded.
    /// </summary>
    private static void ReadShorts(ReadOnlySpan<byte> source, bool hasSixGreens, Span<byte> target)
    {
        int redShift = hasSixGreens ? 11 : 10,
            mostGreen = hasSixGreens ? 63 : 31;
        for (int from = 0, to = 0; to < target.Length; from += 2, to += 3)
        {
            int pixel = BinaryPrimitives.ReadUInt16LittleEndian(source[from..]);
            target[to] = (byte)(((pixel >> redShift) & 31) * 255 / 31);
            target[to + 1] = (byte)(((pixel >> 5) & mostGreen) * 255 / mostGreen);
            target[to + 2] = (byte)((pixel & 31) * 255 / 31);
        }
    }
}
