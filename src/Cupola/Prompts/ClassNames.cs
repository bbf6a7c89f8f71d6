namespace Cupola.Prompts;

/// <summary>The labels that answers are chosen from.</summary>
public static class ClassNames
{
    /// <summary>Labels from a list with commas: <c>a,b,c</c>.</summary>
    /// <exception cref="ArgumentException">There are none, or two are equal.</exception>
    public static IReadOnlyList<string> Parse(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return Check([.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <summary>Labels from a file: a JSON list, or one a line.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It holds none.</exception>
    /// <exception cref="ArgumentException">Two are equal.</exception>
    public static IReadOnlyList<string> Read(string path) => Check(TextList.Read(path, "labels"));

    /// <summary>The same labels, if there are any and each is there once.</summary>
    /// <exception cref="ArgumentException">There are none, or two are equal.</exception>
    public static IReadOnlyList<string> Check(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
        {
            throw new ArgumentException("There are no labels to choose from; name some, as in --labels \"cat,dog\".");
        }

        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int index = 0; index < labels.Count; index++)
        {
            if (!places.TryAdd(labels[index], index))
            {
                throw new ArgumentException(
                    $"The label '{labels[index]}' is there twice, as number {places[labels[index]] + 1} and {index + 1}; answers could not tell them apart.");
            }
        }

        return labels;
    }
}
