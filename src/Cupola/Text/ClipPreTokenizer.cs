using System.Globalization;
using System.Text;

namespace Cupola.Text;

/// <summary>
/// Splits a normalized text into the pieces for byte pair encoding. The pattern is CLIP's (simple_tokenizer.py:
/// <c>'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>) over code points: .NET's regular expressions see letters
/// beyond U+FFFF as two surrogates.
/// </summary>
internal static class ClipPreTokenizer
{
    private const string Start = ClipTokenizer.StartToken;
    private const string End = ClipTokenizer.EndToken;

    private static readonly string[] Endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>The normalized parts of a text between start and end tokens.</summary>
    public static IEnumerable<string> Texts(string text) =>
        text.Split(End).SelectMany(static part => ClipNormalizer.Normalize(part).Split(Start));

    /// <summary>The pieces in order; white space is dropped.</summary>
    public static List<Range> Cut(ReadOnlySpan<char> text)
    {
        List<Range> pieces = [];
        int position = 0;
        while (position < text.Length)
        {
            (Kind kind, int length) = Next(text[position..]);
            int end = position + length;
            int special = SpecialLength(text[position..]);
            if (special > 0)
            {
                // The byte-level step splits again at changes between letters and other characters, so these become three pieces.
                end = position + special;
                pieces.Add(position..(position + 2));
                pieces.Add((position + 2)..(end - 2));
                pieces.Add((end - 2)..end);
            }
            else if (EndingLength(text[position..]) is > 0 and int ending)
            {
                end = position + ending;
                pieces.Add(position..end);
            }
            else if (kind == Kind.Number)
            {
                pieces.Add(position..end);
            }
            else if (kind != Kind.Space)
            {
                while (end < text.Length && Next(text[end..]) is (Kind next, int more) && next == kind)
                {
                    end += more;
                }

                pieces.Add(position..end);
            }

            position = end;
        }

        return pieces;
    }

    private static int SpecialLength(ReadOnlySpan<char> text) =>
        text.StartsWith(Start, StringComparison.Ordinal) ? Start.Length
        : text.StartsWith(End, StringComparison.Ordinal) ? End.Length
        : 0;

    private static int EndingLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            foreach (string ending in Endings)
            {
                if (text.StartsWith(ending, StringComparison.Ordinal))
                {
                    return ending.Length;
                }
            }
        }

        return 0;
    }

    private static (Kind Kind, int Length) Next(ReadOnlySpan<char> text)
    {
        _ = Rune.DecodeFromUtf16(text, out Rune rune, out int length);
        return (
            Rune.GetUnicodeCategory(rune) switch
            {
                <= UnicodeCategory.OtherLetter => Kind.Letter,
                UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
                _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
            },
            length
        );
    }
}
