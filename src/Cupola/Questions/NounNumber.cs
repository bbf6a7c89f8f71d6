using Cupola.Prompts;

namespace Cupola.Questions;

/// <summary>Singular and plural of the nouns and verbs of statements.</summary>
internal static class NounNumber
{
    private static readonly Dictionary<string, string> Irregular = QuestionWords.Pairs("irregular-plurals");
    private static readonly HashSet<string> PluralPronouns = QuestionWords.Set("plural-pronouns");
    private static readonly HashSet<string> Prepositions = QuestionWords.Set("prepositions");

    /// <summary>Whether a phrase is of several: they, the dogs on the bed, a cat and a dog.</summary>
    public static bool IsPlural(string phrase)
    {
        string[] words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int head = HeadOf(words);
        return words.Length > 0
            && (
                PluralPronouns.Contains(phrase)
                || Array.IndexOf(words, "and", 0, head + 1) >= 0
                || words is ["these" or "those" or "These" or "Those", ..]
                || Irregular.ContainsKey(words[head])
                || ClassArticle.NamesSeveral(words[head])
            );
    }

    /// <summary>One of what a plural names: slice of pizza of "slices of pizza".</summary>
    public static string Singular(string phrase)
    {
        string[] words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return phrase;
        }

        int head = HeadOf(words);
        words[head] = SingularWord(words[head]);
        return string.Join(' ', words);
    }

    /// <summary>A verb behind it, he or she: has, watches, carries.</summary>
    public static string ThirdPerson(string verb) =>
        verb switch
        {
            "have" => "has",
            "be" => "is",
            _ when verb.EndsWith('y') && verb.Length > 1 && !"aeiou".Contains(verb[^2], StringComparison.Ordinal) => verb[..^1]
                + "ies",
            _ when EndsWithHiss(verb) || verb.EndsWith('o') => verb + "es",
            _ => verb + "s",
        };

    private static string SingularWord(string word) =>
        Irregular.TryGetValue(word, out string? one) ? one
        : word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y"
        : word.Length > 3 && word.EndsWith("es", StringComparison.Ordinal) && EndsWithHiss(word[..^2]) ? word[..^2]
        : word.Length > 2 && word[^1] == 's' && word[^2] is not ('s' or 'u') ? word[..^1]
        : word;

    private static bool EndsWithHiss(string word) =>
        word is [.., 's', 's'] or [.., 'x'] or [.., 'z', 'z'] or [.., 'c' or 's', 'h'];

    /// <summary>The word before the first preposition, or the last.</summary>
    private static int HeadOf(string[] words)
    {
        int end = Array.FindIndex(words, 1 <= words.Length ? 1 : 0, word => word == "of" || Prepositions.Contains(word));
        return (end < 0 ? words.Length : end) - 1;
    }
}
