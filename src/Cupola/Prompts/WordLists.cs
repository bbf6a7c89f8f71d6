using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>Lists of English words that the library carries: by spelling alone, no rule would tell them.</summary>
internal sealed class WordLists
{
    private readonly Dictionary<string, string[]> _lists;

    private WordLists(JsonElement root) =>
        _lists = root.EnumerateObject()
            .ToDictionary(
                static list => list.Name,
                static list => list.Value.EnumerateArray().Select(static line => line.GetString()!).ToArray(),
                StringComparer.Ordinal
            );

    /// <summary>The words by which articles are chosen.</summary>
    public static WordLists Articles { get; } = EmbeddedJson.Read("article-words.json", static root => new WordLists(root));

    /// <summary>The words by which faults of prompts are told.</summary>
    public static WordLists Audit { get; } = EmbeddedJson.Read("audit-words.json", static root => new WordLists(root));

    /// <summary>
    /// Words or beginnings of words, in the list's order. Names of several words have commas between them, single words have
    /// spaces.
    /// </summary>
    public IReadOnlyList<string> List(string name)
    {
        string[] lines = _lists[name];
        char between = lines.Any(static line => line.Contains(',', StringComparison.Ordinal)) ? ',' : ' ';
        return
        [
            .. lines.SelectMany(line =>
                line.Split(between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ),
        ];
    }

    /// <summary>Words that are looked up whole, whatever their case.</summary>
    public HashSet<string> Set(string name) => new(List(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Words that belong together: each group's first word for each of its words.</summary>
    public Dictionary<string, string> Groups(string name) =>
        List(name)
            .Select(static group => group.Split(' '))
            .SelectMany(static group => group.Select(word => (word, group[0])))
            .ToDictionary(static pair => pair.word, static pair => pair.Item2, StringComparer.Ordinal);
}
