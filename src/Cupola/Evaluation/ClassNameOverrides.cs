using System.Globalization;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Evaluation;

/// <summary>What the classes of a dataset are called among the labels.</summary>
internal static class ClassNameOverrides
{
    /// <summary>
    /// Classes are labels of the same name. Where none is, numbers are the labels' places, counted from 0, as WebDataset's shards
    /// have them; and where there are as many classes as labels, as with ImageNet's folders (n01440764) and a file of its
    /// thousand names, the first class is the first label. A note says which it is.
    /// </summary>
    /// <param name="classes">The dataset's classes, in order.</param>
    /// <param name="labels">What there is to choose from; the classes themselves where nothing is said.</param>
    /// <param name="dataset">For the sentence of an error.</param>
    /// <param name="logger">Receives how classes became labels, where they have other names.</param>
    /// <returns>The label of each class that has another name.</returns>
    /// <exception cref="InvalidDataException">No class is a label.</exception>
    public static Dictionary<string, string> Find(
        IReadOnlyList<string> classes,
        IReadOnlyList<string>? labels,
        string dataset,
        ILogger? logger
    )
    {
        if (labels is null || classes.Count == 0 || classes.Intersect(labels, StringComparer.Ordinal).Any())
        {
            return [];
        }

        (IReadOnlyList<string> named, string how) =
            AreNumbers(classes) ? ([.. classes.Select(Numbered)], "numbers are the labels' places, counted from 0")
            : classes.Count == labels.Count
                ? (labels, $"there are {classes.Count} of both and they are taken for each other in order")
            : throw new InvalidDataException(
                $"None of the {classes.Count} classes of {dataset} ("
                    + $"{Quoted(classes)}) is one of the {labels.Count} "
                    + "labels; name the labels as the dataset does."
            );
        string renamed = ShortList.Join([.. classes.Zip(named, static (name, label) => $"{name} for {label}")]);
        logger?.Warn($"No class of {dataset} is named as a label; {how}: {renamed}.");
        return classes.Zip(named).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal);

        string Numbered(string number) =>
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < labels.Count
                ? labels[place]
                : throw new InvalidDataException(
                    $"The classes of {dataset} are numbers, which count the labels from 0, and there are {labels.Count} labels: "
                        + $"class {number} has none."
                );
    }

    /// <summary>
    /// The same of examples, from which a wrong label would be learned: numbers are places, and every other class is a label, or
    /// a class of the dataset that they are examples for, or left out. Order says nothing.
    /// </summary>
    /// <param name="classes">The classes of the examples.</param>
    /// <param name="labels">What there is to choose from; not every label needs examples.</param>
    /// <param name="known">The label of each class of that dataset that has another name.</param>
    /// <param name="dataset">For the sentence of an error.</param>
    /// <param name="logger">Receives how numbers became labels.</param>
    /// <exception cref="InvalidDataException">No class is a label.</exception>
    public static IReadOnlyDictionary<string, string> OfExamples(
        IReadOnlyList<string> classes,
        IReadOnlyList<string> labels,
        IReadOnlyDictionary<string, string> known,
        string dataset,
        ILogger? logger
    )
    {
        return classes.Any(name => labels.Contains(name, StringComparer.Ordinal) || known.ContainsKey(name)) ? known
            : AreNumbers(classes) ? Find(classes, labels, dataset, logger)
            : throw new InvalidDataException(
                $"{dataset} has examples of {Quoted(classes)}, and the labels are {Quoted(labels)}; name examples as their "
                    + "labels."
            );
    }

    private static bool AreNumbers(IEnumerable<string> classes) => classes.All(static name => name.All(char.IsAsciiDigit));

    private static string Quoted(IEnumerable<string> names) => ShortList.Join([.. names.Select(TextFile.Quote)]);
}
