using System.Buffers.Binary;
using System.Text;

namespace Cupola.Text;

/// <summary>
/// SentencePiece's precompiled map of characters (normalizer.cc): a double-array trie over UTF-8 bytes (darts-clone) whose values
/// are places in a list of replacements. The longest prefix that is in it is replaced; other characters stay.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads a map.</summary>
    /// <param name="bytes">The length of the trie, the trie, and replacements that each end with a zero byte.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public CharacterMap(ReadOnlySpan<byte> bytes)
    {
        uint length = bytes.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        if (length is 0 || length % 4 != 0 || length > bytes.Length - 4)
        {
            throw new FormatException("The map of characters is damaged.");
        }

        _units = new uint[length / 4];
        for (int index = 0; index < _units.Length; index++)
        {
            _units[index] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (index * 4))..]);
        }

        _replacements = bytes[(4 + (int)length)..].ToArray();
    }

    /// <summary>The text with its characters replaced.</summary>
    public string Apply(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using MemoryStream mapped = new(bytes.Length);
        for (int start = 0; start < bytes.Length;)
        {
            (int length, int replacement) = LongestPrefix(bytes.AsSpan(start));
            if (length > 0)
            {
                mapped.Write(ReplacementAt(replacement));
            }
            else
            {
                Rune.DecodeFromUtf8(bytes.AsSpan(start), out _, out length);
                mapped.Write(bytes.AsSpan(start, length));
            }

            start += length;
        }

        return Encoding.UTF8.GetString(mapped.GetBuffer(), 0, (int)mapped.Length);
    }

    private (int Length, int Replacement) LongestPrefix(ReadOnlySpan<byte> bytes)
    {
        (int Length, int Replacement) longest = (0, 0);
        uint node = Offset(_units[0]);
        for (int index = 0; index < bytes.Length; index++)
        {
            node ^= bytes[index];
            if (node >= _units.Length || (_units[node] & 0x8000_00ff) != bytes[index])
            {
                break;
            }

            uint unit = _units[node];
            node ^= Offset(unit);
            if ((unit & 0x100) != 0 && node < _units.Length)
            {
                longest = (index + 1, (int)(_units[node] & 0x7fff_ffff));
            }
        }

        return longest;
    }

    private ReadOnlySpan<byte> ReplacementAt(int start)
    {
        ReadOnlySpan<byte> rest = start < _replacements.Length ? _replacements.AsSpan(start) : [];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
