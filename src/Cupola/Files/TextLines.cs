using System.Text;

namespace Cupola.Files;

/// <summary>Reads the lines of a text file of any length lazily and in bounded memory.</summary>
internal static class TextLines
{
    /// <summary>Reads lines that end with CR, LF or CRLF, as in files of old Macs, Unix and Windows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumLength">The longest line; the rest of a longer one is not kept in memory.</param>
    /// <returns>Each line in order; null for one that is too long.</returns>
    /// <exception cref="InvalidDataException">It is not text; thrown during the enumeration.</exception>
    public static IEnumerable<string?> Read(string path, int maximumLength)
    {
        using StreamReader reader = UnicodeText.Open(File.OpenRead(path));
        StringBuilder line = new();
        char[] block = new char[1 << 14];
        bool afterReturn = false,
            begun = false;
        while (Fill(reader, block, path) is > 0 and int count)
        {
            for (ReadOnlyMemory<char> rest = block.AsMemory(0, count); rest.Length > 0;)
            {
                if (afterReturn && rest.Span[0] == '\n')
                {
                    rest = rest[1..];
                    afterReturn = false;
                    continue;
                }

                int end = rest.Span.IndexOfAny('\r', '\n');
                ReadOnlyMemory<char> part = end < 0 ? rest : rest[..end];
                if (line.Length <= maximumLength)
                {
                    line.Append(part);
                }

                begun = end < 0;
                afterReturn = end >= 0 && rest.Span[end] == '\r';
                rest = rest[(end < 0 ? rest.Length : end + 1)..];
                if (!begun)
                {
                    yield return line.Length <= maximumLength ? line.ToString() : null;
                    line.Clear();
                }
            }
        }

        if (begun)
        {
            yield return line.Length <= maximumLength ? line.ToString() : null;
        }
    }

    private static int Fill(StreamReader reader, char[] block, string path)
    {
        try
        {
            int count = reader.Read(block);
            return UnicodeText.IsText(block.AsSpan(0, count)) ? count : throw NotText(path, null);
        }
        catch (DecoderFallbackException problem)
        {
            throw NotText(path, problem);
        }
    }

    private static InvalidDataException NotText(string path, Exception? problem) =>
        new($"{path} is not text in UTF-8; save it as UTF-8, which Excel calls CSV UTF-8.", problem);
}
