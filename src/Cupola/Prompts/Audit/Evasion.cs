using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cupola.Prompts.Audit;

/// <summary>
/// A kind of evasion, described in <c>evasions.json</c> by regular expressions in which <c>&lt;name&gt;</c> stands for any of the
/// alternatives of that name.
/// </summary>
internal sealed class Evasion
{
    // Without backtracking, so that the time is linear in the length of the sentence.
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private readonly Regex _pattern;
    private readonly Regex? _descriptionBehind;
    private readonly Regex? _unlessBehind;

    private Evasion(JsonElement entry, IReadOnlyList<(string Name, string Pattern)> parts)
    {
        Reason = entry.GetProperty("reason").GetString()!;
        IsThinking = entry.TryGetProperty("isThinking", out JsonElement thinking) && thinking.GetBoolean();
        _pattern = Filled(Joined(entry.GetProperty("patterns")));
        _descriptionBehind = entry.TryGetProperty("descriptionBehind", out JsonElement turn) ? Filled(turn.GetString()!) : null;
        _unlessBehind = entry.TryGetProperty("unlessBehind", out JsonElement unless) ? Filled(unless.GetString()!) : null;

        Regex Filled(string pattern) =>
            new(
                parts.Aggregate(pattern, static (text, part) =>
                    text.Replace($"<{part.Name}>", part.Pattern, StringComparison.Ordinal)
                ),
                Options
            );
    }

    /// <summary>All known kinds; the first that matches a sentence counts.</summary>
    public static IReadOnlyList<Evasion> Known { get; } = EmbeddedJson.Read("evasions.json", static root =>
        {
            (string, string)[] parts =
            [
                .. root.GetProperty("parts").EnumerateObject().Select(static part => (part.Name, $"(?:{Joined(part.Value)})")),
            ];
            return root.GetProperty("evasions").EnumerateArray().Select(entry => new Evasion(entry, parts)).ToArray();
        });

    /// <summary>What such a sentence does, in the words of a finding.</summary>
    public string Reason { get; }

    /// <summary>Whether such a sentence is a model's thinking, which comes before its answer.</summary>
    public bool IsThinking { get; }

    /// <summary>Whether a sentence is such an evasion and no description follows it.</summary>
    public bool IsIn(string sentence)
    {
        Match match = _pattern.Match(sentence);
        return match.Success && !(_unlessBehind?.IsMatch(sentence, match.Index + match.Length) ?? false);
    }

    /// <summary>Where in a sentence a description may begin; null if none follows.</summary>
    public int? DescriptionStart(string sentence) =>
        _descriptionBehind?.Match(sentence) is { Success: true } turn ? turn.Index + turn.Length : null;

    private static string Joined(JsonElement alternatives) =>
        string.Join('|', alternatives.EnumerateArray().Select(static each => each.GetString()));
}
