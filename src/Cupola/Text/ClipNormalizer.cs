using System.Text;

namespace Cupola.Text;

/// <summary>
/// Normalizes text as Hugging Face's fast tokenizer does (tokenizer.json of CLIP, "normalizer"): canonical composition (NFC),
/// every run of white space to one space, lower case code point by code point.
/// </summary>
internal static class ClipNormalizer
{
    /// <summary>Whether the system's Unicode data, which composition needs, is available; a program may run without it.</summary>
    private static readonly bool CanCompose = "e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9";

    /// <exception cref="PlatformNotSupportedException">
    /// The text may need composition, and the system has no Unicode data.
    /// </exception>
    public static string Normalize(string text)
    {
        StringBuilder normal = new(text.Length);
        bool afterSpace = false;
        foreach (Rune rune in Compose(text).EnumerateRunes())
        {
            bool isSpace = Rune.IsWhiteSpace(rune);
            if (!isSpace)
            {
                AppendLower(normal, rune);
            }
            else if (!afterSpace)
            {
                normal.Append(' ');
            }

            afterSpace = isSpace;
        }

        return normal.ToString();
    }

    /// <summary>
    /// NFC as of Unicode 9, with whose data the fast tokenizer composes: newer characters behave like letters that compose with
    /// nothing. Half a surrogate pair, which is not valid Unicode, becomes the replacement character.
    /// </summary>
    private static string Compose(string text)
    {
        // Below the first combining mark every text is composed.
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u02ff'))
        {
            return text;
        }

        if (!CanCompose)
        {
            throw new PlatformNotSupportedException(
                "The system's Unicode data (ICU) is needed to read a text with other than western European letters: install ICU,"
                    + " or do not set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT."
            );
        }

        StringBuilder composed = new(text.Length);
        StringBuilder part = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (UnicodeVersions.ComposesSinceUnicode9(rune))
            {
                composed.Append(part.ToString().Normalize(NormalizationForm.FormC)).Append(rune.ToString());
                part.Clear();
            }
            else
            {
                part.Append(rune.ToString());
            }
        }

        return composed.Append(part.ToString().Normalize(NormalizationForm.FormC)).ToString();
    }

    /// <summary>Appends the lower case of a code point by itself.</summary>
    public static void AppendLower(StringBuilder normal, Rune rune)
    {
        if (rune.Value == 0x130)
        {
            // The dotted capital I is the only letter whose lower case is two code points in every language.
            normal.Append("i\u0307");
            return;
        }

        Rune lower = Rune.ToLowerInvariant(rune);
        normal.Append((lower == rune ? UnicodeVersions.ToLower(rune) : lower).ToString());
    }
}
