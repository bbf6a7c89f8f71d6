using System.Globalization;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>Keeps the images of chosen labels and counts those of others.</summary>
internal sealed class ChosenLabels
{
    /// <summary>The most names in one note; longer notes are not read.</summary>
    private const int MostNamed = 5;

    private readonly Dictionary<string, int> _positions;
    private readonly Dictionary<string, int> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Chooses labels.</summary>
    /// <param name="labels">The labels; compared ordinally with the dataset's.</param>
    /// <exception cref="ArgumentException">Two are equal.</exception>
    public ChosenLabels(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = labels;
        _positions = new(StringComparer.Ordinal);
        foreach ((int position, string label) in labels.Index())
        {
            if (!_positions.TryAdd(label, position))
            {
                throw new ArgumentException($"The label '{label}' is chosen twice.", nameof(labels));
            }
        }
    }

    /// <summary>The chosen labels, as given.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The number of images of each other label, since the last enumeration began.</summary>
    public IReadOnlyDictionary<string, int> LeftOut => _leftOut;

    /// <summary>One sentence about the images that were left out, or null if there were none.</summary>
    public string? Note
    {
        get
        {
            if (_leftOut.Count == 0)
            {
                return null;
            }

            KeyValuePair<string, int>[] most =
            [
                .. _leftOut
                    .OrderByDescending(static pair => pair.Value)
                    .ThenBy(static pair => pair.Key, StringComparer.Ordinal)
                    .Take(MostNamed),
            ];
            string named = string.Join(", ", most.Select(static pair => Invariant($"'{pair.Key}' ({pair.Value})")));
            string rest = _leftOut.Count > most.Length ? Invariant($" and {_leftOut.Count - most.Length} more") : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{_leftOut.Values.Sum()} images are left out, because their labels are not among the {Labels.Count} "
                    + $"chosen: {named}{rest}."
            );
        }
    }

    /// <summary>The index of a label among the chosen, or -1.</summary>
    public int IndexOf(string label) => _positions.GetValueOrDefault(label, -1);

    /// <summary>The images whose label is chosen, in order; the others are counted.</summary>
    public IEnumerable<LabeledImage> Among(IEnumerable<LabeledImage> images)
    {
        _leftOut.Clear();
        foreach (LabeledImage image in images)
        {
            if (_positions.ContainsKey(image.Label))
            {
                yield return image;
                continue;
            }

            _leftOut[image.Label] = _leftOut.GetValueOrDefault(image.Label) + 1;
        }
    }
}
