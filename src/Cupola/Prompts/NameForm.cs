using System.Text.RegularExpressions;

namespace Cupola.Prompts;

/// <summary>One of the forms of a class's name: "swim trunks" and "shorts" for "swim trunks / shorts".</summary>
internal sealed partial class NameForm
{
    // No sentence has a longer name, and searching for one would be slow.
    private const int MostWords = 32;

    private static readonly HashSet<string> NoName = WordLists.Audit.Set("noName");
    private static readonly HashSet<string> HeadEnds = WordLists.Articles.Set("headEndsBefore");

    private NameForm(string text, IReadOnlyList<FoldedWord> words)
    {
        Text = text;
        Words = [.. words.Select(static word => WordForms.Singular(word.Base))];
        Stems = [.. words.Select(static word => WordForms.Stem(word.Base))];
        Folded = [.. words.Select(static word => word.Folded)];
        IsProper = [.. words.Select(word => char.IsUpper(text[word.Start]) || IsNumbered(word.Folded))];
        bool[] counts = [.. Folded.Select(static word => !NoName.Contains(word))];
        Counts = counts.Contains(true) ? counts : [.. counts.Select(static _ => true)];
        Head = HeadOf(Folded);
    }

    /// <summary>The form as written.</summary>
    public string Text { get; }

    /// <summary>Its words in the singular.</summary>
    public string[] Words { get; }

    /// <summary>Its words without endings.</summary>
    public string[] Stems { get; }

    /// <summary>Its words unchanged except for lower case.</summary>
    public string[] Folded { get; }

    /// <summary>Which of its words are proper names: with a capital letter, or of letters and digits (240SX).</summary>
    public bool[] IsProper { get; }

    /// <summary>Which of its words a sentence must contain: all except articles and prepositions.</summary>
    public bool[] Counts { get; }

    /// <summary>
    /// The index of its head noun: "frog" in "tree frog"; none in "playing chess", where it would only say that something is
    /// played.
    /// </summary>
    public int Head { get; }

    /// <summary>
    /// Whether its script puts spaces between words; in Chinese, Japanese and Thai, a name is searched as a substring of a
    /// sentence.
    /// </summary>
    public bool HasSpaces => !Unspaced().IsMatch(Text);

    /// <summary>
    /// The forms of a name: the complete name, and the parts that a slash, a comma or "or" separates. Text in brackets belongs to
    /// none.
    /// </summary>
    public static IReadOnlyList<NameForm> AllOf(string name)
    {
        string main = Bracket().Replace(name, " ").Trim();
        string[] parts = [.. Between().Split(main).Select(static part => part.Trim())];
        // F/A-18 is one name.
        bool areNames = parts.Length > 1 && parts.All(static part => part.Length > 2);
        return Make(areNames ? [main, .. parts] : [main]);
    }

    /// <summary>
    /// The text in a name's brackets, which distinguishes equal names: "coral reef" in "underwater (coral reef)".
    /// </summary>
    public static IReadOnlyList<NameForm> InBrackets(string name) =>
        Make(
            Bracket()
                .Matches(name)
                .Select(static match => match.Groups["inside"].Value)
                .Where(static inside => !inside.StartsWith("not ", StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>The form of a synonym.</summary>
    public static IReadOnlyList<NameForm> FromSynonym(string synonym) => Make([synonym]);

    /// <summary>The form without the year at its end, as car names have it; null if there is none.</summary>
    public NameForm? WithoutYear() =>
        Folded is { Length: > 2 } && Year().IsMatch(Folded[^1])
            ? Make([Text[..FoldedWord.AllOf(Text)[^1].Start].Trim()])[0]
            : null;

    private static NameForm[] Make(IEnumerable<string> texts) =>
        [
            .. texts
                .Select(static text => new NameForm(text, FoldedWord.AllOf(text)))
                .Where(static form => form.Folded.Length is > 0 and <= MostWords),
        ];

    /// <summary>Whether a word has both letters and digits.</summary>
    public static bool IsNumbered(string word) => word.Any(char.IsAsciiDigit) && word.Any(char.IsLetter);

    private static int HeadOf(string[] words)
    {
        if (words.Length > 1 && words[0].EndsWith("ing", StringComparison.Ordinal))
        {
            return -1;
        }

        int end = Array.FindIndex(words, 1 <= words.Length ? 1 : 0, HeadEnds.Contains);
        int head = (end < 0 ? words.Length : end) - 1;
        while (head > 0 && words[head].All(char.IsAsciiDigit))
        {
            head--;
        }

        return head;
    }

    [GeneratedRegex(@"[(\[](?<inside>[^()\[\]]*)[)\]]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Bracket();

    [GeneratedRegex(@"\s*[/,;]\s*|\s+or\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Between();

    [GeneratedRegex(@"^(?:19|20)\d\d$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Year();

    [GeneratedRegex(
        @"[\p{IsHiragana}\p{IsKatakana}\p{IsCJKUnifiedIdeographs}\p{IsThai}]",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Unspaced();
}
