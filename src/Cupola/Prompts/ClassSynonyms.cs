using System.Text.Json;
using Cupola.Files;

namespace Cupola.Prompts;

/// <summary>Reads synonyms of class names.</summary>
internal static class ClassSynonyms
{
    /// <summary>Reads a JSON object of class names and lists of names: <c>{"automobile": ["car", "motor car"]}</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file has another format; the message names the file and the class.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(string path) => TextFile.ReadJson(path, root =>
        {
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"'{path}' does not contain a JSON object of class names and lists of synonyms.");
            }

            Dictionary<string, IReadOnlyList<string>> synonyms = new(StringComparer.Ordinal);
            foreach (JsonProperty entry in root.EnumerateObject())
            {
                IReadOnlyList<string> names =
                    entry.Value.ValueKind == JsonValueKind.Array
                    && entry.Value.EnumerateArray().All(static name => name.ValueKind == JsonValueKind.String)
                        ? [.. entry.Value.EnumerateArray().Select(static name => name.GetString()!)]
                        : throw new InvalidDataException($"'{path}' has no list of names for {TextFile.Quote(entry.Name)}.");
                if (!synonyms.TryAdd(entry.Name, names))
                {
                    throw new InvalidDataException($"'{path}' has the class {TextFile.Quote(entry.Name)} twice.");
                }
            }

            return synonyms;
        });
}
