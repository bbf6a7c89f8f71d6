using System.Globalization;
using System.Text;

namespace Cupola.Prompts;

/// <summary>A word of a text in the form in which words are compared: lower case, without accents and apostrophes.</summary>
/// <param name="Folded">The folded form: "cafe" for Café, "cassins" for Cassin's.</param>
/// <param name="Base">The form without the possessive ending: "cassin".</param>
/// <param name="Start">The index of its first character in the text.</param>
/// <param name="End">The index after its last character.</param>
internal readonly record struct FoldedWord(string Folded, string Base, int Start, int End)
{
    /// <summary>
    /// The words of a text, in order: runs of letters and digits. A hyphen separates words, and so does a capital letter within
    /// one (peakThe, AnnualCrop); an apostrophe does not.
    /// </summary>
    public static IReadOnlyList<FoldedWord> AllOf(string text)
    {
        List<FoldedWord> words = [];
        StringBuilder folded = new();
        for (int start = 0; start < text.Length; start++)
        {
            if (!char.IsLetterOrDigit(text[start]) && !char.IsSurrogate(text[start]))
            {
                continue;
            }

            int end = start,
                apostrophe = -1;
            folded.Clear();
            for (; end < text.Length; end++)
            {
                if (IsPart(text, end) && !(end > start && char.IsUpper(text[end]) && char.IsLower(text[end - 1])))
                {
                    Fold(text[end], folded);
                }
                else if (IsApostrophe(text[end]) && end + 1 < text.Length && char.IsLetter(text[end + 1]))
                {
                    apostrophe = folded.Length;
                }
                else
                {
                    break;
                }
            }

            string word = folded.ToString();
            words.Add(
                new(word, apostrophe > 0 && apostrophe == word.Length - 1 && word[^1] == 's' ? word[..^1] : word, start, end)
            );
            start = end - 1;
        }

        return words;
    }

    /// <summary>
    /// A key that is equal for texts that differ only in case, spaces and punctuation: the words and signs with one space between
    /// them. Signs with a meaning (C#, 50 %) stay.
    /// </summary>
    public static string Key(string text)
    {
        StringBuilder key = new(text.Length);
        bool isApart = false;
        foreach (char letter in text)
        {
            if (
                char.IsLetterOrDigit(letter)
                || char.IsSurrogate(letter)
                || char.IsSymbol(letter)
                || letter is '#' or '%' or '&' or '@'
                || IsMark(letter)
            )
            {
                key.Append(isApart && key.Length > 0 ? " " : "").Append(char.ToLowerInvariant(letter));
                isApart = false;
            }
            else
            {
                isApart |= !IsApostrophe(letter);
            }
        }

        return key.Length > 0 ? key.ToString() : text.Trim();
    }

    public static bool IsApostrophe(char letter) => letter is '\'' or '’' or 'ʼ' or '`';

    private static bool IsPart(string text, int position) =>
        char.IsLetterOrDigit(text[position]) || char.IsSurrogate(text[position]) || IsMark(text[position]);

    private static bool IsMark(char letter) =>
        char.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static void Fold(char letter, StringBuilder folded)
    {
        if (char.IsAscii(letter) || char.IsSurrogate(letter))
        {
            folded.Append(char.ToLowerInvariant(letter));
            return;
        }

        foreach (char part in letter.ToString().Normalize(NormalizationForm.FormD))
        {
            if (char.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(char.ToLowerInvariant(part));
            }
        }
    }
}
