using System.Text.Json;
using static System.FormattableString;

namespace Cupola.Files;

/// <summary>
/// A file, and optionally the entry of its JSON object that follows its name: <c>templates.json#cifar10</c>. Files of benchmarks
/// contain the texts of many data sets, each under its name.
/// </summary>
/// <param name="File">The path.</param>
/// <param name="Entry">The name of the entry, or null.</param>
internal sealed record NamedEntry(string File, string? Entry)
{
    /// <summary>The most names in a message; longer lists are not read.</summary>
    private const int MostNamed = 20;

    /// <summary>Whether the file exists.</summary>
    public bool Exists => Path.Exists(File);

    /// <summary>Splits a name; a file whose own name contains <c>#</c> takes precedence.</summary>
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

    /// <summary>The named entry of the file, or all of it if no entry is named.</summary>
    /// <exception cref="InvalidDataException">There is no such entry; the message lists the existing ones.</exception>
    public JsonElement Enter(JsonElement root)
    {
        if (Entry is null)
        {
            return root;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"'{File}' is not a JSON object, so it has no entry {TextFile.Quote(Entry)}.");
        }

        return root.TryGetProperty(Entry, out JsonElement entry)
            ? entry
            : throw new InvalidDataException($"'{File}' has no entry {TextFile.Quote(Entry)}; it has {Names(root)}.");
    }

    /// <summary>The only entry of an object; if there are several, one must be named.</summary>
    /// <param name="root">An object with at least one entry.</param>
    /// <param name="what">The content of its entries, for error messages: "templates".</param>
    /// <exception cref="InvalidDataException">There are several; the message lists them.</exception>
    public JsonElement EnterOnly(JsonElement root, string what)
    {
        JsonProperty first = root.EnumerateObject().First();
        return root.EnumerateObject().Count() == 1
            ? first.Value
            : throw new InvalidDataException(
                $"'{File}' contains the {what} of several data sets, {Names(root)}; "
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
