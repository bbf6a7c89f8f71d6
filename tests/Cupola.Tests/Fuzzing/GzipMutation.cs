using System.IO.Compression;

namespace Cupola.Tests.Fuzzing;

/// <summary>Changes to text that is compressed; sometimes it becomes far longer than its file.</summary>
internal static class GzipMutation
{
    /// <summary>What is longer is so for its length alone.</summary>
    private const int MostChanged = 8 << 20;

    public static byte[] Change(byte[] bytes, byte[] other, Random random)
    {
        try
        {
            using GZipStream packed = new(new MemoryStream(bytes), CompressionMode.Decompress);
            using MemoryStream text = new();
            packed.CopyTo(text);
            if (text.Length > MostChanged)
            {
                return bytes;
            }

            byte[] given = text.ToArray();
            return Pack(random.Next(500) == 0 ? [.. given, .. new byte[80 << 20]] : TextMutation.Change(given, bytes, random));
        }
        catch (InvalidDataException)
        {
            return ByteMutation.Change(bytes, other, random);
        }
    }

    public static byte[] Pack(byte[] text)
    {
        using MemoryStream bytes = new();
        using (GZipStream packed = new(bytes, CompressionLevel.Fastest))
        {
            packed.Write(text);
        }

        return bytes.ToArray();
    }
}
