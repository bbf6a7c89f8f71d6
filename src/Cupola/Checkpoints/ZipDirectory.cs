using System.Buffers.Binary;
using System.Text;

namespace Cupola.Checkpoints;

/// <summary>
/// Finds the entries of a zip archive, so that uncompressed ones can be used without a copy, as PyTorch intends (APPNOTE.TXT 4.3,
/// with the 64-bit fields of 4.5.3).
/// </summary>
internal static class ZipDirectory
{
    private const int EndSize = 22;
    private const int LongestComment = ushort.MaxValue;
    private const uint EndSignature = 0x06054b50;
    private const uint LongEndSignature = 0x06064b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;

    /// <summary>The most entries; a model has some thousand tensors.</summary>
    private const long MaximumEntries = 1_000_000;

    /// <summary>Name ► offset and length in bytes of every uncompressed entry; PyTorch compresses only code.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged; the message is the end of a sentence.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(TensorMemory file)
    {
        (long position, long count) = FindEntries(file);
        var entries = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        for (long index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> head = Slice(file, position, 46);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) != EntrySignature)
            {
                throw Damaged();
            }

            int method = BinaryPrimitives.ReadUInt16LittleEndian(head[10..]);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]),
                extraLength = BinaryPrimitives.ReadUInt16LittleEndian(head[30..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(head[32..]);
            string name = Encoding.UTF8.GetString(Slice(file, position + 46, nameLength));
            (long size, long local) = Sizes(head, Slice(file, position + 46 + nameLength, extraLength));
            position += 46 + nameLength + extraLength + commentLength;
            if (method != 0 || name.EndsWith('/'))
            {
                continue;
            }

            ReadOnlySpan<byte> localHead = Slice(file, local, 30);
            long start =
                local
                + 30
                + BinaryPrimitives.ReadUInt16LittleEndian(localHead[26..])
                + BinaryPrimitives.ReadUInt16LittleEndian(localHead[28..]);
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(localHead) != LocalSignature
                || size < 0
                || start > file.ByteCount - size
                || !entries.TryAdd(name, (start, size))
            )
            {
                throw Damaged();
            }
        }

        return entries;
    }

    private static (long Position, long Count) FindEntries(TensorMemory file)
    {
        long lowest = Math.Max(0, file.ByteCount - EndSize - LongestComment);
        ReadOnlySpan<byte> tail = Slice(file, lowest, (int)(file.ByteCount - lowest));
        Span<byte> signature = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(signature, EndSignature);
        int end = tail.LastIndexOf(signature);
        if (end < 0 || tail.Length - end < EndSize)
        {
            throw Damaged();
        }

        long count = BinaryPrimitives.ReadUInt16LittleEndian(tail[(end + 10)..]),
            position = BinaryPrimitives.ReadUInt32LittleEndian(tail[(end + 16)..]);
        if ((count == ushort.MaxValue || position == uint.MaxValue) && end >= 20)
        {
            long longEnd = BinaryPrimitives.ReadInt64LittleEndian(tail[(end - 12)..]);
            ReadOnlySpan<byte> head = Slice(file, longEnd, 56);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head) != LongEndSignature)
            {
                throw Damaged();
            }

            count = BinaryPrimitives.ReadInt64LittleEndian(head[32..]);
            position = BinaryPrimitives.ReadInt64LittleEndian(head[48..]);
        }

        return count is >= 0 and <= MaximumEntries ? (position, count) : throw Damaged();
    }

    /// <summary>The size and the local header's offset; values that do not fit 32 bits are in the extra field 1.</summary>
    private static (long Size, long Local) Sizes(ReadOnlySpan<byte> head, ReadOnlySpan<byte> extra)
    {
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(head[20..]),
            size = BinaryPrimitives.ReadUInt32LittleEndian(head[24..]);
        long local = BinaryPrimitives.ReadUInt32LittleEndian(head[42..]);
        while (extra.Length >= 4)
        {
            int kind = BinaryPrimitives.ReadUInt16LittleEndian(extra),
                length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4)
            {
                throw Damaged();
            }

            ReadOnlySpan<byte> fields = extra.Slice(4, length);
            if (kind == 1)
            {
                size = Wide(size, ref fields);
                _ = Wide(packed, ref fields);
                local = Wide(local, ref fields);
            }

            extra = extra[(4 + length)..];
        }

        return (size, local);
    }

    private static long Wide(long narrow, ref ReadOnlySpan<byte> fields)
    {
        if (narrow != uint.MaxValue || fields.Length < 8)
        {
            return narrow;
        }

        long wide = BinaryPrimitives.ReadInt64LittleEndian(fields);
        fields = fields[8..];
        return wide;
    }

    private static ReadOnlySpan<byte> Slice(TensorMemory file, long offset, int length) =>
        offset >= 0 && offset <= file.ByteCount - length ? file.Slice(offset, length) : throw Damaged();

    private static InvalidDataException Damaged() => new("its zip directory is damaged");
}
