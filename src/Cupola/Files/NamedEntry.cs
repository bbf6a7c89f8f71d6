using System.Text.Json;
using static System.FormattableString;

namespace Cupola.Files;

/// <summary>
/// A file, and the entry of its JSON object that is meant where its name ends with one: <c>templates.json#cifar10</c>.
/// Files of benchmarks hold the texts of many data sets, each below its name.
/// </summary>
/// <param name="File">The path.</param>
/// <param name="Entry">The name of the entry, or null.</param>
internal sealed record NamedEntry(string File, string? Entry)
{
    /// <summary>More names than these nobody reads.</summary>
    private const int MostNamed = 20;

    /// <summary>Whether the file is there.</summary>
    public bool Exists => Path.Exists(File);

    /// <summary>Takes a name apart; a file whose own name has a <c>#</c> comes first.</summary>
    public static NamedEntry Read(string path)
    {
        if (!Path.Exists(path))
        {
            for (int mark = path.LastIndexOf('#'); mark > 0; mark = path.LastIndexOf('#', mark - 1))
            {
                if (System.IO.File.Exists(path[..mark]))
                {
                    return new(path[..mark], path[(mark + 1)..]);
                }
            }
        }

        return new(path, null);
    }

    /// <summary>What counts of the file: the named entry, or all of it where none is named.</summary>
    /// <exception cref="InvalidDataException">There is no such entry; the message lists those there are.</exception>
    public JsonElement Enter(JsonElement root)
    {
        if (Entry is null)
        {
            return root;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"'{File}' holds no JSON object, so it has no entry {TextFile.Quote(Entry)}.");
        }

        return root.TryGetProperty(Entry, out JsonElement entry)
            ? entry
            : throw new InvalidDataException($"'{File}' has no entry {TextFile.Quote(Entry)}; it has {Names(root)}.");
    }

    /// <summary>The only entry of an object; of several, none is meant without its name.</summary>
    /// <param name="root">An object with an entry at least.</param>
    /// <param name="what">What its entries hold, for the sentence of an error: "templates".</param>
    /// <exception cref="InvalidDataException">There are several; the message lists them.</exception>
    public JsonElement EnterOnly(JsonElement root, string what)
    {
        JsonProperty first = root.EnumerateObject().First();
        return root.EnumerateObject().Count() == 1
            ? first.Value
            : throw new InvalidDataException(
                $"'{File}' holds the {what} of several data sets, {Names(root)}; "
                    + $"name one, as in '{File}#{ForeignText.OneLine(first.Name)}'."
            );
    }

    private static string Names(JsonElement root)
    {
        string[] names = [.. root.EnumerateObject().Select(static entry => TextFile.Quote(entry.Name))];
        return string.Join(", ", names.Take(MostNamed))
            + (names.Length > MostNamed ? Invariant($" and {names.Length - MostNamed} more") : "");
    }
}
