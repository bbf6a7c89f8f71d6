using System.Globalization;

namespace Cupola.Checkpoints;

/// <summary>
/// Everything in a pickle that is a tensor or a placeholder, by the path of keys that leads to it, as if all its containers were
/// one dictionary: whatever a training program wraps its model in is then a beginning of names.
/// </summary>
internal static class PickledTensors
{
    /// <summary>Containers in containers; real ones have four, and a TorchScript's modules eight.</summary>
    private const int MaximumDepth = 64;

    /// <summary>No parameter's name is half as long, and a container that many others hold has a name for each.</summary>
    private const int MaximumPath = 512;

    /// <summary>A checkpoint with its optimizer's state has some thousand.</summary>
    private const int MaximumTensors = 1_000_000;

    /// <summary>What stands at a path.</summary>
    /// <param name="Container">The path of the container, with a point at its end, or nothing at the top.</param>
    /// <param name="Key">The rest.</param>
    /// <param name="Value">A <see cref="PickleTensor"/> or a <see cref="PickleObject"/>.</param>
    internal readonly record struct Entry(string Container, string Key, object Value)
    {
        public string Name => Container + Key;
    }

    /// <summary>
    /// All of them, outer containers first. A container that stands in several places is looked at in the first.
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
                            : throw new InvalidDataException("it holds more than a million tensors")
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
