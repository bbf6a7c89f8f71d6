using System.Text;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>Notes about unusual labels, one sentence each.</summary>
internal static class LabelNotes
{
    /// <summary>The most names in one note; longer notes are not read.</summary>
    private const int MostNamed = 5;

    /// <summary>A note about labels without images, or null if each has one.</summary>
    /// <param name="dataset">The dataset's name.</param>
    /// <param name="labels">All labels that can be answered.</param>
    /// <param name="unused">Those without images.</param>
    /// <param name="why">The reason, if known; otherwise "".</param>
    public static string? Unused(string dataset, IReadOnlyList<string> labels, IReadOnlyList<string> unused, string why) =>
        unused.Count == 0
            ? null
            : string.Concat(
                $"{unused.Count} of the {labels.Count} labels of {dataset} {(unused.Count == 1 ? "has" : "have")} no images ",
                $"and can be answered all the same: {Named(unused)}{(why.Length == 0 ? "" : $"; {why}")}."
            );

    /// <summary>Notes about labels that look the same, one sentence per group.</summary>
    public static IEnumerable<string> Spelling(IEnumerable<string> labels) =>
        labels
            .Distinct(StringComparer.Ordinal)
            .GroupBy(Folded, StringComparer.Ordinal)
            .Select(static alike => alike.ToArray())
            .Where(static alike => alike.Length > 1)
            .Select(static alike =>
                $"The labels {string.Join(" and ", alike.Take(MostNamed).Select(TextFile.Quote))} differ only in "
                + $"{Difference(alike)}"
                + ", and count as different labels."
            );

    private static string Difference(string[] alike) =>
        AreOne(alike.Select(Composed)) ? "how their accents are encoded"
        : AreOne(alike.Select(Spaced)) ? "white space"
        : "capital letters";

    private static bool AreOne(IEnumerable<string> forms) => forms.Distinct(StringComparer.Ordinal).Count() == 1;

    private static string Folded(string label) => Spaced(label).ToUpperInvariant();

    private static string Spaced(string label) =>
        string.Join(' ', Composed(label).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Composed(string label)
    {
        try
        {
            return label.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair cannot be normalized.
            return label;
        }
    }

    private static string Named(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(MostNamed).Select(TextFile.Quote))
        + (labels.Count > MostNamed ? Invariant($" and {labels.Count - MostNamed} more") : "");
}
