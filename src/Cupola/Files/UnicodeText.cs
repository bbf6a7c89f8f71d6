using System.Text;

namespace Cupola.Files;

/// <summary>
/// Bytes as text: in the encoding that a byte order mark names, else in UTF-8. Bytes that are no such text are an
/// error and never a replacement character, because a garbled label looks like an answer.
/// </summary>
internal static class UnicodeText
{
    /// <summary>The mark of UTF-32 begins with that of UTF-16, so it comes first.</summary>
    private static readonly Encoding[] Marked =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    private static readonly UTF8Encoding Unmarked = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads a stream that can seek, from its beginning. Reading fails with <see cref="DecoderFallbackException"/>
    /// where the bytes are no text.
    /// </summary>
    public static StreamReader Open(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        (Encoding encoding, int mark) = EncodingOf(start[..count]);
        stream.Position = mark;
        return new(stream, encoding, detectEncodingFromByteOrderMarks: false);
    }

    /// <summary>The text of some bytes, or null where they are none.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        (Encoding encoding, int mark) = EncodingOf(bytes);
        try
        {
            string text = encoding.GetString(bytes[mark..]);
            return IsText(text) ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The bytes without a byte order mark, in UTF-8 where the mark names another encoding.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> bytes)
    {
        (Encoding encoding, int mark) = EncodingOf(bytes.Span);
        return encoding is UTF8Encoding ? bytes[mark..]
            : Decode(bytes.Span) is { } text ? Encoding.UTF8.GetBytes(text)
            : bytes;
    }

    /// <summary>Whether it can be text: UTF-16 without its mark is UTF-8 with a zero character between all others.</summary>
    public static bool IsText(ReadOnlySpan<char> text) => !text.Contains('\0');

    private static (Encoding Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> start)
    {
        foreach (Encoding encoding in Marked)
        {
            if (start.StartsWith(encoding.Preamble))
            {
                return (encoding, encoding.Preamble.Length);
            }
        }

        return (Unmarked, 0);
    }
}
