using System.Globalization;
using Cupola.Text;

namespace Cupola.Prompts;

/// <summary>
/// Reads the class names that a picture is to be told apart by. White space around a name is dropped, and so are empty names; no two may be equal.
/// </summary>
public static class LabelList
{
    /// <summary>Reads names separated by commas.</summary>
    /// <exception cref="ArgumentException">There are no names, or two are equal.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] labels = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (labels.Length == 0)
        {
            throw new ArgumentException("There are no labels; name at least one, separated by commas.");
        }

        return Problem(labels) is { } problem ? throw new ArgumentException(problem) : labels;
    }

    /// <summary>Reads a file that holds a JSON list of names, or one name a line.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds no names, something that is none, or two that are equal.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        IReadOnlyList<string> labels = TextFile.ReadList(path, "labels");
        return Problem(labels) is { } problem ? throw new InvalidDataException($"'{path}': {problem}") : labels;
    }

    /// <summary>What is wrong with labels, in a sentence: two equal ones cannot be told apart. Nothing where they are fine.</summary>
    internal static string? Problem(IReadOnlyList<string> labels)
    {
        Dictionary<string, int> positions = new(labels.Count, StringComparer.Ordinal);
        for (int position = 1; position <= labels.Count; position++)
        {
            string label = labels[position - 1];
            if (!positions.TryAdd(label, position))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The label {TextFile.Quote(label)} stands at positions {positions[label]} and {position}; labels must " +
                    $"differ, so rename or remove one.");
            }
        }

        return null;
    }
}
