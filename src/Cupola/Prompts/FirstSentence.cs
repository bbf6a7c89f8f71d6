using System.Text.RegularExpressions;

namespace Cupola.Prompts;

/// <summary>
/// The first sentence of a language model's answer. CuPL stops the model at the first full stop and adds one to whatever came (<c>generate_image_prompts.py</c>), also
/// to what the limit of tokens cut in its middle; here a sentence ends only where it does, not at "3.5", "e.g." or "St.", and what is cut is none.
/// </summary>
internal static partial class FirstSentence
{
    private const string ThinkingStart = "<think>";
    private const string ThinkingEnd = "</think>";

    private static readonly HashSet<string> Abbreviations = new(
        ["mr", "mrs", "ms", "dr", "st", "mt", "prof", "jr", "sr", "vs", "e.g", "i.e", "approx", "ca", "cf", "no", "nos", "fig", "sp", "spp", "ssp", "var", "u.s"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The sentence on one line; nothing where there is none, or none that is whole.</summary>
    /// <param name="answer">What the model said.</param>
    /// <param name="isWhole">Whether the model ended by itself. A caption without a full stop is then as it is meant.</param>
    public static string? Of(string answer, bool isWhole)
    {
        string[] paragraphs =
        [
            .. BlankLine().Split(WithoutThinking(answer))
                .Select(paragraph => WhiteSpace().Replace(paragraph, " ").Trim()).Where(static paragraph => paragraph.Length > 0),
        ];
        for (int index = 0; index < paragraphs.Length; index++)
        {
            string paragraph = paragraphs[index];
            bool isLast = index == paragraphs.Length - 1;
            if (End(paragraph, isWhole || !isLast) is { } end)
            {
                return paragraph[..end];
            }

            // A paragraph that more follows and that ends no sentence is a heading or "Here is a description:".
            if (isLast && isWhole)
            {
                return paragraph;
            }
        }

        return null;
    }

    /// <summary>Some models think aloud first.</summary>
    private static string WithoutThinking(string answer)
    {
        string text = answer.TrimStart();
        if (!text.StartsWith(ThinkingStart, StringComparison.Ordinal))
        {
            return answer;
        }

        int end = text.IndexOf(ThinkingEnd, StringComparison.Ordinal);
        return end < 0 ? "" : text[(end + ThinkingEnd.Length)..];
    }

    /// <summary>Where the first sentence of a text ends, or nothing where it does not.</summary>
    internal static int? End(string text, bool isWhole)
    {
        for (int position = 0; position < text.Length; position++)
        {
            if (text[position] is '。' or '！' or '？')
            {
                return position + 1;
            }

            if (text[position] is not ('.' or '!' or '?'))
            {
                continue;
            }

            int behind = position + 1;
            while (behind < text.Length && text[behind] is '"' or '\'' or '”' or '’' or ')' or ']' or '»' or '*')
            {
                behind++;
            }

            ReadOnlySpan<char> rest = text.AsSpan(behind);
            if ((rest.IsEmpty || char.IsWhiteSpace(rest[0])) && Ends(text, position, rest.TrimStart(), isWhole))
            {
                return behind;
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
        // "1." begins a list; "3." may have lost the rest of 3.5 to the limit of tokens.
        return !isInitial && !Abbreviations.Contains(word) && !(isNumber && (start == 0 || rest.IsEmpty));
    }

    [GeneratedRegex(@"\n[^\S\n]*\n", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlankLine();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhiteSpace();
}
