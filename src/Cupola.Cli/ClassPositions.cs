namespace Cupola.Cli;

/// <summary>Which label each class of a dataset is.</summary>
internal static class ClassPositions
{
    /// <summary>
    /// Classes are found among the labels by their names. Where none has a label's name and there are as many, as with ImageNet's folders (n01440764) and a file of its thousand names,
    /// the first class is the first label, and a note says so.
    /// </summary>
    /// <param name="classes">The dataset's classes, in order.</param>
    /// <param name="labels">What there is to choose from; the classes themselves where nothing is said.</param>
    /// <param name="dataset">For the sentence of an error.</param>
    /// <exception cref="InvalidDataException">Classes are no labels; the message lists them.</exception>
    public static Dictionary<string, int> Of(IReadOnlyList<string> classes, IReadOnlyList<string>? labels, string dataset)
    {
        Dictionary<string, int> positions = (labels ?? classes).Index().ToDictionary(static label => label.Item, static label => label.Index, StringComparer.Ordinal);
        string[] unknown = [.. classes.Where(name => !positions.ContainsKey(name))];
        if (unknown.Length == 0)
        {
            return positions;
        }

        if (unknown.Length == classes.Count && classes.Count == labels!.Count)
        {
            Console.Error.WriteLine(
                $"No class of {dataset} is named as a label, and there are {classes.Count} of both: they are taken for each other in order, {PromptOptions.Shown([.. classes.Zip(labels, static (name, label) => $"{name} for {label}")])}.");
            return classes.Index().ToDictionary(static name => name.Item, static name => name.Index, StringComparer.Ordinal);
        }

        throw new InvalidDataException(
            $"{unknown.Length} of the {classes.Count} classes of {dataset} are none of the labels: {string.Join(", ", unknown.Select(static name => $"'{name}'"))}; add them to the labels, or leave their pictures out of the dataset.");
    }
}
