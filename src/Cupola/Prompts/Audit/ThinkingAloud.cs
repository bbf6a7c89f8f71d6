using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Removes the thinking that many language models write before their answer, between tags that differ by model family
/// (<c>thinking.json</c>). Chat templates often put the opening tag into the question, so that the answer has only the closing
/// one.
/// </summary>
internal static class ThinkingAloud
{
    // Without backtracking, so that the time is linear in the length of the answer.
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly string[] Kinds = ["opens", "closes", "ends", "turns"];

    private static readonly Dictionary<string, Regex> Tags = EmbeddedJson.Read("thinking.json", static root =>
        Kinds.ToDictionary(static kind => kind, kind => Compile(root, kind), StringComparer.Ordinal)
    );

    /// <summary>A thinking tag in a text, or null.</summary>
    public static string? Find(string text) =>
        (Tags["closes"].Match(text) is { Success: true } close ? close : Tags["opens"].Match(text)) is { Success: true } tag
            ? tag.Value.Trim()
            : null;

    /// <summary>
    /// The answer without the thinking: the text after the last closing tag, whether there is an opening one or not. Thinking
    /// that is opened and never closed has no answer after it.
    /// </summary>
    public static string Remove(string text)
    {
        int start = 0;
        for (Match close = Tags["closes"].Match(text); close.Success; close = close.NextMatch())
        {
            start = close.Index + close.Length;
        }

        return UpTo("ends", UpTo("opens", text[start..]));
    }

    /// <summary>
    /// Whether the model ended its turn within a text, and the text until then; servers that do not know a model's special tokens
    /// pass them on.
    /// </summary>
    public static bool EndsTurn(string text, out string turn) => (turn = UpTo("turns", text)).Length < text.Length;

    private static string UpTo(string kind, string text) =>
        Tags[kind].Match(text) is { Success: true } tag ? text[..tag.Index] : text;

    private static Regex Compile(JsonElement root, string kind)
    {
        string names = Joined(root.GetProperty("names"));
        (string Gap, string Pattern)[] gaps =
        [
            ("<name>", $@"(?:[\w:.-]*[:_.-])?(?:{names})(?:[:_.-][\w.:-]*)?"),
            ("<answer-name>", $"(?:{Joined(root.GetProperty("answers"))})"),
            ("<open>", @"(?:<|&lt;|＜|\[|【|◁)"),
            ("<shut>", @"(?:>|&gt;|＞|\]|】|▷)"),
            ("<tag>", "(?:<|&lt;|＜)"),
            ("<tag-shut>", "(?:>|&gt;|＞)"),
            ("<bar>", @"<[|｜]"),
            ("<bar-shut>", @"[|｜]>"),
        ];
        IEnumerable<string> patterns = root.GetProperty(kind)
            .EnumerateArray()
            .Select(static tag => tag.GetProperty("pattern").GetString()!);
        return new(string.Join('|', patterns.Select(pattern => $"(?:{Filled(pattern)})")), Options);

        string Filled(string pattern) =>
            gaps.Aggregate(pattern, static (text, gap) => text.Replace(gap.Gap, gap.Pattern, StringComparison.Ordinal));
    }

    private static string Joined(JsonElement words) =>
        string.Join('|', words.EnumerateArray().Select(static word => word.GetString()));
}
