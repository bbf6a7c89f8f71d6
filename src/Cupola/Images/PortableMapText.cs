using static System.FormattableString;

namespace Cupola.Images;

/// <summary>
/// Reads decimal numbers from the headers of portable maps and from the samples of text maps. A comment goes from # to the end of
/// its line.
/// </summary>
internal ref struct PortableMapText(EncodedImage file, int position)
{
    /// <summary>The most digits of a number (Pillow).</summary>
    private const int MostDigits = 10;

    private readonly EncodedImage _file = file;
    private readonly ReadOnlySpan<byte> _bytes = file.Bytes;

    /// <summary>The position of the next byte; after a number, also past the one space that ends it.</summary>
    public int Position { get; private set; } = position;

    public static bool IsSpace(byte letter) => letter is (byte)' ' or (>= 9 and <= 13);

    /// <summary>A number of the header, after which something must follow.</summary>
    public int HeaderNumber() => (int)Math.Min(Number(), int.MaxValue);

    /// <summary>A sample, with its upper limit.</summary>
    public int Sample(int most) =>
        Number() is long sample && sample <= most
            ? (int)sample
            : throw _file.Damaged(Invariant($"it has a sample beyond {most}, the largest that it claims"));

    /// <summary>A 0 or a 1; spaces between them are optional.</summary>
    public int Bit() =>
        Next(skipsSpace: true) switch
        {
            (byte)'0' => 0,
            (byte)'1' => 1,
            -1 => throw _file.Damaged("it is cut off"),
            _ => throw _file.Damaged("a pixel is neither 0 nor 1"),
        };

    private long Number()
    {
        long number = 0;
        int digits = 0;
        for (int letter = Next(skipsSpace: true); letter >= 0 && !IsSpace((byte)letter); letter = Next(skipsSpace: false))
        {
            if (letter is < '0' or > '9' || ++digits > MostDigits)
            {
                throw _file.Damaged("a number in it is not a number");
            }

            number = (number * 10) + letter - '0';
        }

        return digits > 0 ? number : throw _file.Damaged("it is cut off");
    }

    /// <summary>The next byte that is not part of a comment; -1 after the last.</summary>
    private int Next(bool skipsSpace)
    {
        while (Position < _bytes.Length)
        {
            byte letter = _bytes[Position++];
            if (letter == '#')
            {
                while (Position < _bytes.Length && _bytes[Position] is not ((byte)'\n' or (byte)'\r'))
                {
                    Position++;
                }

                // The line's end belongs to the comment.
                Position = Math.Min(Position + 1, _bytes.Length);
            }
            else if (!skipsSpace || !IsSpace(letter))
            {
                return letter;
            }
        }

        return -1;
    }
}
