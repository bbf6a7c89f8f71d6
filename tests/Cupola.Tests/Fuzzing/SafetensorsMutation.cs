using System.Buffers.Binary;

namespace Cupola.Tests.Fuzzing;

/// <summary>Changes to a safetensors file: its header as JSON with a length that fits, the length, the tensors' bytes.</summary>
internal static class SafetensorsMutation
{
    public static byte[] Change(byte[] bytes, Random random)
    {
        long length = bytes.Length < 8 ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (length < 0 || length > bytes.Length - 8)
        {
            return ByteMutation.Change(bytes, bytes, random);
        }

        byte[] header = bytes[8..(int)(8 + length)],
            body = bytes[(int)(8 + length)..];
        return random.Next(8) switch
        {
            0 => File(header, body[..random.Next(body.Length + 1)]),
            1 => File(header, [.. body, .. new byte[1 << random.Next(8)]]),
            2 => File(header, ByteMutation.Change(body, header, random)),
            _ => File(JsonMutation.Change(header, random), body),
        };
    }

    private static byte[] File(byte[] header, byte[] body)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. body];
    }
}
