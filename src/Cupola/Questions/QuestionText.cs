namespace Cupola.Questions;

/// <summary>
/// A question as the rules read it: words with one space between, no mark at its end, its shortened words in full.
/// </summary>
internal static class QuestionText
{
    private static readonly Dictionary<string, string> Shortened = QuestionWords.Pairs("shortened");

    /// <summary>Puts a question into that form.</summary>
    public static string Normalize(string question)
    {
        string text = question.Replace('’', '\'').Trim().TrimEnd('?', '!', '.', ' ');
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool isShouted = words.Length > 1 && !words.Any(static word => word.Any(char.IsLower));
        for (int index = 0; index < words.Length; index++)
        {
            string word = words[index].Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            word = isShouted || (index == 0 && word != "I") ? word.ToLowerInvariant() : word;
            words[index] = Shortened.GetValueOrDefault(word, word);
        }

        return string.Join(' ', words);
    }

    /// <summary>A statement as a sentence: a capital first letter, a full stop, no space too many.</summary>
    public static string Sentence(string words)
    {
        string text = string.Join(' ', words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        text = text.Replace(" .", ".", StringComparison.Ordinal).Replace("..", ".", StringComparison.Ordinal);
        return text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }
}
