using System.Buffers.Binary;

namespace Cupola.Tests.Fuzzing;

/// <summary>
/// Changes that need to know nothing of a form: bits, bytes, lengths, cuts, repetitions and pieces of another input.
/// </summary>
internal static class ByteMutation
{
    /// <summary>Where counts, lengths and offsets of all widths turn over.</summary>
    private static readonly long[] Numbers =
    [
        0,
        1,
        2,
        -1,
        7,
        8,
        16,
        64,
        127,
        128,
        255,
        256,
        32767,
        32768,
        65535,
        65536,
        0xFFFFFF,
        0x1000000,
        int.MaxValue,
        int.MaxValue + 1L,
        uint.MaxValue,
        uint.MaxValue + 1L,
        1L << 40,
        long.MaxValue,
        long.MinValue,
        long.MaxValue / 8,
    ];

    public static byte[] Change(byte[] bytes, byte[] other, Random random)
    {
        if (bytes.Length == 0)
        {
            return other[..random.Next(other.Length + 1)];
        }

        byte[] changed = [.. bytes];
        int place = Place(bytes, random);
        switch (random.Next(10))
        {
            case 0:
                changed[place] ^= (byte)(1 << random.Next(8));
                return changed;
            case 1:
                changed[place] = (byte)random.Next(256);
                return changed;
            case 2 or 3:
                WriteNumber(changed.AsSpan(place), Numbers[random.Next(Numbers.Length)], random);
                return changed;
            case 4:
                AddToNumber(changed.AsSpan(place), random);
                return changed;
            case 5:
                return bytes[..place];
            case 6:
                int end = Math.Min(bytes.Length, place + Length(random));
                return [.. bytes[..place], .. bytes[end..]];
            case 7:
                byte[] piece = bytes[place..Math.Min(bytes.Length, place + Length(random))];
                return [.. bytes[..place], .. Repeated(piece, random.Next(1, 4)), .. bytes[place..]];
            case 8:
                byte[] noise = new byte[Length(random)];
                random.NextBytes(noise);
                return [.. bytes[..place], .. noise, .. bytes[place..]];
            default:
                // The beginning of the one and the end of the other.
                int from = Math.Min(other.Length, random.Next(3) == 0 ? random.Next(other.Length + 1) : place);
                return [.. bytes[..place], .. other[from..]];
        }
    }

    /// <summary>A piece, again and again.</summary>
    public static IEnumerable<byte> Repeated(byte[] piece, int times) =>
        Enumerable.Repeat(piece, times).SelectMany(static each => each);

    /// <summary>Headers stand at the beginning, and directories at the end.</summary>
    private static int Place(byte[] bytes, Random random) =>
        random.Next(4) switch
        {
            0 => random.Next(Math.Min(64, bytes.Length)),
            1 => bytes.Length - 1 - random.Next(Math.Min(64, bytes.Length)),
            _ => random.Next(bytes.Length),
        };

    private static int Length(Random random) => 1 << random.Next(10);

    private static void WriteNumber(Span<byte> place, long number, Random random)
    {
        Span<byte> eight = stackalloc byte[8];
        int width = Math.Min(place.Length, 1 << random.Next(4));
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, number);
            eight[..width].CopyTo(place);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(eight, number);
            eight[^width..].CopyTo(place);
        }
    }

    private static void AddToNumber(Span<byte> place, Random random)
    {
        if (place.Length >= 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(place, BinaryPrimitives.ReadInt32LittleEndian(place) + random.Next(-16, 17));
        }
    }
}
