using System.Globalization;

namespace Cupola.Checkpoints;

/// <summary>
/// Every tensor and placeholder of a pickle, by the path of keys that leads to it, as if all containers were one dictionary: any
/// container that a training program wraps around its model becomes a prefix of names.
/// </summary>
internal static class PickledTensors
{
    /// <summary>The deepest nesting of containers; real files have four levels, and TorchScript modules eight.</summary>
    private const int MaximumDepth = 64;

    /// <summary>
    /// The longest path; names of parameters are less than half as long, and shared containers multiply long names.
    /// </summary>
    private const int MaximumPath = 512;

    /// <summary>The most tensors; a checkpoint with its optimizer's state has some thousand.</summary>
    private const int MaximumTensors = 1_000_000;

    /// <summary>A value with its path.</summary>
    /// <param name="Container">The path of the container, with a dot at its end, or empty at the top.</param>
    /// <param name="Key">The last part of the path.</param>
    /// <param name="Value">A <see cref="PickleTensor"/> or a <see cref="PickleObject"/>.</param>
    internal readonly record struct Entry(string Container, string Key, object Value)
    {
        public string Name => Container + Key;
    }

    /// <summary>
    /// All tensors and placeholders, outer containers first. A container with several paths is listed under the first.
    /// </summary>
    /// <exception cref="InvalidDataException">There are more than any checkpoint has.</exception>
    public static List<Entry> In(object? root)
    {
        List<Entry> entries = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Queue<(string Path, object? Container, int Depth)> open = new([("", root, 0)]);
        if (root is PickleTensor or PickleObject)
        {
            return [new("", "", root)];
        }

        while (open.TryDequeue(out (string Path, object? Container, int Depth) next))
        {
            if (next.Container is null || next.Depth > MaximumDepth || !seen.Add(next.Container))
            {
                continue;
            }

            foreach ((object? key, object? value) in Members(next.Container))
            {
                string name = key switch
                {
                    string text => text,
                    long number => number.ToString(CultureInfo.InvariantCulture),
                    _ => "(key)",
                };
                if (next.Path.Length + name.Length > MaximumPath)
                {
                    continue;
                }

                if (value is PickleTensor or PickleObject)
                {
                    entries.Add(
                        entries.Count < MaximumTensors
                            ? new(next.Path, name, value)
                            : throw new InvalidDataException("it contains more than a million tensors")
                    );
                }
                else if (value is PickleDictionary or PickleModule or List<object?> or object?[])
                {
                    open.Enqueue(($"{next.Path}{name}.", value, next.Depth + 1));
                }
            }
        }

        return entries;
    }

    private static IEnumerable<(object? Key, object? Value)> Members(object container) =>
        container switch
        {
            PickleDictionary dictionary => dictionary.Entries,
            PickleModule module => module.Attributes.Entries,
            IReadOnlyList<object?> list => list.Select(static (value, index) => ((object?)(long)index, value)),
            _ => [],
        };
}
