namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds sentences that talk about the question instead of the class: refusals ("As an AI…"), evasions ("There is no definitive
/// answer…", "It depends…"), questions to the user, courtesies, announcements that nothing follows, links to missing images. They
/// add the same words to each class's mean. A description that follows the evasion can be kept.
/// </summary>
internal static class EvasiveSentence
{
    // Three words or fewer describe nothing.
    private const int ShortestRest = 4;

    /// <summary>What is wrong with a sentence, or null.</summary>
    public static string? Problem(string sentence) => Find(Plain(sentence))?.Reason;

    /// <summary>Whether a language model thinks aloud in a sentence: "Okay, the user wants a caption."</summary>
    public static bool ThinksAloud(string sentence)
    {
        string text = Plain(sentence);
        return Evasion.Known.Any(evasion => evasion.IsThinking && evasion.IsIn(text));
    }

    /// <summary>The description that follows the evasion, or null if there is none.</summary>
    public static string? Rest(string sentence)
    {
        string text = Plain(sentence);
        if (Find(text)?.DescriptionStart(text) is not { } start)
        {
            return null;
        }

        string rest = text[start..].TrimStart(' ', ',', ':', '-', '\n');
        return FoldedWord.AllOf(rest).Count >= ShortestRest && Find(rest) is null
            ? char.ToUpperInvariant(rest[0]) + rest[1..]
            : null;
    }

    private static Evasion? Find(string text) => Evasion.Known.FirstOrDefault(evasion => evasion.IsIn(text));

    private static string Plain(string sentence) => sentence.Replace('’', '\'').Trim();
}
