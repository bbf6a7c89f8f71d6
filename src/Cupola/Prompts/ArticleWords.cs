using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>The words by which articles are chosen (<c>article-words.json</c>): lists of exceptions, since English has no rule that spelling would show.</summary>
internal sealed class ArticleWords
{
    private readonly Dictionary<string, string[]> _lists;

    private ArticleWords(JsonElement root) => _lists = root.EnumerateObject().ToDictionary(list => list.Name, Words, StringComparer.Ordinal);

    public static ArticleWords Known { get; } = EmbeddedJson.Read("article-words.json", static root => new ArticleWords(root));

    /// <summary>Words or beginnings of words, in the list's order.</summary>
    public IReadOnlyList<string> List(string name) => _lists[name];

    /// <summary>Words that are looked up whole, whatever their case.</summary>
    public HashSet<string> Set(string name) => new(_lists[name], StringComparer.OrdinalIgnoreCase);

    // Names of several words have commas between them, single words have spaces.
    private static string[] Words(JsonProperty list)
    {
        string[] lines = [.. list.Value.EnumerateArray().Select(line => line.GetString()!)];
        char between = lines.Any(line => line.Contains(',', StringComparison.Ordinal)) ? ',' : ' ';
        return [.. lines.SelectMany(line => line.Split(between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }
}
