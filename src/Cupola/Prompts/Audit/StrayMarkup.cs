using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds and strips what is not language: line breaks, list markers, Markdown, HTML, labels ("Caption:"), special tokens of
/// language models, control characters.
/// </summary>
internal static partial class StrayMarkup
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const RegexOptions AnyCase = Options | RegexOptions.IgnoreCase;

    // Callers keep texts short (PromptAudit.LongestText).
    private const int NoTimeout = -1;

    private static readonly SearchValues<char> Stray = SearchValues.Create("?.,:;!)]}>/\\|=~^ ");
    private static readonly SearchValues<char> NoWords = SearchValues.Create("?.,:;!()[]{}<>/\\|=~^+-*#'\"  \t\r\n");

    /// <summary>Each kind of markup, in the words of a finding.</summary>
    private static readonly (string What, Func<Regex> Pattern)[] Kinds =
    [
        ("a line break", LineBreak),
        ("a list marker", Marker),
        ("a list marker", MarkerBehindColon),
        ("HTML", Tag),
        ("HTML", Entity),
        ("Markdown", Emphasis),
        ("Markdown", Link),
        ("a token of a language model", SpecialToken),
        ("a control character", Control),
        ("a label", Label),
    ];

    /// <summary>What markup is in a text, or null.</summary>
    public static string? Problem(string text)
    {
        string stray = text.Trim()[..StrayLength(text.Trim())];
        string[] found =
        [
            .. Kinds
                .Select(kind => (kind.What, Match: kind.Pattern().Match(text)))
                .Where(static kind => kind.Match.Success)
                .DistinctBy(static kind => kind.What)
                .Select(static kind => Shown(kind.Match.Value) is { Length: > 0 } shown ? $"{kind.What} ({shown})" : kind.What),
            .. ThinkingAloud.Find(text) is { } tag ? (string[])[$"thinking aloud ({Shown(tag)})"] : [],
            .. stray.Length > 0 ? (string[])[$"a stray sign at its beginning ({stray})"] : [],
        ];
        return found.Length > 0 ? $"has {string.Join(", ", found)}" : null;
    }

    /// <summary>
    /// The text on one line without markup, and without a language model's thinking before it. List items are separated by
    /// commas. A first line that is not a sentence ("Image result for …") or repeats the question is dropped where a sentence
    /// begins after it.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="beginsSentence">Whether a line begins a sentence.</param>
    public static string Strip(string text, Func<string, bool> beginsSentence)
    {
        string plain = SpecialToken().Replace(ThinkingAloud.Remove(text), " ");
        plain = Tag().Replace(plain, static tag => tag.Groups["line"].Success ? "\n" : "");
        plain = Entity().IsMatch(plain) ? WebUtility.HtmlDecode(plain) : plain;
        plain = Link().Replace(plain, static link => link.Groups["label"].Value);
        plain = Emphasis()
            .Replace(plain, static mark =>
                $"{mark.Groups["before"].Value}{mark.Groups["inside"].Value}{mark.Groups["behind"].Value}"
            );
        plain = ItemBehindColon().IsMatch(plain)
            ? ItemBehindWord().Replace(ItemBehindColon().Replace(plain, ":\n- "), "\n- ")
            : plain;
        List<(string Text, bool IsItem)> lines =
        [
            .. plain.Split('\n').Select(static line => Line(line)).Where(static line => line.Text.Length > 0),
        ];
        while (
            lines.Count > 1
            && !lines[0].IsItem
            && !lines[1].IsItem
            && lines[0].Text[^1] is not ('.' or '!' or ':' or ',' or ';')
            && beginsSentence(lines[1].Text)
        )
        {
            lines.RemoveAt(0);
        }

        StringBuilder joined = new();
        foreach ((string line, bool isItem) in lines)
        {
            joined
                .Append(
                    joined.Length == 0 ? ""
                    : isItem && joined[^1] is not (':' or ',' or ';' or '.' or '!' or '?') ? ", "
                    : " "
                )
                .Append(line);
        }

        string result = Spaces().Replace(Control().Replace(joined.ToString(), " "), " ").Trim();
        string begun = Label().Replace(result, "");
        begun = begun[StrayLength(begun)..].TrimStart();
        return begun.Length > 0 ? begun : result;
    }

    private static string Shown(string markup) =>
        string.Concat(
            markup.Where(static letter =>
                !char.IsControl(letter) && !char.IsWhiteSpace(letter) && char.GetUnicodeCategory(letter) != UnicodeCategory.Format
            )
        );

    /// <summary>
    /// The number of leading signs that cannot begin a sentence, such as the end of a question: "?The act of fencing". In ".5
    /// litres" and "…" there are none.
    /// </summary>
    private static int StrayLength(string text)
    {
        int length = text.AsSpan().IndexOfAnyExcept(Stray);
        return length > 0 && !char.IsAsciiDigit(text[length]) && text.AsSpan(length).ContainsAnyExcept(NoWords) ? length : 0;
    }

    private static (string Text, bool IsItem) Line(string line)
    {
        string trimmed = line.Trim();
        Match marker = Marker().Match(trimmed);
        return marker.Success && marker.Index == 0 ? (trimmed[marker.Length..].Trim(), true) : (trimmed, false);
    }

    [GeneratedRegex(@"[\r\n]", Options, NoTimeout)]
    private static partial Regex LineBreak();

    /// <summary>
    /// A dash, a star, a bullet, a number or letter with a bracket, or a Markdown heading, at the beginning of a line.
    /// </summary>
    [GeneratedRegex(
        @"^[^\S\n]*([-–—*•·▪‣●+]+(?=\s*[\p{L}\p{N}""'(])|\#+(?=\s*\p{L})|\(?\d{1,2}[.)](?=\s+\S)|\(?[a-z]\)(?=\s+\S))[^\S\n]*",
        Options | RegexOptions.Multiline,
        NoTimeout
    )]
    private static partial Regex Marker();

    [GeneratedRegex(@":([-–*•](?=\s*[\p{L}\p{N}])|\s+[*•](?=\s*[\p{L}\p{N}])|\s+-(?=\s*\p{L}))", Options, NoTimeout)]
    private static partial Regex MarkerBehindColon();

    [GeneratedRegex(@":([-–*•]|\s+[*•]|\s+-(?=\s*\p{L}))(?=\s*[\p{L}\p{N}])\s*", Options, NoTimeout)]
    private static partial Regex ItemBehindColon();

    /// <summary>The next items of a list on one line: "… are:-A shell-A foot".</summary>
    [GeneratedRegex(@"(?<=\p{Ll})\s?-(?=(A|An|The|It|They|Has|Is)\s)", Options, NoTimeout)]
    private static partial Regex ItemBehindWord();

    [GeneratedRegex(
        @"</?((?<line>p|br|li|div|tr|h[1-6]|ul|ol|table|hr)|a|abbr|b|blockquote|body|button|center|cite|code|em|figure|font|"
            + @"form|head|html|i|iframe|img|input|label|main|nav|pre|q|s"
            + @"|script|section|small|span|strong|style|sub|sup|tbody|td|th|thead|title|tt|u|video)(\s[^<>]*)?/?>",
        AnyCase,
        NoTimeout
    )]
    private static partial Regex Tag();

    [GeneratedRegex(@"&(\#\d{1,6}|\#x[\da-f]{1,6}|[a-z][a-z\d]{1,7});", AnyCase, NoTimeout)]
    private static partial Regex Entity();

    [GeneratedRegex(
        @"\*\*|__|~~|```|`(?<inside>[^`\n]+)`|(?<before>^|[\s(])(\*(?<inside>\p{L}[^*\n]*)\*|"
            + @"_(?<inside>\p{L}[^_\n]*)_)(?<behind>\W|$)",
        Options,
        NoTimeout
    )]
    private static partial Regex Emphasis();

    [GeneratedRegex(@"!?\[(?<label>[^\[\]\n]*)\]\([^()\n]*\)?|^!?\]\(", Options, NoTimeout)]
    private static partial Regex Link();

    /// <summary>Special tokens; CLIP's tokenizer takes some of these for the end of the text, anywhere in it.</summary>
    [GeneratedRegex(@"<[|｜][^|｜<>\s]{1,40}[|｜]>|</?s>|\[/?INST\]|<(start|end)_of_turn>", Options, NoTimeout)]
    private static partial Regex SpecialToken();

    [GeneratedRegex(@"[\p{Cc}\p{Co}\u200B-\u200F\u2028-\u202E\u2060\uFEFF-[\r\n]]", Options, NoTimeout)]
    private static partial Regex Control();

    [GeneratedRegex(
        @"^\W*(caption|description|answer|title|prompt|output|sentence|response)(\s*\d{1,3})?\s*:\s*",
        AnyCase,
        NoTimeout
    )]
    private static partial Regex Label();

    [GeneratedRegex(@"\s+", Options, NoTimeout)]
    private static partial Regex Spaces();
}
