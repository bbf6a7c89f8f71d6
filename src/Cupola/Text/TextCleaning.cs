using System.Globalization;
using System.Net;
using System.Text;

namespace Cupola.Text;

/// <summary>What is done to a text before SentencePiece reads it; each SigLIP was trained with one of these.</summary>
internal enum TextCleaning
{
    /// <summary>
    /// transformers' SiglipTokenizer: lower case character by character, ASCII punctuation deleted, white space collapsed.
    /// </summary>
    SiglipCanonical,

    /// <summary>
    /// open_clip's canonicalize: repaired and unescaped text, _ as a space, ASCII punctuation deleted, lower case, white space
    /// collapsed.
    /// </summary>
    OpenClipCanonical,

    /// <summary>Lower case character by character, and nothing else: SigLIP 2's training (arXiv 2502.14786).</summary>
    Lower,
}

/// <summary>Carries out a <see cref="TextCleaning"/>.</summary>
internal static class TextCleaner
{
    /// <summary>A rule in words.</summary>
    public static string Describe(TextCleaning cleaning) =>
        cleaning switch
        {
            TextCleaning.SiglipCanonical => "lower case, punctuation deleted (transformers)",
            TextCleaning.OpenClipCanonical => "lower case, punctuation deleted, _ as a space (open_clip: canonicalize)",
            _ => "lower case, punctuation kept",
        };

    /// <summary>The text as SentencePiece reads it.</summary>
    public static string Clean(string text, TextCleaning cleaning) =>
        cleaning switch
        {
            TextCleaning.SiglipCanonical => Collapse(WithoutPunctuation(Lower(text))),
            TextCleaning.OpenClipCanonical => Collapse(
                LowerWhole(WithoutPunctuation(WebUtility.HtmlDecode(WebUtility.HtmlDecode(Repair(text))).Replace('_', ' ')))
            ),
            _ => Lower(text),
        };

    /// <summary>Lower case code point by code point: the end of a word is no reason for another sigma.</summary>
    private static string Lower(string text)
    {
        StringBuilder lower = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            ClipNormalizer.AppendLower(lower, rune);
        }

        return lower.ToString();
    }

    /// <summary>The same, but a sigma that ends a word becomes ς, as Python lowers a whole text.</summary>
    private static string LowerWhole(string text)
    {
        const int capitalSigma = 0x3a3;
        Rune[] runes = [.. text.EnumerateRunes()];
        StringBuilder lower = new(text.Length);
        for (int index = 0; index < runes.Length; index++)
        {
            if (runes[index].Value == capitalSigma && IsNextTo(runes.Take(index).Reverse()) && !IsNextTo(runes.Skip(index + 1)))
            {
                lower.Append('ς');
            }
            else
            {
                ClipNormalizer.AppendLower(lower, runes[index]);
            }
        }

        return lower.ToString();
    }

    /// <summary>
    /// Whether a letter with case comes first, but for what letters may have between them (Unicode, Final_Sigma).
    /// </summary>
    private static bool IsNextTo(IEnumerable<Rune> runes) =>
        runes
            .SkipWhile(IsIgnoredBetweenLetters)
            .Take(1)
            .Any(static rune =>
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.UppercaseLetter
                        or UnicodeCategory.LowercaseLetter
                        or UnicodeCategory.TitlecaseLetter
            );

    private static bool IsIgnoredBetweenLetters(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or 0xb7 or 0x2018 or 0x2019 or 0x2024 or 0x2027;

    private static string WithoutPunctuation(string text) =>
        string.Concat(text.Where(static character => !char.IsAscii(character) || !IsPunctuation(character)));

    /// <summary>Python's string.punctuation: every visible ASCII sign that is neither letter nor digit.</summary>
    private static bool IsPunctuation(char character) => character is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(character);

    private static string Collapse(string text)
    {
        StringBuilder collapsed = new(text.Length);
        foreach (char character in text)
        {
            if (!IsSpace(character))
            {
                collapsed.Append(character);
            }
            else if (collapsed.Length > 0 && collapsed[^1] != ' ')
            {
                collapsed.Append(' ');
            }
        }

        return collapsed.Length > 0 && collapsed[^1] == ' ' ? collapsed.ToString(0, collapsed.Length - 1) : collapsed.ToString();
    }

    /// <summary>Python's white space, which includes the four information separators.</summary>
    private static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1c' and <= '\x1f';

    /// <summary>
    /// What ftfy's fix_text does to text that was decoded rightly: straight quotes, ligatures and full-width forms taken apart,
    /// control characters omitted, canonical composition. Wrongly decoded text is not repaired.
    /// </summary>
    private static string Repair(string text)
    {
        StringBuilder repaired = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case 0x2bc or (>= 0x2018 and <= 0x201b):
                    repaired.Append('\'');
                    break;
                case >= 0x201c and <= 0x201f:
                    repaired.Append('"');
                    break;
                case 0x3000 or (>= 0xff01 and <= 0xffef) or (>= 0xfb00 and <= 0xfb06) or 0x132 or 0x133:
                    repaired.Append(rune.ToString().Normalize(NormalizationForm.FormKC));
                    break;
                case 0x2028 or 0x2029 or 0x85:
                    repaired.Append('\n');
                    break;
                case < 0x20 and not ('\t' or '\n' or '\f' or '\r') or 0x7f or 0xfeff or (>= 0xfff9 and <= 0xfffc):
                    break;
                default:
                    repaired.Append(rune.ToString());
                    break;
            }
        }

        return repaired.ToString().Normalize(NormalizationForm.FormC);
    }
}
