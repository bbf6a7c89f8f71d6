using System.Globalization;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Takes the first sentence from a language model's answer. CuPL stops the model at the first full stop and adds one to every
/// answer (<c>generate_image_prompts.py</c>), even to one that the token limit cut. Here a sentence ends only at its real end,
/// not at "3.5", "e.g." or "St.", and a cut sentence does not count.
/// </summary>
internal static class FirstSentence
{
    private const string EndMarks = "。！？｡।۔؟።။";

    // Each opening mark and its closing one.
    private const string Quotes = "\"\"“”«»„“「」『』‘’''";
    private const string Closing = "\"'”’)]»*」』）";

    private static readonly HashSet<string> Abbreviations = new(
        [
            "mr",
            "mrs",
            "ms",
            "dr",
            "st",
            "mt",
            "prof",
            "jr",
            "sr",
            "vs",
            "e.g",
            "i.e",
            "approx",
            "ca",
            "cf",
            "no",
            "nos",
            "fig",
            "sp",
            "spp",
            "ssp",
            "var",
            "u.s",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>The first sentence on one line; null if there is none or it is incomplete.</summary>
    /// <param name="answer">The model's answer.</param>
    /// <param name="isWhole">Whether the model ended by itself; then a caption without a full stop is complete.</param>
    public static string? Find(string answer, bool isWhole)
    {
        isWhole |= ThinkingAloud.EndsTurn(ThinkingAloud.Remove(answer), out string turn);
        if (JsonAnswer.FirstText(turn) is { } text)
        {
            (turn, isWhole) = (text, true);
        }

        IReadOnlyList<AnswerParagraph> paragraphs = AnswerParagraph.AllOf(turn);
        string? first = In(paragraphs, isWhole);
        // Thinking without a tag: such a model gives its answer last.
        return first is null || !EvasiveSentence.ThinksAloud(first) ? first
            : isWhole && paragraphs.Count > 1 && In([paragraphs[^1]], isWhole) is { } last && !EvasiveSentence.ThinksAloud(last)
                ? last
            : null;
    }

    private static string? In(IReadOnlyList<AnswerParagraph> paragraphs, bool isWhole)
    {
        for (int index = 0; index < paragraphs.Count; index++)
        {
            string paragraph = WithoutMarkup(paragraphs[index].Text);
            bool isEnded = isWhole || index < paragraphs.Count - 1;
            int? end = End(paragraph, isEnded);
            // A paragraph that is not the last and does not end a sentence is a heading or "Here is a description:"; a list item
            // is
            // a complete caption.
            if (end is not null || (isEnded && (paragraphs[index].IsItem || index == paragraphs.Count - 1)))
            {
                string sentence = Unquoted(paragraph[..(end ?? paragraph.Length)]);
                return sentence.Any(char.IsLetterOrDigit) ? sentence : null;
            }
        }

        return null;
    }

    /// <summary>Where the first sentence of a text ends, or null if it does not end.</summary>
    internal static int? End(string text, bool isWhole)
    {
        for (int position = 0; position < text.Length; position++)
        {
            bool isCertain = EndMarks.Contains(text[position], StringComparison.Ordinal);
            if (!isCertain && text[position] is not ('.' or '!' or '?'))
            {
                continue;
            }

            int after = position + 1;
            while (after < text.Length && Closing.Contains(text[after], StringComparison.Ordinal))
            {
                after++;
            }

            ReadOnlySpan<char> rest = text.AsSpan(after);
            // An emoji may follow without a space.
            bool isApart =
                rest.IsEmpty
                || char.IsWhiteSpace(rest[0])
                || char.IsSurrogate(rest[0])
                || char.GetUnicodeCategory(rest[0]) == UnicodeCategory.OtherSymbol;
            if (isCertain || (isApart && Ends(text, position, rest.TrimStart(), isWhole)))
            {
                return after;
            }
        }

        return null;
    }

    private static bool Ends(string text, int position, ReadOnlySpan<char> rest, bool isWhole)
    {
        if (!rest.IsEmpty && char.IsLower(rest[0]))
        {
            return false;
        }

        if (text[position] != '.' || (rest.IsEmpty && isWhole))
        {
            return true;
        }

        int start = text.LastIndexOf(' ', position) + 1;
        string word = text[start..position].TrimStart('(', '"', '\'', '“');
        bool isInitial = word.Length == 1 && char.IsLetter(word[0]);
        bool isNumber = word.Length > 0 && word.All(char.IsAsciiDigit);
        // "1." begins a list; "3." may be the start of 3.5, cut by the token limit.
        return !isInitial && !Abbreviations.Contains(word) && !(isNumber && (start == 0 || rest.IsEmpty));
    }

    private static string WithoutMarkup(string paragraph) =>
        paragraph.Length > PromptAudit.LongestText || StrayMarkup.Problem(paragraph) is null
            ? paragraph
            : StrayMarkup.Strip(paragraph, static _ => false);

    /// <summary>
    /// The sentence without quotation marks around it, or before an answer of which it is the first sentence. Quotation marks
    /// within the sentence stay.
    /// </summary>
    private static string Unquoted(string sentence)
    {
        int pair = sentence.Length < 2 ? -1 : Quotes.IndexOf(sentence[0], StringComparison.Ordinal);
        if (pair < 0 || pair % 2 != 0)
        {
            return sentence;
        }

        string inside = sentence[1..];
        int close = inside.LastIndexOf(Quotes[pair + 1]);
        // 'A frog's skin' has an apostrophe, which does not end a quotation.
        bool isAtEnd = close >= 0 && inside.AsSpan(close + 1).Trim(".!?。！？").IsEmpty;
        bool isOnly = isAtEnd && (sentence[0] == '\'' || inside.IndexOf(Quotes[pair + 1], StringComparison.Ordinal) == close);
        return isOnly ? inside.Remove(close, 1).Trim()
            : close < 0 && sentence[0] != '\'' ? inside.Trim()
            : sentence;
    }
}
