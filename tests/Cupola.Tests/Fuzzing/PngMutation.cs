using System.Buffers.Binary;
using System.IO.Hashing;

namespace Cupola.Tests.Fuzzing;

/// <summary>Changes to a chunk of a PNG whose checksum is right again, so that what reads the chunk sees them.</summary>
internal static class PngMutation
{
    private const int Signature = 8;

    public static byte[] Change(byte[] bytes, Random random)
    {
        List<(int Start, int Length)> chunks = [];
        for (int place = Signature; place + 12 <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(place));
            if (length > bytes.Length - place - 12)
            {
                break;
            }

            chunks.Add((place, (int)length));
            place += (int)length + 12;
        }

        if (chunks.Count == 0)
        {
            return ByteMutation.Change(bytes, bytes, random);
        }

        (int start, int size) = chunks[random.Next(3) == 0 ? 0 : random.Next(chunks.Count)];
        int end = start + size + 12;
        byte[] name = bytes[(start + 4)..(start + 8)],
            content = bytes[(start + 8)..(start + 8 + size)];
        return random.Next(6) switch
        {
            0 => [.. bytes[..start], .. bytes[end..]],
            1 => [.. bytes[..end], .. bytes[start..]],
            _ => [.. bytes[..start], .. Chunk(name, ByteMutation.Change(content, bytes, random)), .. bytes[end..]],
        };
    }

    public static byte[] Chunk(byte[] name, byte[] content)
    {
        byte[] length = new byte[4],
            checksum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32([.. name, .. content]));
        return [.. length, .. name, .. content, .. checksum];
    }
}
