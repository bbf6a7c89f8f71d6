using System.Buffers;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Wrong articles in a sentence: "a elephant", "an unicorn", "a the", and "a jeans" for a class whose name is a plural.
/// </summary>
internal static class ArticleMistakes
{
    private static readonly HashSet<string> BothAreRight = WordLists.Audit.Set("bothArticles");
    private static readonly HashSet<string> GoesOn = WordLists.Audit.Set("goesOn");
    private static readonly SearchValues<char> Stops = SearchValues.Create(",.;:!?");

    /// <summary>Each wrong article, in the order of the sentence.</summary>
    public static IEnumerable<Mistake> Find(string sentence, IReadOnlyList<FoldedWord> words, ClassWords name)
    {
        for (int index = 0; index + 1 < words.Count; index++)
        {
            FoldedWord article = words[index],
                next = words[index + 1];
            if (article.Folded is not ("a" or "an" or "the") || !IsArticle(sentence, words, index))
            {
                continue;
            }

            if (next.Folded is "a" or "an" or "the")
            {
                // "The A-frame", and "a A" where a letter is meant.
                if (
                    sentence[next.Start..next.End] is "a" or "an" or "the"
                    && next.Start == article.End + 1
                    && index + 2 < words.Count
                    && IsArticle(sentence, words, index + 1)
                )
                {
                    yield return new(article.Start, next.Start, "", $"has '{sentence[article.Start..next.End]}'");
                }

                continue;
            }

            if (article.Folded == "the" || GoesOn.Contains(next.Folded))
            {
                continue;
            }

            string right = IndefiniteArticle.Before(sentence[next.Start..Math.Min(sentence.Length, next.Start + LongestWord)]);
            if (
                name.Plurals.FirstOrDefault(plural =>
                    Follows(words, index + 1, plural) && EndsThere(sentence, words, index + plural.Length)
                ) is
                { } several
            )
            {
                yield return new(
                    article.Start,
                    next.Start,
                    "",
                    $"has '{sentence[article.Start..words[index + several.Length].End]}', which is a plural"
                );
            }
            else if (right != article.Folded && !IsEither(sentence, next))
            {
                string written = char.IsUpper(sentence[article.Start]) ? char.ToUpperInvariant(right[0]) + right[1..] : right;
                yield return new(article.Start, article.End, written, $"has '{sentence[article.Start..next.End]}'");
            }
        }
    }

    /// <summary>The sentence with the right articles.</summary>
    public static string Correct(string sentence, ClassWords name)
    {
        foreach (Mistake mistake in Find(sentence, FoldedWord.AllOf(sentence), name).Reverse())
        {
            bool wasCapital = mistake.Right.Length == 0 && char.IsUpper(sentence[mistake.Start]);
            string rest = sentence[mistake.End..];
            sentence = string.Concat(
                sentence.AsSpan(0, mistake.Start),
                mistake.Right,
                wasCapital && rest.Length > 0 ? char.ToUpperInvariant(rest[0]) + rest[1..] : rest
            );
        }

        return sentence;
    }

    // What follows these letters does not change how a word begins.
    private const int LongestWord = 64;

    /// <summary>
    /// Whether "a" is the article and not a letter as in "vitamin A" or "a, b": only a space, or a space and a quotation mark,
    /// follows it.
    /// </summary>
    private static bool IsArticle(string sentence, IReadOnlyList<FoldedWord> words, int index)
    {
        FoldedWord word = words[index];
        string between = sentence[word.End..words[index + 1].Start];
        bool isLetter = word.Folded == "a" && sentence[word.Start] == 'A' && index > 0 && !EndsSentence(sentence, word.Start);
        return between.Trim(' ').Trim('"', '\'', '“', '‘', '(').Length == 0
            && between.Length > 0
            && between[0] == ' '
            && !isLetter
            && (word.Start == 0 || sentence[word.Start - 1] is not ('-' or '/' or '.' or '\'' or '’'));
    }

    private static bool EndsSentence(string sentence, int position)
    {
        string before = sentence[..position].TrimEnd(' ', '"', '“', '(', '-', '*', '\n');
        return before.Length == 0 || before[^1] is '.' or '!' or '?' or ':' or ';';
    }

    /// <summary>
    /// Words that some speakers begin with a vowel and others do not, and capitals read either as letters or as a word.
    /// </summary>
    private static bool IsEither(string sentence, FoldedWord next)
    {
        string written = sentence[next.Start..next.End];
        bool isAcronym =
            written.Length > 1
            && written.All(char.IsAsciiLetterUpper)
            && written.Any("AEIOU".Contains)
            && !"AEIOU".Contains(written[0], StringComparison.Ordinal);
        return isAcronym || BothAreRight.Contains(next.Folded);
    }

    private static bool Follows(IReadOnlyList<FoldedWord> words, int start, string[] name) =>
        start + name.Length <= words.Count && name.Index().All(word => words[start + word.Index].Folded == word.Item);

    /// <summary>Whether the name ends at a word: "a jeans is", but not "a jeans pocket".</summary>
    private static bool EndsThere(string sentence, IReadOnlyList<FoldedWord> words, int last) =>
        last + 1 >= words.Count
        || GoesOn.Contains(words[last + 1].Folded)
        || sentence.AsSpan(words[last].End, words[last + 1].Start - words[last].End).ContainsAny(Stops);

    /// <summary>A wrong article, and its replacement.</summary>
    internal readonly record struct Mistake(int Start, int End, string Right, string Detail);
}
