using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Cupola.Checkpoints;

/// <summary>Reads the bytes of a pickle once from first to last, and decodes the arguments of its operations.</summary>
internal sealed class PickleBytes(ReadOnlyMemory<byte> pickle)
{
    /// <summary>
    /// The longest number in bytes; PyTorch's longest, the magic number of the older format, takes ten. Longer ones are not
    /// needed.
    /// </summary>
    private const int LongestNumber = 16;

    /// <summary>The longest text that is kept, in bytes; no name is nearly as long.</summary>
    private const int LongestText = 1 << 16;

    /// <summary>The placeholder for a number that is too long.</summary>
    private static readonly PickleObject LongNumber = new("int");

    public int Position { get; private set; }

    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(pickle.Length - Position))
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> bytes = pickle.Span.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    public byte Byte() => Take(1)[0];

    /// <summary>A length or an index in four bytes.</summary>
    public uint Count4() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A length in eight bytes.</summary>
    public ulong Count8() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A text; only the beginning of a very long one.</summary>
    public string Text(ulong bytes)
    {
        ReadOnlySpan<byte> text = Take(bytes);
        return Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestText)]);
    }

    /// <summary>A line of protocol 0.</summary>
    public string Line()
    {
        int length = pickle.Span[Position..].IndexOf((byte)'\n');
        string line = length < 0 ? throw Damaged() : Text((ulong)length);
        Take(1);
        return line.TrimEnd('\r');
    }

    /// <summary>An integer in little-endian two's complement.</summary>
    public object Number(ulong bytes)
    {
        ReadOnlySpan<byte> digits = Take(bytes);
        return digits.Length > LongestNumber ? LongNumber : Boxed(new(digits));
    }

    /// <summary>An integer in decimal digits.</summary>
    public static object Number(string digits)
    {
        bool isShort = digits.Length <= 3 * LongestNumber;
        return BigInteger.TryParse(
            isShort ? digits : "0",
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out BigInteger number
        )
            ? isShort
                ? Boxed(number)
                : LongNumber
            : throw Damaged();
    }

    /// <summary>A floating-point number as Python writes it.</summary>
    public static double Real(string text) =>
        text switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : throw Damaged(),
        };

    /// <summary>An index into the memo.</summary>
    public static long Index(string digits) => Number(digits) is long index ? index : throw Damaged();

    public static InvalidDataException Damaged() => new("its pickle is damaged");

    private static object Boxed(BigInteger number)
    {
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            long whole = (long)number;
            return whole;
        }

        return number;
    }
}
