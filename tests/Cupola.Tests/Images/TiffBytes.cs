using System.Buffers.Binary;
using System.Text;

namespace Cupola.Tests.Images;

/// <summary>Writes small TIFFs: directories, and behind them what their entries point to.</summary>
internal sealed class TiffBytes(bool isBigEndian)
{
    private byte[] _afterHeader = [];

    /// <summary>Entries of a tag, a type and a value: a number, a text, the bytes or the directory that it points to.</summary>
    internal sealed record Directory(IReadOnlyList<(int Tag, int Type, object Value)> Entries)
    {
        public int Size => 2 + (Entries.Count * 12) + 4;
    }

    /// <summary>Puts bytes between the header and the first directory.</summary>
    public void Raw(byte[] bytes) => _afterHeader = bytes;

    public byte[] Write(Directory first)
    {
        List<byte> bytes = [.. isBigEndian ? "MM\0*"u8 : "II*\0"u8, .. Number(8 + _afterHeader.Length, 4), .. _afterHeader];
        Add(bytes, first);
        return [.. bytes];
    }

    private void Add(List<byte> bytes, Directory directory)
    {
        int start = bytes.Count;
        bytes.AddRange(new byte[directory.Size]);
        List<byte> entries = [.. Number(directory.Entries.Count, 2)];
        foreach ((int tag, int type, object value) in directory.Entries.OrderBy(static entry => entry.Tag))
        {
            entries.AddRange([.. Number(tag, 2), .. Number(type, 2)]);
            switch (value)
            {
                case int number:
                    entries.AddRange([.. Number(1, 4), .. Field(number, type)]);
                    break;
                case string text:
                    entries.AddRange([.. Number(text.Length + 1, 4), .. Number(bytes.Count, 4)]);
                    bytes.AddRange([.. Encoding.ASCII.GetBytes(text), 0]);
                    break;
                case byte[] pointed:
                    entries.AddRange([.. Number(1, 4), .. Number(bytes.Count, 4)]);
                    bytes.AddRange(pointed);
                    break;
                case Directory below:
                    entries.AddRange([.. Number(1, 4), .. Number(bytes.Count, 4)]);
                    Add(bytes, below);
                    break;
            }
        }

        for (int index = 0; index < entries.Count; index++)
        {
            bytes[start + index] = entries[index];
        }
    }

    private byte[] Field(int number, int type)
    {
        int size = type switch
        {
            1 => 1,
            3 => 2,
            _ => 4,
        };
        return [.. Number(number, size), .. new byte[4 - size]];
    }

    private byte[] Number(int number, int size)
    {
        byte[] bytes = new byte[4];
        if (isBigEndian)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes, number);
            return bytes[(4 - size)..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes[..size];
    }
}
