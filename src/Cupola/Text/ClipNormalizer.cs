using System.Text;

namespace Cupola.Text;

/// <summary>
/// What Hugging Face's fast tokenizer does to a text before it is cut (tokenizer.json of CLIP, "normalizer"): canonical
/// composition (NFC), every run of white space to one space, lower case code point by code point.
/// </summary>
internal static class ClipNormalizer
{
    /// <summary>Composition needs the Unicode data of the system, which a program may be told to do without.</summary>
    private static readonly bool CanCompose = "e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9";

    /// <exception cref="PlatformNotSupportedException">
    /// The text may have to be composed, and the system has no Unicode data.
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
    /// NFC as of Unicode 9, whose data the fast tokenizer composes with: what came later stands between other characters like
    /// a letter that composes with nothing. Half a surrogate pair, which no Unicode text holds, becomes the replacement
    /// character.
    /// </summary>
    private static string Compose(string text)
    {
        // Below the first combining mark everything is composed.
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

    private static void AppendLower(StringBuilder normal, Rune rune)
    {
        if (rune.Value == 0x130)
        {
            // The dotted capital I is the one letter whose lower case is two code points, whatever the language.
            normal.Append("i\u0307");
            return;
        }

        Rune lower = Rune.ToLowerInvariant(rune);
        normal.Append((lower == rune ? UnicodeVersions.ToLower(rune) : lower).ToString());
    }
}
