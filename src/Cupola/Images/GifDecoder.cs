using System.Buffers.Binary;

namespace Cupola.Images;

/// <summary>
/// Decodes the first frame of a GIF. libvips reads GIF too, but makes transparent pixels black; Pillow, the reference, gives them
/// their color in the palette, which is often white.
/// </summary>
internal static class GifDecoder
{
    private const int ScreenSize = 13;
    private const int FrameHeaderSize = 9;
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte Frame = 0x2C;
    private const byte Trailer = 0x3B;

    /// <summary>The four passes of interlaced rows: the first row of each, and its step.</summary>
    private static readonly (int First, int Step)[] Passes = [(0, 8), (4, 8), (2, 4), (1, 2)];

    public static bool IsGif(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8);

    /// <exception cref="InvalidDataException">It is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(EncodedImage file)
    {
        Cursor cursor = new(file);
        ReadOnlySpan<byte> screen = cursor.Take(ScreenSize),
            palette = Palette(ref cursor, screen[10]);
        byte? transparent = SkipToFrame(ref cursor);
        ReadOnlySpan<byte> frame = cursor.Take(FrameHeaderSize);
        int left = Extent(frame, 0),
            top = Extent(frame, 2),
            frameWidth = Extent(frame, 4),
            frameHeight = Extent(frame, 6);
        if ((frame[8] & 0x80) != 0)
        {
            palette = Palette(ref cursor, frame[8]);
        }

        int width = Math.Max(Extent(screen, 6), left + frameWidth),
            height = Math.Max(Extent(screen, 8), top + frameHeight);
        file.CheckSize(width, height);
        file.CheckSize(frameWidth, frameHeight);
        byte[] colors = palette.ToArray();
        int place = file.Bytes.Length - cursor.Left;
        bool interlaced = (frame[8] & 0x40) != 0;
        return file.Decode(width, height, ((long)frameWidth * frameHeight) + file.Bytes.Length, image =>
        {
            using NativeBytes indices = new(frameWidth * frameHeight);
            Cursor rest = new(file, place);
            if (!GifCodes.Expand(Blocks(ref rest, out int literalBits), literalBits, indices.Span))
            {
                throw file.Damaged("it is cut off");
            }

            if (width > frameWidth || height > frameHeight)
            {
                FillWith(image, ColorOf(colors, transparent ?? 0));
            }

            int read = 0;
            foreach (int row in interlaced ? Interlaced(frameHeight) : Enumerable.Range(0, frameHeight))
            {
                ReadOnlySpan<byte> from = indices.Span.Slice(read, frameWidth);
                read += frameWidth;
                Span<byte> target = image.Row(top + row).Slice(left * 3, frameWidth * 3);
                for (int column = 0; column < frameWidth; column++)
                {
                    (target[column * 3], target[(column * 3) + 1], target[(column * 3) + 2]) = ColorOf(colors, from[column]);
                }
            }
        });
    }

    /// <summary>The colors that follow, if a byte of flags announces them.</summary>
    private static ReadOnlySpan<byte> Palette(ref Cursor file, byte flags) =>
        (flags & 0x80) != 0 ? file.Take(3 << ((flags & 7) + 1)) : [];

    /// <summary>Skips to after the first frame's separator, and returns the transparent index.</summary>
    private static byte? SkipToFrame(ref Cursor file)
    {
        byte? transparent = null;
        while (true)
        {
            switch (file.Take(1)[0])
            {
                case Frame:
                    return transparent;
                case Trailer:
                    throw file.Damaged("it has no pixels");
                case Extension:
                    byte kind = file.Take(1)[0];
                    for (ReadOnlySpan<byte> block = file.Block(); block.Length > 0; block = file.Block())
                    {
                        if (kind == GraphicControl && block.Length >= 4 && (block[0] & 1) != 0)
                        {
                            transparent = block[3];
                        }
                    }

                    break;
                default:
                    // Pillow also skips unknown bytes here.
                    break;
            }
        }
    }

    /// <summary>The frame's codes, joined, as far as the file contains them.</summary>
    private static ReadOnlySpan<byte> Blocks(ref Cursor file, out int literalBits)
    {
        literalBits = file.Take(1)[0];
        byte[] codes = new byte[file.Left];
        int length = 0;
        for (ReadOnlySpan<byte> block = file.BlockOrNothing(); block.Length > 0; block = file.BlockOrNothing())
        {
            block.CopyTo(codes.AsSpan(length));
            length += block.Length;
        }

        return codes.AsSpan(0, length);
    }

    private static IEnumerable<int> Interlaced(int height)
    {
        foreach ((int first, int step) in Passes)
        {
            for (int row = first; row < height; row += step)
            {
                yield return row;
            }
        }
    }

    private static void FillWith(RgbImage image, (byte Red, byte Green, byte Blue) color)
    {
        Span<byte> bytes = image.Bytes;
        for (int place = 0; place < bytes.Length; place += 3)
        {
            (bytes[place], bytes[place + 1], bytes[place + 2]) = color;
        }
    }

    /// <summary>The color of an index; beyond the palette's end, Pillow has shades of gray.</summary>
    private static (byte Red, byte Green, byte Blue) ColorOf(ReadOnlySpan<byte> palette, byte index) =>
        index * 3 < palette.Length
            ? (palette[index * 3], palette[(index * 3) + 1], palette[(index * 3) + 2])
            : (index, index, index);

    private static int Extent(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    /// <summary>Reads a file sequentially.</summary>
    private ref struct Cursor(EncodedImage file, int start = 0)
    {
        private readonly EncodedImage _file = file;
        private ReadOnlySpan<byte> _rest = file.Bytes.AsSpan(start);

        /// <summary>The number of unread bytes.</summary>
        public readonly int Left => _rest.Length;

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
            {
                throw Damaged("it is cut off");
            }

            ReadOnlySpan<byte> taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        /// <summary>A length in one byte, and that many bytes.</summary>
        public ReadOnlySpan<byte> Block() => Take(Take(1)[0]);

        /// <summary>A block; empty if it is truncated, because Pillow ignores such a block.</summary>
        public ReadOnlySpan<byte> BlockOrNothing() => _rest.Length == 0 || _rest[0] >= _rest.Length ? [] : Block();

        public readonly InvalidDataException Damaged(string why) => _file.Damaged(why);
    }
}
