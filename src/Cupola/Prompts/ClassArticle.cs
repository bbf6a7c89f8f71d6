namespace Cupola.Prompts;

/// <summary>
/// Chooses the article of a class name in a sentence: a tree frog, an hour, the Eiffel Tower; none before plurals (jeans),
/// uncountable nouns (guacamole), names (Big Ben) and names with an article ("the Moon"). It decides by the last word of the noun
/// phrase and by lists of exceptions, so it can be wrong, above all for names; the caller can override it
/// (<c>PromptQuestions.WithArticles</c>).
/// </summary>
internal static class ClassArticle
{
    private static readonly HashSet<string> Determiners = WordLists.Articles.Set("determiners");
    private static readonly HashSet<string> HeadEnds = WordLists.Articles.Set("headEndsBefore");
    private static readonly HashSet<string> IrregularPlurals = WordLists.Articles.Set("irregularPlurals");
    private static readonly HashSet<string> SingularsInS = WordLists.Articles.Set("singularsInS");
    private static readonly IReadOnlyList<string> SingularEndings = WordLists.Articles.List("singularEndings");
    private static readonly HashSet<string> Uncounted = WordLists.Articles.Set("mass");
    private static readonly HashSet<string> NounsInIng = WordLists.Articles.Set("nounsInIng");
    private static readonly HashSet<string> NamesWithThe = WordLists.Articles.Set("withThe");
    private static readonly HashSet<string> NamesWithout = WordLists.Articles.Set("withoutArticle");
    private static readonly HashSet<string> Titles = WordLists.Articles.Set("titles");
    private static readonly HashSet<string> GivenNames = WordLists.Articles.Set("givenNames");

    /// <summary>The article of a class name.</summary>
    /// <returns><c>a</c>, <c>an</c>, <c>the</c>, or an empty string if it takes none.</returns>
    public static string For(string className)
    {
        ArgumentNullException.ThrowIfNull(className);
        string[] words = className.Split([' ', '\t', '_'], StringSplitOptions.RemoveEmptyEntries);
        string name = string.Join(' ', words);
        // A capital first letter keeps "Moon" and "Turkey" from being taken for any moon and the bird.
        bool isCapital = name.Length > 0 && char.IsUpper(name[0]);
        return words.Length == 0 || (words.Length > 1 && IsDeterminer(words[0])) ? ""
            : isCapital && NamesWithThe.Contains(name) ? "the"
            : isCapital && (NamesWithout.Contains(name) || IsPerson(words)) ? ""
            : Head(words) is { } head && (IsPlural(head) || IsUncounted(head)) ? ""
            : IndefiniteArticle.Before(name);
    }

    /// <summary>
    /// Whether a class name is an English plural: jeans, cattle; but not gnocchi, as one piece may be called a gnocchi.
    /// </summary>
    internal static bool NamesSeveral(string className) =>
        Head(className.Split([' ', '\t', '_'], StringSplitOptions.RemoveEmptyEntries)) is { Length: > 0 } head
        && IsPlural(head)
        && !IsUncounted(head)
        && head[^1] is not ('i' or 'a');

    // "A" may be a letter with a meaning; "a" is the article.
    private static bool IsDeterminer(string word) => word == "a" || Determiners.Contains(word);

    /// <summary>
    /// Albert Einstein, Mr. Bean, Mount Everest; but not the Albert pheasant, whose last word is a common noun.
    /// </summary>
    private static bool IsPerson(string[] words) =>
        words.Length > 1
        && char.IsUpper(words[^1][0])
        && (Titles.Contains(words[0].TrimEnd('.')) || GivenNames.Contains(words[0]));

    /// <summary>The head noun: frog in "tree frog", hen in "hen of the woods", trunks in "swim trunks / shorts".</summary>
    private static string? Head(string[] words)
    {
        string? head = null;
        foreach (string word in words)
        {
            if (word[0] is '(' or '/' or '[' || (head is not null && HeadEnds.Contains(word)))
            {
                break;
            }

            head = word.TrimEnd(',', ';', '.', ':');
            if (word[^1] == ',')
            {
                break;
            }
        }

        return head is { Length: > 0 } ? head[(head.LastIndexOf('-') + 1)..].ToLowerInvariant() : null;
    }

    private static bool IsPlural(string head) =>
        IrregularPlurals.Contains(head)
        || (
            head.Length > 3
            && head[^1] == 's'
            && head[^2] is not ('\'' or '’')
            && char.IsAsciiLetter(head[^2])
            && !SingularsInS.Contains(head)
            && !SingularEndings.Any(ending => head.EndsWith(ending, StringComparison.Ordinal))
        );

    /// <summary>Substances (water, wool) and activities (kayaking).</summary>
    private static bool IsUncounted(string head) =>
        Uncounted.Contains(head)
        || (head.Length > 5 && head.EndsWith("ing", StringComparison.Ordinal) && !NounsInIng.Contains(head));
}
