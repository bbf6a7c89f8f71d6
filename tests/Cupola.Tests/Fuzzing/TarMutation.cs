using System.Text;

namespace Cupola.Tests.Fuzzing;

/// <summary>
/// Changes to a tar archive: fields of a header whose checksum is right again, entries twice or missing, and what is in them.
/// </summary>
internal static class TarMutation
{
    private const int Block = 512;

    /// <summary>Sizes beyond eight octal digits stand in two's complement behind a bit (GNU tar).</summary>
    private const string Largest = "\u0080\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff";

    private const string Negative = "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff";

    /// <summary>
    /// Where a field stands in a header, how long it is, and what it is set to (POSIX 1003.1, pax, ustar interchange format).
    /// </summary>
    private static readonly (int Start, int Length, string[] Values)[] Fields =
    [
        (0, 100, ["", "../../x.png", "/etc/passwd", "a\u001b[31m.png", "._0.png", ".png", "a/b.c.png", "a.cls", new('n', 100)]),
        (124, 12, ["00000000000", "77777777777", "00000000001", "-0000000001", "99999999999", Largest, Negative, " "]),
        (136, 12, ["77777777777", "99999999999", Largest, "abc"]),
        (156, 1, ["0", "\0", "1", "2", "5", "x", "g", "L", "K", "S", "D", "7", "A", "\u00ff"]),
        (157, 100, ["", "../../x", "/etc/passwd"]),
        (257, 8, ["ustar\000", "ustar  \0", "xxxxxxxx", ""]),
        (345, 155, ["", "dir", "../..", new('p', 155)]),
    ];

    public static byte[] Change(byte[] bytes, Random random)
    {
        if (bytes.Length < 2 * Block)
        {
            return ByteMutation.Change(bytes, bytes, random);
        }

        IEnumerable<int> blocks = Enumerable.Range(0, bytes.Length / Block).Select(static block => block * Block);
        int[] headers = [.. blocks.Where(start => bytes.AsSpan(start + 257, 5).SequenceEqual("ustar"u8))];
        int header = headers.Length == 0 ? 0 : headers[random.Next(headers.Length)];
        int end = headers.FirstOrDefault(next => next > header, bytes.Length);
        byte[] changed = [.. bytes];
        switch (random.Next(6))
        {
            case 0:
                return [.. bytes[..end], .. bytes[header..end], .. bytes[end..]];
            case 1:
                return [.. bytes[..header], .. bytes[end..]];
            case 2 when end - header > Block:
                // As long as it was, so that the next header stays where it is.
                byte[] content = TextMutation.Change(bytes[(header + Block)..end], bytes, random);
                content.AsSpan(0, Math.Min(content.Length, end - header - Block)).CopyTo(changed.AsSpan(header + Block));
                return changed;
            default:
                (int start, int length, string[] values) = Fields[random.Next(Fields.Length)];
                Span<byte> field = changed.AsSpan(header + start, length);
                field.Clear();
                byte[] value = Encoding.Latin1.GetBytes(values[random.Next(values.Length)]);
                value.AsSpan(0, Math.Min(value.Length, length)).CopyTo(field);
                WriteChecksum(changed.AsSpan(header, Block));
                return changed;
        }
    }

    private static void WriteChecksum(Span<byte> header)
    {
        Span<byte> field = header.Slice(148, 8);
        field.Fill((byte)' ');
        int sum = 0;
        foreach (byte each in header)
        {
            sum += each;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(field);
        field[6] = 0;
    }
}
