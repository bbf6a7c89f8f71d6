using System.Text;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds two words between which a line break was removed: "peakThe", "jaguar?Some". CuPL drops empty lines from answers, so the
/// words with which its model completed the question ("a mountain" – "peak") are joined to the answer.
/// </summary>
internal static class LostBreaks
{
    private static readonly HashSet<string> Begins = WordLists.Audit.Set("begins");

    // Names with shorter first words match the beginning of too many words.
    private const int ShortestName = 3;

    // No word is longer, and a longer search would be slow in a text without spaces.
    private const int LongestWord = 64;

    /// <summary>Which two words are run together, or null.</summary>
    public static string? Problem(string text, ClassWords name)
    {
        foreach (Seam seam in Find(text, name))
        {
            int start = seam.Position,
                end = seam.Position;
            while (start > 0 && seam.Position - start < LongestWord && !char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (end < text.Length && end - seam.Position < LongestWord && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            return $"has words run together ({text[start..end]})";
        }

        return null;
    }

    /// <summary>The text with a line break where a sentence begins, and a space elsewhere.</summary>
    public static string Restore(string text, ClassWords name)
    {
        StringBuilder restored = new(text);
        foreach (Seam seam in Find(text, name).Reverse())
        {
            restored.Insert(seam.Position, seam.BeginsSentence ? '\n' : ' ');
        }

        return restored.ToString();
    }

    /// <summary>Whether a line begins like a sentence: with "The", "If" or the class's name.</summary>
    public static bool BeginsSentence(string line, ClassWords name)
    {
        string word = WordAt(line, 0);
        return (word.Length > 0 && char.IsUpper(word[0]) && Begins.Contains(word))
            || (word.Length >= ShortestName && name.First.Contains(word));
    }

    private static IEnumerable<Seam> Find(string text, ClassWords name)
    {
        for (int position = 1; position < text.Length; position++)
        {
            char before = text[position - 1];
            if (
                !char.IsUpper(text[position])
                || !(char.IsLower(before) || char.IsAsciiDigit(before) || before is '?' or '!' or '.' or ':' or ')')
            )
            {
                continue;
            }

            string word = WordAt(text, position);
            int start = position;
            while (
                start > 0
                && position - start < LongestWord
                && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '\'' or '’' or '?' or '!' or '.' or ':' or ')')
            )
            {
                start--;
            }

            string joined = text[start..position];
            bool isWord = joined.Length >= 3 && joined.TrimEnd('?', '!', '.', ':', ')').All(char.IsLower);
            bool isOpen =
                position + word.Length < text.Length
                && (char.IsWhiteSpace(text[position + word.Length]) || text[position + word.Length] is '\'' or '’');
            // LinkedIn is a name; yearThe and YearThe are not.
            bool begins =
                isOpen
                && (
                    Begins.Contains(word)
                        ? isWord
                            || (word.Length >= 3 && (char.IsLower(before) || char.IsAsciiDigit(before) || joined.Length > 2))
                            || (before is '?' or '!' && joined.Length > 2)
                        : name.First.Contains(word) && word.Length >= ShortestName && isWord
                );
            if (begins || (isWord && char.IsLower(before) && word.Length > 1))
            {
                yield return new(position, begins);
            }
        }
    }

    private static string WordAt(string text, int position)
    {
        int end = position;
        while (end < text.Length && char.IsLetter(text[end]) && (end == position || !char.IsUpper(text[end])))
        {
            end++;
        }

        return text[position..end];
    }

    private readonly record struct Seam(int Position, bool BeginsSentence);
}
