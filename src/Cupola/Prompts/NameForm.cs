using System.Text.RegularExpressions;

namespace Cupola.Prompts;

/// <summary>One of the ways to say a class's name: "swim trunks" and "shorts" for "swim trunks / shorts".</summary>
internal sealed partial class NameForm
{
    // What is longer is no name that a sentence would say, and looking for it would take long.
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

    /// <summary>The form as it is written.</summary>
    public string Text { get; }

    /// <summary>Its words in the singular.</summary>
    public string[] Words { get; }

    /// <summary>Its words without endings.</summary>
    public string[] Stems { get; }

    /// <summary>Its words as they stand, in small letters.</summary>
    public string[] Folded { get; }

    /// <summary>Which of its words are proper names: with a capital letter, or of letters and digits (240SX).</summary>
    public bool[] IsProper { get; }

    /// <summary>Which of its words a sentence must have to say it: all but articles and prepositions.</summary>
    public bool[] Counts { get; }

    /// <summary>
    /// Which of its words says what kind of thing is named: "frog" in "tree frog"; none in "playing chess", where it would be
    /// that something is played.
    /// </summary>
    public int Head { get; }

    /// <summary>
    /// Whether its scripts put spaces between words; in Chinese, Japanese and Thai, a name is found as a part of a sentence.
    /// </summary>
    public bool HasSpaces => !Unspaced().IsMatch(Text);

    /// <summary>
    /// The forms of a name: as a whole, and the parts that a slash, a comma or "or" separates. What stands in brackets is in
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
    /// What stands in a name's brackets, which tells namesakes apart: "coral reef" in "underwater (coral reef)".
    /// </summary>
    public static IReadOnlyList<NameForm> InBrackets(string name) =>
        Make(
            Bracket()
                .Matches(name)
                .Select(static match => match.Groups["inside"].Value)
                .Where(static inside => !inside.StartsWith("not ", StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>A name that is known to mean the same.</summary>
    public static IReadOnlyList<NameForm> OfSynonym(string synonym) => Make([synonym]);

    /// <summary>The form without the year at its end, as cars have it; nothing where there is none.</summary>
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

    /// <summary>Whether a word is of letters and digits.</summary>
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
