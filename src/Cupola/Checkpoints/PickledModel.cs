namespace Cupola.Checkpoints;

/// <summary>The model's tensors in what a pickle holds, and what is to be said of the rest.</summary>
/// <param name="Tensors">By the names they have in the model.</param>
/// <param name="Notes">Whole sentences.</param>
internal sealed record PickledModel(IReadOnlyList<(string Name, PickleTensor Tensor)> Tensors, IReadOnlyList<string> Notes)
{
    private const string Parallel = "module.";

    /// <summary>Finds the model.</summary>
    /// <param name="root">What the pickle holds.</param>
    /// <param name="objects">What was named on the way.</param>
    /// <param name="path">The file, for sentences.</param>
    /// <param name="isShard">Whether the file is one of several; then its names stay as they are.</param>
    /// <exception cref="InvalidDataException">There is none, or it is not made of tensors; the message is the end of a
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

        string[] told = [.. Told(path, objects)];
        if (isShard || ModelNames.Find(values.Keys, AreSame) is not { Tensors.Count: > 0 } found)
        {
            return new(root is PickleModule ? OfModules(entries) : Largest(entries, isShard), told);
        }

        List<(string, PickleTensor)> tensors = [];
        Dictionary<string, string> inFile = new(StringComparer.Ordinal);
        foreach ((string name, string own) in found.Tensors)
        {
            if (!inFile.TryAdd(own, name) || repeated.Contains(name))
            {
                throw new InvalidDataException($"it holds '{own}' twice");
            }

            if (values[name] is PickleTensor tensor)
            {
                tensors.Add((own, tensor));
            }
            else if (values[name] is PickleObject other && ParameterNames.IsParameter(own))
            {
                throw new InvalidDataException(
                    $"'{name}' is a {other.Class} in place of a tensor, and nothing of it was run; "
                        + "save the model's state_dict with plain tensors"
                );
            }
        }

        string[] leftOut = [.. found.LeftOut.Where(name => values[name] is PickleTensor)];
        return new(tensors, [.. told, .. (found with { LeftOut = leftOut }).Notes(path)]);
    }

    private static IEnumerable<string> Told(string path, PickleObjects objects)
    {
        if (objects.Uncommon.Count > 0)
        {
            yield return $"{path} names {FoundModel.List(objects.Uncommon, 3)} beside the model; nothing of it was run.";
        }
    }

    /// <summary>All tensors of a TorchScript archive, whose modules are no containers of models but parts of one.</summary>
    private static List<(string Name, PickleTensor Tensor)> OfModules(List<PickledTensors.Entry> entries)
    {
        IEnumerable<PickledTensors.Entry> tensors = entries.Where(static entry => entry.Value is PickleTensor);
        return
        [
            .. tensors
                .DistinctBy(static entry => entry.Name, StringComparer.Ordinal)
                .Select(static entry => (entry.Name, (PickleTensor)entry.Value)),
        ];
    }

    /// <summary>The tensors of the dictionary that has most; a beginning <c>module.</c> that all have is dropped.</summary>
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
                    ? $"it holds no tensors but an object of the class {name}, and nothing of it was run; "
                        + "save the model's state_dict in place of the model"
                    : "it holds no tensors"
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
