using System.Text;

namespace Cupola.Text;

/// <summary>
/// What Hugging Face's fast tokenizer does to a text before it is cut (tokenizer.json of CLIP, "normalizer"): canonical
/// composition (NFC), every run of white space to one space, lower case code point by code point.
/// </summary>
internal static class ClipNormalizer
{
    public static string Normalize(string text)
    {
        StringBuilder normal = new(text.Length);
        bool afterSpace = false;
        foreach (Rune rune in Compose(text).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (!afterSpace)
                {
                    normal.Append(' ');
                }

                afterSpace = true;
                continue;
            }

            afterSpace = false;
            if (rune.Value == 0x130)
            {
                // The dotted capital I is the one letter whose lower case is two code points, whatever the language.
                normal.Append("i\u0307");
                continue;
            }

            normal.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return normal.ToString();
    }

    /// <summary>NFC; half a surrogate pair, which no Unicode text holds, becomes the replacement character.</summary>
    private static string Compose(string text)
    {
        StringBuilder whole = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            whole.Append(rune.ToString());
        }

        return whole.ToString().Normalize(NormalizationForm.FormC);
    }
}
