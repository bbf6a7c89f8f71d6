namespace Cupola.Checkpoints;

/// <summary>The model's tensors in a pickle, and notes about the rest.</summary>
/// <param name="Tensors">The tensors, by their names in the model.</param>
/// <param name="Notes">Complete sentences.</param>
internal sealed record PickledModel(IReadOnlyList<(string Name, PickleTensor Tensor)> Tensors, IReadOnlyList<string> Notes)
{
    private const string Parallel = "module.";

    /// <summary>Finds the model.</summary>
    /// <param name="root">The unpickled object.</param>
    /// <param name="objects">The names that the pickle used.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="isShard">Whether the file is one of several; then its names stay unchanged.</param>
    /// <exception cref="InvalidDataException">There is no model, or it is not made of tensors; the message is the end of a
    /// sentence.</exception>
    public static PickledModel Create(object? root, PickleObjects objects, string path, bool isShard)
    {
        List<PickledTensors.Entry> entries = PickledTensors.In(root);
        Dictionary<string, object> values = new(StringComparer.Ordinal);
        HashSet<string> repeated = new(StringComparer.Ordinal);
        foreach (PickledTensors.Entry entry in entries.Where(entry => !values.TryAdd(entry.Name, entry.Value)))
        {
            repeated.Add(entry.Name);
        }

        bool AreSame(string one, string other) =>
            values[one] is PickleTensor first && values[other] is PickleTensor second && first.IsSameAs(second);

        string[] notes = [.. NotesOnNames(path, objects)];
        if (isShard || ModelNames.Find(values.Keys, AreSame) is not { Tensors.Count: > 0 } found)
        {
            return new(root is PickleModule ? FromModules(entries) : Largest(entries, isShard), notes);
        }

        List<(string, PickleTensor)> tensors = [];
        Dictionary<string, string> inFile = new(StringComparer.Ordinal);
        foreach ((string name, string own) in found.Tensors)
        {
            if (!inFile.TryAdd(own, name) || repeated.Contains(name))
            {
                throw new InvalidDataException($"it contains '{own}' twice");
            }

            if (values[name] is PickleTensor tensor)
            {
                tensors.Add((own, tensor));
            }
            else if (values[name] is PickleObject other && ParameterNames.IsParameter(own))
            {
                throw new InvalidDataException(
                    $"'{name}' is a {other.Class} instead of a tensor, and nothing of it was run; "
                        + "save the model's state_dict with plain tensors"
                );
            }
        }

        string[] leftOut = [.. found.LeftOut.Where(name => values[name] is PickleTensor)];
        return new(tensors, [.. notes, .. (found with { LeftOut = leftOut }).Notes(path)]);
    }

    private static IEnumerable<string> NotesOnNames(string path, PickleObjects objects)
    {
        if (objects.Uncommon.Count > 0)
        {
            yield return $"{path} names {FoundModel.List(objects.Uncommon, 3)} beside the model; nothing of it was run.";
        }
    }

    /// <summary>All tensors of a TorchScript archive, whose modules are parts of one model and not several models.</summary>
    private static List<(string Name, PickleTensor Tensor)> FromModules(List<PickledTensors.Entry> entries)
    {
        IEnumerable<PickledTensors.Entry> tensors = entries.Where(static entry => entry.Value is PickleTensor);
        return
        [
            .. tensors
                .DistinctBy(static entry => entry.Name, StringComparer.Ordinal)
                .Select(static entry => (entry.Name, (PickleTensor)entry.Value)),
        ];
    }

    /// <summary>The tensors of the dictionary that has most; a prefix <c>module.</c> of all names is dropped.</summary>
    private static List<(string Name, PickleTensor Tensor)> Largest(List<PickledTensors.Entry> entries, bool isShard)
    {
        IGrouping<string, PickledTensors.Entry>? largest = entries
            .Where(static entry => entry.Value is PickleTensor)
            .GroupBy(static entry => entry.Container, StringComparer.Ordinal)
            .MaxBy(static group => group.Count());
        if (largest is null)
        {
            throw new InvalidDataException(
                entries.Find(static entry => entry.Value is PickleObject) is { Value: PickleObject { Class: string name } }
                    ? $"it contains no tensors but an object of the class {name}, and nothing of it was run; "
                        + "save the model's state_dict instead of the model"
                    : "it contains no tensors"
            );
        }

        int skip =
            !isShard && largest.All(static entry => entry.Key.StartsWith(Parallel, StringComparison.Ordinal))
                ? Parallel.Length
                : 0;
        return
        [
            .. largest
                .DistinctBy(static entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => (entry.Key[skip..], (PickleTensor)entry.Value)),
        ];
    }
}
