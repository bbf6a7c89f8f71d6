using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Prompts;

/// <summary>
/// Reads the class names among which an image is classified. White space around names and empty names are dropped; names must be
/// unique.
/// </summary>
internal static class LabelList
{
    /// <summary>The most names in one message; longer sentences are not read.</summary>
    private const int MostNamed = 10;

    /// <summary>Reads names separated by commas; a name in quotation marks may hold commas, as in CSV.</summary>
    /// <exception cref="ArgumentException">There are no names, or two are equal.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> fields = [];
        DelimitedFields.Split(text, ',', fields);
        string[] labels = [.. fields.Select(static field => field.Trim()).Where(static field => field.Length > 0)];
        if (labels.Length == 0)
        {
            throw new ArgumentException("There are no labels; name at least one, separated by commas.");
        }

        return Problem(labels) is { } problem ? throw new ArgumentException(problem) : labels;
    }

    /// <summary>Reads a file: a JSON list of names, or one name per line; FILE#NAME reads one list of a JSON object.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file has no names, something that is not a name, or two equal names.
    /// </exception>
    public static IReadOnlyList<string> Read(string path)
    {
        IReadOnlyList<string> labels = TextFile.ReadList(path, "labels", unquote: true);
        return Problem(labels) is { } problem ? throw new InvalidDataException($"'{path}': {problem}") : labels;
    }

    /// <summary>What is wrong with labels, in a sentence, or null; two equal labels cannot be told apart.</summary>
    internal static string? Problem(IReadOnlyList<string> labels)
    {
        (string Label, int[] Positions)[] repeated =
        [
            .. labels
                .Index()
                .GroupBy(static label => label.Item, static label => label.Index + 1, StringComparer.Ordinal)
                .Select(static label => (label.Key, label.ToArray()))
                .Where(static label => label.Item2.Length > 1),
        ];
        if (repeated.Length == 0)
        {
            return null;
        }

        if (repeated is [(string only, [int first, int second])])
        {
            return Invariant($"The label {TextFile.Quote(only)} stands at positions {first} and {second}; ")
                + "labels must differ, so rename or remove one.";
        }

        IEnumerable<string> named = repeated
            .Take(MostNamed)
            .Select(static label => $"{TextFile.Quote(label.Label)} ({string.Join(", ", label.Positions.Take(MostNamed))})");
        string more = repeated.Length > MostNamed ? Invariant($" and {repeated.Length - MostNamed} more") : "";
        return $"Labels must differ, and {repeated.Length} {(repeated.Length == 1 ? "stands" : "stand")} more than once: "
            + $"{string.Join(", ", named)}{more}; rename or remove all but one of each.";
    }
}
