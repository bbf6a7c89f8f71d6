using System.Buffers.Binary;
using System.Text;

namespace Cupola.Images;

/// <summary>
/// A camera's raw photo in a TIFF (CR2, NEF, ARW, DNG and their like). The sensor's numbers are not developed here: what is seen
/// is the largest JPEG that the camera embedded. Every offset and length is a claim of the file, and is checked.
/// </summary>
internal sealed class RawPhoto
{
    /// <summary>Directories that are looked at; a raw photo has half a dozen.</summary>
    private const int MostDirectories = 32;

    private const int MostEntries = 1024;
    private const int EntryBytes = 12;

    /// <summary>A name or a date is shorter.</summary>
    private const int LongestText = 200;

    private const int Compression = 259;
    private const int Photometric = 262;
    private const int Maker = 271;
    private const int Model = 272;
    private const int StripOffsets = 273;
    private const int Orientation = 274;
    private const int StripByteCounts = 279;
    private const int Changed = 306;
    private const int SubDirectories = 330;
    private const int JpegOffset = 513;
    private const int JpegLength = 514;
    private const int ExifDirectory = 34665;
    private const int Taken = 36867;
    private const int DngVersion = 50706;

    /// <summary>Photometric interpretations of a sensor's numbers: behind a color filter, and demosaiced.</summary>
    private const int ColorFilter = 32803;
    private const int LinearRaw = 34892;

    /// <summary>JPEG in a strip, in the old form and the new one.</summary>
    private const int OldJpeg = 6;
    private const int NewJpeg = 7;

    private readonly byte[] _bytes;
    private readonly bool _isBigEndian;
    private readonly List<Dictionary<int, long[]>> _directories = [];
    private readonly Dictionary<int, long[]> _exif = [];

    private RawPhoto(byte[] bytes)
    {
        _bytes = bytes;
        _isBigEndian = bytes[0] == 'M';
        ReadDirectories();
    }

    /// <summary>How the photo is stored (TIFF 6.0, tag 274).</summary>
    public int StoredOrientation => (int)First(Orientation, ImageOrientation.Upright);

    /// <summary>What the camera says of it.</summary>
    public ImageMetadata Metadata =>
        new(
            ImageMetadata.Date(Text(_exif, Taken) ?? Text(_directories[0], Changed)),
            ImageMetadata.NameCamera(Text(_directories[0], Maker), Text(_directories[0], Model)),
            null,
            null,
            StoredOrientation
        );

    private bool IsRaw =>
        _directories.Count > 0
        && (
            (_bytes[8] == 'C' && _bytes[9] == 'R')
            || _directories[0].ContainsKey(DngVersion)
            || _directories.Exists(static directory => Value(directory, Photometric) is ColorFilter or LinearRaw)
        );

    /// <summary>Reads a TIFF as a raw photo; null where it is an ordinary TIFF.</summary>
    public static RawPhoto? Read(byte[] bytes)
    {
        // Either byte order, a header and an entry; no big TIFF.
        if (bytes.Length < 16 || !(bytes.AsSpan().StartsWith("II*\0"u8) || bytes.AsSpan().StartsWith("MM\0*"u8)))
        {
            return null;
        }

        RawPhoto photo = new(bytes);
        return photo.IsRaw ? photo : null;
    }

    /// <summary>The largest JPEG in it.</summary>
    /// <exception cref="InvalidDataException">There is none that can be read.</exception>
    public byte[] Preview(EncodedImage file)
    {
        (long Offset, long Length) best = default;
        long most = 0;
        foreach ((long offset, long length) in Jpegs())
        {
            if (offset > 0 && length > 0 && offset <= _bytes.Length - length)
            {
                long pixels = JpegPixels(_bytes.AsSpan((int)offset, (int)length));
                if (pixels > most)
                {
                    (best, most) = ((offset, length), pixels);
                }
            }
        }

        return most > 0
            ? _bytes.AsSpan((int)best.Offset, (int)best.Length).ToArray()
            : throw new InvalidDataException(
                $"{file.Name} is a raw photo without an embedded JPEG that can be read; export it as JPEG or PNG."
            );
    }

    private IEnumerable<(long Offset, long Length)> Jpegs()
    {
        foreach (Dictionary<int, long[]> directory in _directories)
        {
            yield return (Value(directory, JpegOffset), Value(directory, JpegLength));
            if (
                Value(directory, Compression) is OldJpeg or NewJpeg
                && Value(directory, Photometric) is not (ColorFilter or LinearRaw)
                && directory.GetValueOrDefault(StripOffsets) is [var offset]
                && directory.GetValueOrDefault(StripByteCounts) is [var length]
            )
            {
                yield return (offset, length);
            }
        }
    }

    /// <summary>
    /// The pixels of a JPEG that is decoded here, by its frame's header; 0 of another, such as a sensor's lossless one.
    /// </summary>
    private static long JpegPixels(ReadOnlySpan<byte> jpeg)
    {
        if (!jpeg.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return 0;
        }

        for (int at = 2; at + 9 < jpeg.Length && jpeg[at] == 0xFF;)
        {
            int marker = jpeg[at + 1],
                length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (marker is >= 0xC0 and <= 0xC2)
            {
                return jpeg[at + 4] == 8 && jpeg[at + 9] is 1 or 3
                    ? (long)BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 5)..])
                        * BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 7)..])
                    : 0;
            }

            if (marker is 0xFF)
            {
                at++;
                continue;
            }

            // Other frames are lossless or arithmetic; before a frame there is no data.
            if (marker is (>= 0xC3 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC) or 0xDA || length < 2)
            {
                return 0;
            }

            at += 2 + length;
        }

        return 0;
    }

    private void ReadDirectories()
    {
        Queue<long> offsets = new([Number(4, 4)]);
        HashSet<long> seen = [];
        while (offsets.TryDequeue(out long offset) && seen.Count < MostDirectories)
        {
            if (offset <= 0 || !seen.Add(offset))
            {
                continue;
            }

            Dictionary<int, long[]> directory = [];
            long next = ReadDirectory(offset, directory);
            if (directory.Count == 0)
            {
                continue;
            }

            _directories.Add(directory);
            foreach (long below in directory.GetValueOrDefault(SubDirectories) ?? [])
            {
                offsets.Enqueue(below);
            }

            offsets.Enqueue(next);
        }

        if (_directories.Count > 0 && Value(_directories[0], ExifDirectory) is > 0 and long exif)
        {
            ReadDirectory(exif, _exif);
        }
    }

    /// <summary>Reads a directory's numbers, as far as they are there, and gives the next directory's offset.</summary>
    private long ReadDirectory(long offset, Dictionary<int, long[]> directory)
    {
        int count = (int)Math.Min(MostEntries, Number(offset, 2));
        for (int entry = 0; entry < count; entry++)
        {
            long at = offset + 2 + (entry * EntryBytes);
            int size = Number(at + 2, 2) switch
            {
                1 or 2 or 6 or 7 => 1,
                3 or 8 => 2,
                4 or 9 or 13 => 4,
                _ => 0,
            };
            long values = Number(at + 4, 4),
                from = values * size <= 4 ? at + 8 : Number(at + 8, 4);
            if (size == 0 || values is <= 0 or > MostEntries || from <= 0 || from > _bytes.Length - (values * size))
            {
                continue;
            }

            directory.TryAdd(
                (int)Number(at, 2),
                [.. Enumerable.Range(0, (int)values).Select(place => Number(from + ((long)place * size), size))]
            );
        }

        return Number(offset + 2 + ((long)count * EntryBytes), 4);
    }

    private static long Value(Dictionary<int, long[]> directory, int tag) =>
        directory.GetValueOrDefault(tag) is [var first, ..] ? first : 0;

    private long First(int tag, long otherwise) =>
        Value(_directories[0], tag) is > 0 and <= short.MaxValue and var value ? value : otherwise;

    /// <summary>A text, which is stored as bytes with a zero behind them.</summary>
    private static string? Text(Dictionary<int, long[]> directory, int tag)
    {
        long[] letters = directory.GetValueOrDefault(tag) ?? [];
        string text = Encoding
            .Latin1.GetString([
                .. letters
                    .Take(LongestText)
                    .TakeWhile(static letter => letter is > 0 and < 256)
                    .Select(static letter => (byte)letter),
            ])
            .Trim();
        return text.Length > 0 ? text : null;
    }

    /// <summary>An unsigned number of one, two or four bytes; 0 where the file ends before.</summary>
    private long Number(long at, int size) =>
        at < 0 || at > _bytes.Length - size ? 0
        : size == 1 ? _bytes[at]
        : size == 2
            ? _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan((int)at))
                : BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan((int)at))
        : _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan((int)at))
        : BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan((int)at));
}
