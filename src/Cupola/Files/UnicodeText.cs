using System.Text;

namespace Cupola.Files;

/// <summary>
/// Decodes bytes as text: in the encoding of a byte order mark, else in UTF-8. Invalid bytes are an error and never become
/// replacement characters, because a garbled label looks like an answer.
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
    /// Opens a seekable stream for reading from its beginning. Reading fails with <see cref="DecoderFallbackException"/> if the
    /// bytes are not text.
    /// </summary>
    public static StreamReader Open(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        (Encoding encoding, int mark) = EncodingOf(start[..count]);
        stream.Position = mark;
        return new(stream, encoding, detectEncodingFromByteOrderMarks: false);
    }

    /// <summary>Decodes bytes; null if they are not text.</summary>
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

    /// <summary>Whether it can be text: UTF-16 without its mark reads as UTF-8 with a zero after each character.</summary>
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
