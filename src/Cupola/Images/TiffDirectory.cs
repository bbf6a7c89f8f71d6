using System.Buffers.Binary;

namespace Cupola.Images;

/// <summary>
/// The first directory of a TIFF. The orientation is read here, whatever the tag's number type; and tags that do not concern the
/// pixels are removed before libtiff sees them, because to libtiff a resolution with a wrong value is as much an error as a
/// truncated strip.
/// </summary>
internal sealed class TiffDirectory
{
    private const int Width = 256;
    private const int Height = 257;
    private const int Orientation = 274;
    private const int Photometric = 262;

    /// <summary>Replaces a removed tag: an unused number, with one byte that is zero.</summary>
    private const ushort Nobodys = 65000;

    /// <summary>The most tags that are read; a directory has a few dozen.</summary>
    private const int MostTags = 4096;

    /// <summary>The header of a big TIFF; no TIFF with a directory is shorter.</summary>
    private const int ShortestHeader = 16;

    /// <summary>Tags that describe how pixels are stored (TIFF 6.0 and its supplements).</summary>
    private static readonly HashSet<int> OfPixels =
    [
        254,
        255,
        256,
        257,
        258,
        259,
        262,
        266,
        273,
        277,
        278,
        279,
        284,
        292,
        293,
        317,
        320,
        322,
        323,
        324,
        325,
        332,
        334,
        338,
        339,
        347,
        512,
        513,
        514,
        515,
        517,
        518,
        519,
        520,
        521,
        529,
        530,
        531,
        532,
    ];

    /// <summary>CIELAB, ICCLAB and ITULAB.</summary>
    private static readonly HashSet<int> Lab = [8, 9, 10];

    private readonly byte[] _bytes;
    private readonly bool _isBigEndian;
    private readonly bool _isBig;

    private TiffDirectory(byte[] bytes)
    {
        _bytes = bytes;
        _isBigEndian = bytes[0] == 'M';
        _isBig = Short(2) == 43;
    }

    /// <summary>Copies a TIFF with only the tags that concern its pixels, and reads its orientation.</summary>
    /// <exception cref="InvalidDataException">Its colors are of an unsupported kind, or it has too many pixels.</exception>
    public static (byte[] Bytes, int Orientation) Read(EncodedImage file)
    {
        if (file.Bytes.Length < ShortestHeader)
        {
            throw file.Damaged("it is cut off");
        }

        TiffDirectory directory = new([.. file.Bytes]);
        int orientation = ImageOrientation.Upright;
        double width = 1,
            height = 1;
        foreach (long entry in directory.Entries())
        {
            int tag = directory.Short(entry);
            if (tag == Photometric && directory.Number(entry) is { } kind && Lab.Contains((int)kind))
            {
                throw file.Damaged("its colors are in CIELAB, which is not supported; save it as PNG");
            }

            if (tag == Orientation && directory.Number(entry) is { } named && named == Math.Truncate(named))
            {
                orientation = (int)Math.Clamp(named, 0, short.MaxValue);
            }

            width = tag == Width ? directory.Number(entry) ?? width : width;
            height = tag == Height ? directory.Number(entry) ?? height : height;
            if (!OfPixels.Contains(tag))
            {
                directory.TakeOut(entry);
            }
            else if (!directory.IsWhole(entry))
            {
                throw file.Damaged("it is cut off");
            }
        }

        file.CheckSize((long)width, (long)height);
        return (directory._bytes, orientation);
    }

    /// <summary>The offsets of the entries, as far as the file contains them.</summary>
    private IEnumerable<long> Entries()
    {
        long start = _isBig ? Long(8) : Integer(4),
            countBytes = _isBig ? 8 : 2,
            entryBytes = _isBig ? 20 : 12;
        if (start < 0 || start > _bytes.Length - countBytes)
        {
            yield break;
        }

        long count = _isBig ? Math.Clamp(Long(start), 0, MostTags) : Math.Min(Short(start), MostTags),
            first = start + countBytes;
        for (long entry = first; count > 0 && entry <= _bytes.Length - entryBytes; entry += entryBytes, count--)
        {
            yield return entry;
        }
    }

    /// <summary>
    /// The first number of an entry; null if there is none. Pillow takes no numbers from single bytes, unless they have a sign.
    /// </summary>
    private double? Number(long entry)
    {
        int type = Short(entry + 2);
        (long value, long count, int size) = Values(entry);
        if (count < 1 || value < 0 || value > _bytes.Length - size)
        {
            return null;
        }

        return type switch
        {
            6 => (sbyte)_bytes[value],
            3 => Short(value),
            8 => (short)Short(value),
            4 => Integer(value),
            9 => (int)Integer(value),
            16 or 17 => Long(value),
            5 when Integer(value + 4) is > 0 and long divisor => Integer(value) / (double)divisor,
            10 when (int)Integer(value + 4) is not 0 and int divisor => (int)Integer(value) / (double)divisor,
            11 => BitConverter.Int32BitsToSingle((int)Integer(value)),
            12 => BitConverter.Int64BitsToDouble(Long(value)),
            _ => null,
        };
    }

    /// <summary>Whether the file contains all numbers of an entry.</summary>
    private bool IsWhole(long entry)
    {
        (long value, long count, int size) = Values(entry);
        return value >= 0 && count >= 0 && count <= _bytes.Length && value + (count * size) <= _bytes.Length;
    }

    /// <summary>
    /// The offset of an entry's numbers, their count, and the size of each in bytes: within the entry if there is room, elsewhere
    /// in the file if not.
    /// </summary>
    private (long Offset, long Count, int Size) Values(long entry)
    {
        long count = _isBig ? Long(entry + 4) : Integer(entry + 4),
            offset = entry + (_isBig ? 12 : 8),
            room = _isBig ? 8 : 4;
        int size = Short(entry + 2) switch
        {
            3 or 8 => 2,
            4 or 9 or 11 or 13 => 4,
            5 or 10 or 12 or 16 or 17 or 18 => 8,
            _ => 1,
        };
        return (
            count <= room / size ? offset
            : _isBig ? Long(offset)
            : Integer(offset),
            count,
            size
        );
    }

    private void TakeOut(long entry)
    {
        Span<byte> bytes = _bytes.AsSpan((int)entry, _isBig ? 20 : 12);
        bytes.Clear();
        Write(bytes, Nobodys);
        Write(bytes[2..], 1);
        // The count is 1, in four or eight bytes.
        bytes[_isBigEndian ? (_isBig ? 11 : 7) : 4] = 1;
    }

    private void Write(Span<byte> bytes, ushort number)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, number);
        }
    }

    private int Short(long at) =>
        _isBigEndian
            ? BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan((int)at))
            : BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan((int)at));

    private long Integer(long at) =>
        _isBigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan((int)at))
            : BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan((int)at));

    private long Long(long at) =>
        _isBigEndian
            ? BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan((int)at))
            : BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan((int)at));
}
