using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>Embedded lists of English words, for distinctions that spelling rules cannot make.</summary>
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

    /// <summary>The words by which faults of prompts are recognized.</summary>
    public static WordLists Audit { get; } = EmbeddedJson.Read("audit-words.json", static root => new WordLists(root));

    /// <summary>The lists of another room.</summary>
    public static WordLists Read(string room, string file) => EmbeddedJson.Read(file, static root => new WordLists(root), room);

    /// <summary>
    /// Words or beginnings of words, in the list's order. Names of several words are separated by commas, single words by spaces.
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

    /// <summary>Words that are looked up as complete words, ignoring case.</summary>
    public HashSet<string> Set(string name) => new(List(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Groups of related words: each word ► the first word of its group.</summary>
    public Dictionary<string, string> Groups(string name) =>
        List(name)
            .Select(static group => group.Split(' '))
            .SelectMany(static group => group.Select(word => (word, group[0])))
            .ToDictionary(static pair => pair.word, static pair => pair.Item2, StringComparer.Ordinal);
}
