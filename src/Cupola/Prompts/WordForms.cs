using System.Buffers;

namespace Cupola.Prompts;

/// <summary>
/// Decides whether two words are forms of one: singular and plural, verb and agent (throw, thrown, thrower), two spellings (grey,
/// gray), or one misspelled.
/// </summary>
internal static class WordForms
{
    // Shorter words that differ by one letter have other meanings: goat and boat.
    private const int ShortestMisspelt = 5;

    private static readonly Dictionary<string, string> SameNoun = WordLists.Audit.Groups("sameNoun");
    private static readonly Dictionary<string, string> SameVerb = WordLists.Audit.Groups("sameVerb");

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    private static readonly string[] VerbEndings = ["ing", "ers", "ed", "er", "or"];

    /// <summary>
    /// A noun without its plural ending; other words with the same ending lose it too, which is harmless if both sides do.
    /// </summary>
    public static string Singular(string word) =>
        SameNoun.TryGetValue(word, out string? first) || SameNoun.TryGetValue(Cut(word), out first) ? first : Cut(word);

    /// <summary>A word without the endings of plurals and verbs: "throw" for "throwing", "abseil" for "abseils".</summary>
    public static string Stem(string word)
    {
        if (SameVerb.TryGetValue(word, out string? verb))
        {
            return Short(verb);
        }

        string stem = WithoutVerbEnding(Singular(word));
        return Short(SameVerb.GetValueOrDefault(stem, stem));
    }

    /// <summary>The same by rule alone: "plan" for "plane" and "planing", where the noun is an airplane.</summary>
    public static string WithoutEnding(string word) => Short(WithoutVerbEnding(Cut(word)));

    /// <summary>
    /// Whether a word is one of a name's words in another form or misspelled; for sentences of the same class, where a false
    /// match is unlikely.
    /// </summary>
    public static bool Resemble(string one, string other) =>
        one == other
        || (
            Math.Min(one.Length, other.Length) >= ShortestMisspelt - 1
                ? ShareBeginning(one, other) || DifferByOne(one, other)
                : IsVariant(one, other) || IsVariant(other, one)
        );

    private static string WithoutVerbEnding(string word)
    {
        if (
            VerbEndings.FirstOrDefault(ending =>
                word.EndsWith(ending, StringComparison.Ordinal) && word.Length - ending.Length >= 3
            )
            is not { } ending
        )
        {
            return word;
        }

        string stem = word[..^ending.Length];
        // Running, but not falling.
        return stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z') ? stem[..^1] : stem;
    }

    /// <summary>Skate and skating, jelly and jellies.</summary>
    private static string Short(string stem) =>
        stem.Length <= 3
            ? stem
            : stem[^1] switch
            {
                'e' => stem[..^1],
                'y' => stem[..^1] + 'i',
                _ => stem,
            };

    private static string Cut(string word) =>
        word switch
        {
            { Length: > 4 } when word.EndsWith("ies", StringComparison.Ordinal) => word[..^3] + 'y',
            { Length: > 4 } when EndsWithHiss(word) => word[..^2],
            // Ups, but not the Audi TTS.
            { Length: > 2 }
                when word[^1] == 's'
                    && word[^2] is not ('s' or 'u' or 'i')
                    && (word.Length > 3 || word.AsSpan(0, 2).ContainsAny(Vowels)) => word[..^1],
            _ => word,
        };

    private static bool EndsWithHiss(string word) =>
        word.EndsWith("sses", StringComparison.Ordinal)
        || word.EndsWith("xes", StringComparison.Ordinal)
        || word.EndsWith("ches", StringComparison.Ordinal)
        || word.EndsWith("shes", StringComparison.Ordinal)
        || word.EndsWith("zes", StringComparison.Ordinal);

    /// <summary>F-16A is an F-16.</summary>
    private static bool IsVariant(string number, string variant) =>
        number.Length > 1
        && number.All(char.IsAsciiDigit)
        && variant.StartsWith(number, StringComparison.Ordinal)
        && variant.AsSpan(number.Length).IndexOfAnyInRange('0', '9') < 0;

    /// <summary>
    /// Whether seven tenths of the longer word are equal: brontosaurus and brontosaurs, mountain and mountaineer, but not
    /// commerce and community.
    /// </summary>
    private static bool ShareBeginning(string one, string other)
    {
        int shared = one.AsSpan().CommonPrefixLength(other);
        return shared >= 4 && shared * 10 >= Math.Max(one.Length, other.Length) * 7;
    }

    /// <summary>One letter inserted, missing or replaced: lilly and lily.</summary>
    private static bool DifferByOne(string one, string other)
    {
        (string longer, string shorter) = one.Length >= other.Length ? (one, other) : (other, one);
        if (longer.Length < ShortestMisspelt || longer.Length - shorter.Length > 1)
        {
            return false;
        }

        int first = longer.AsSpan().CommonPrefixLength(shorter);
        int rest = longer.Length - first - 1;
        return first > 0 && longer.AsSpan(first + 1).SequenceEqual(shorter.AsSpan(shorter.Length - rest));
    }
}
