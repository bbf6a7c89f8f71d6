namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds sentences that are incomplete: no end mark, a last word that something must follow ("and a."), a bracket or quotation
/// mark that is never closed, half of a decimal number. CuPL's answers end at 50 tokens or at the first full stop, even that of
/// "3.5", and always get a full stop.
/// </summary>
internal static class CutSentence
{
    private const string EndMarks = ".!?…。！？｡।۔؟።။";
    private const string Pairs = "() [] {} “” «»";
    private const string Closing = "\"'”’)]»*";

    // A text whose last sentences are all incomplete has no beginning worth keeping.
    private const int MostSentencesOff = 8;

    // The most words that decide what a last word means.
    private const int WordsLookedAt = 6;

    private static readonly HashSet<string> NeverLast = WordLists.Audit.Set("neverLast");
    private static readonly HashSet<string> LastAfter = WordLists.Audit.Set("lastAfter");
    private static readonly HashSet<string> ThatLastAfter = WordLists.Audit.Set("thatLastAfter");
    private static readonly HashSet<string> Abbreviated = WordLists.Audit.Set("abbreviated");
    private static readonly HashSet<string> LetterAfter = WordLists.Audit.Set("letterAfter");
    private static readonly HashSet<string> LetterIn = WordLists.Audit.Set("letterIn");
    private static readonly HashSet<string> NumberBetween = WordLists.Audit.Set("numberBetween");
    private static readonly HashSet<string> NumberAfter = WordLists.Audit.Set("numberAfter");
    private static readonly HashSet<string> Counted = WordLists.Audit.Set("counted");

    /// <summary>Whether a text ends with an end mark.</summary>
    public static bool HasEndMark(string text) =>
        text.TrimEnd().TrimEnd([.. Closing]).TrimEnd() is { Length: > 0 } end
        && EndMarks.Contains(end[^1], StringComparison.Ordinal);

    /// <summary>Why a text is incomplete, or null.</summary>
    /// <param name="text">One or more sentences.</param>
    /// <param name="name">The class's name, which may have an unusual end ("Silverado 1500").</param>
    /// <param name="needsEndMark">Whether end marks are required; captions often have none.</param>
    public static string? Problem(string text, ClassWords name, bool needsEndMark)
    {
        IReadOnlyList<FoldedWord> words = FoldedWord.AllOf(text);
        if (words.Count == 0)
        {
            return "contains no word";
        }

        bool hasEndMark = HasEndMark(text);
        if (!hasEndMark && needsEndMark)
        {
            return "has no end mark";
        }

        string body = text.TrimEnd().TrimEnd([.. Closing, .. EndMarks]).TrimEnd();
        return body.Length > 0 && ",;:-–—/&+=".Contains(body[^1], StringComparison.Ordinal) ? $"ends with '{body[^1]}'"
            : LastWord(text, words, name) is { } last ? $"ends with '{last}'"
            : Unclosed(text) is { } open ? $"does not close '{open}'"
            : null;
    }

    /// <summary>
    /// The complete sentences at the beginning of a text, or null if there are none. A bracket that is never closed is removed; a
    /// quotation mark is closed.
    /// </summary>
    public static string? WholePart(string text, ClassWords name, bool needsEndMark)
    {
        int[] ends = SentenceEnds(text);
        foreach (string part in ends.Reverse().Take(MostSentencesOff).Select(end => text[..end].TrimEnd()))
        {
            if (Problem(part, name, needsEndMark) is null)
            {
                return part;
            }

            foreach (string repaired in (string[])[$"{part}\"", WithoutBracket(part)])
            {
                if (repaired.Length > 0 && Problem(repaired, name, needsEndMark) is null)
                {
                    return repaired;
                }
            }
        }

        return null;
    }

    /// <summary>Where the sentences of a text end; the last ends with the text.</summary>
    public static int[] SentenceEnds(string text)
    {
        List<int> ends = [];
        for (int start = 0; start < text.Length && FirstSentence.End(text[start..], isWhole: true) is { } length; start += length)
        {
            ends.Add(start + length);
        }

        return ends.Count > 0 && text[ends[^1]..].Trim().Length == 0 ? [.. ends] : [.. ends, text.Length];
    }

    private static string WithoutBracket(string text) =>
        Unclosed(text) is '(' or '[' ? text[..text.LastIndexOfAny(['(', '['])].TrimEnd(' ', ',', ';', ':', '-') + "." : "";

    /// <summary>The last words, if something must follow them.</summary>
    private static string? LastWord(string text, IReadOnlyList<FoldedWord> words, ClassWords name)
    {
        FoldedWord last = words[^1];
        string written = text[last.Start..last.End];
        string[] before = [.. words.SkipLast(1).TakeLast(WordsLookedAt).Select(static word => word.Folded)];
        string previous = before.Length > 0 ? before[^1] : "";
        bool isJoined = last.Start > 0 && text[last.Start - 1] is '-' or '/' or '.' or '\'' or '’' or '&' or '_';
        bool isUnit = previous.Length > 0 && char.IsAsciiDigit(previous[^1]);
        bool isCut = last.Folded switch
        {
            _ when written.All(char.IsAsciiDigit) => IsHalfNumber(text, last, written, before, name),
            // 50 g, 197 ft.
            _ when isJoined || isUnit => false,
            "that" => !ThatLastAfter.Contains(previous),
            "such" => previous != "as",
            "is" or "are" or "was" or "were" or "has" or "have" or "had" or "been" or "may" or "might" => !before.Any(
                LastAfter.Contains
            ),
            _ when written.Length == 1 && char.IsUpper(written[0]) => IsInitial(text, last, before),
            _ when written.Length == 1 && char.IsLetter(written[0]) => !name.Words.Contains(written),
            // Main St.
            _ when Abbreviated.Contains(last.Folded) && text.TrimEnd()[^1] == '.' => !IsCapitalWordBefore(text, last.Start),
            _ => NeverLast.Contains(last.Folded),
        };
        return isCut ? written : null;
    }

    /// <summary>Louis M., Washington, D.; but not "vitamin C", "the shape of a V", "D, A, and E".</summary>
    private static bool IsInitial(string text, FoldedWord last, string[] before) =>
        !(before.Length > 0 && LetterAfter.Contains(before[^1]))
        && !before.Any(LetterIn.Contains)
        && text[..last.Start].TrimEnd() is { Length: > 0 } front
        && front[^1] is not ('"' or '“' or '\'');

    /// <summary>
    /// "A wingspan of 3." is half a number; "seats 5", "from 1 to 9", "route 66", "in 1998" and "Silverado 1500" are not.
    /// </summary>
    private static bool IsHalfNumber(string text, FoldedWord last, string number, string[] before, ClassWords name)
    {
        char sign = last.Start > 0 ? text[last.Start - 1] : ' ';
        if (number.Length > 3 || last.End == text.Length || text[last.End] != '.')
        {
            return false;
        }

        string previous = before.Length > 0 ? before[^1] : "";
        return sign is '$' or '€' or '£' or '('
            || (
                !name.Words.Contains(number)
                && !NumberAfter.Contains(previous)
                && !before.Any(Counted.Contains)
                && !(before.Length > 1 && NumberBetween.Contains(previous) && before[^2].All(char.IsAsciiDigit))
                // Boeing 737, Porsche 911.
                && !(number.Length > 1 && before.Length > 0 && IsCapitalWordBefore(text, last.Start))
                // $45,000, 18–21, 4/5.
                && sign is not (',' or '-' or '–' or '/' or ':' or '\'' or '’' or '×')
            );
    }

    private static bool IsCapitalWordBefore(string text, int position)
    {
        int end = text[..position].TrimEnd().Length;
        int start = end;
        while (start > 0 && char.IsLetterOrDigit(text[start - 1]))
        {
            start--;
        }

        return start < end && start > 0 && char.IsUpper(text[start]);
    }

    /// <summary>The bracket or quotation mark that is opened and never closed, or null.</summary>
    private static char? Unclosed(string text)
    {
        Stack<char> open = [];
        bool isQuoted = false;
        for (int position = 0; position < text.Length; position++)
        {
            char sign = text[position];
            if (sign is '(' or '[' or '{' or '“' or '«')
            {
                open.Push(sign);
            }
            else if (open.TryPeek(out char opened) && Pairs.Contains($"{opened}{sign}", StringComparison.Ordinal))
            {
                open.Pop();
            }
            // Five inches: 5".
            else if (sign == '"' && (isQuoted || position == 0 || !char.IsAsciiDigit(text[position - 1])))
            {
                isQuoted = !isQuoted;
            }
        }

        return open.Count > 0 ? open.Peek()
            : isQuoted ? '"'
            : null;
    }
}
