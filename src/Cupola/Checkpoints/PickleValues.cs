using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>A class or function that a pickle names. It is only ever a name: nothing is imported or called.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>What stands for everything that the pickle makes by this name.</summary>
    public PickleObject Object { get; } = new($"{Module}.{Name}");

    public override string ToString() => Object.Class;
}

/// <summary>
/// An object that Python would make and Cupola does not: only the name of its class is kept, whatever is done to it.
/// </summary>
internal sealed record PickleObject(string Class);

/// <summary>A block of numbers beside the pickle.</summary>
/// <param name="Key">Its name there.</param>
/// <param name="Class">The class that PyTorch gives it.</param>
/// <param name="Type">What its numbers are; nothing where it is bytes, or numbers that Cupola has no type for.</param>
/// <param name="ElementBytes">The bytes of one of its numbers.</param>
internal sealed record PickleStorage(string Key, string Class, ElementType? Type, int ElementBytes);

/// <summary>A view of a storage: what its numbers are, where it begins, its extents and its strides, all in elements.</summary>
internal sealed record PickleTensor(
    PickleStorage Storage,
    ElementType Type,
    long Offset,
    IReadOnlyList<long> Shape,
    IReadOnlyList<long> Strides
)
{
    /// <summary>Whether both are the same numbers in the same order.</summary>
    public bool IsSameAs(PickleTensor other) =>
        Storage == other.Storage
        && Type == other.Type
        && Offset == other.Offset
        && Shape.SequenceEqual(other.Shape)
        && Strides.SequenceEqual(other.Strides);
}

/// <summary>A dictionary as a pickle makes it: its entries in order. Keys are never compared, so none can make it slow.</summary>
internal sealed class PickleDictionary
{
    private List<(object? Key, object? Value)>? _entries;

    public IReadOnlyList<(object? Key, object? Value)> Entries => _entries ?? [];

    public void Add(object? key, object? value) => (_entries ??= []).Add((key, value));
}

/// <summary>A TorchScript module: a bag of attributes.</summary>
internal sealed class PickleModule
{
    /// <summary>Tensors, modules and whatever else the module has, by name.</summary>
    public PickleDictionary Attributes { get; set; } = new();
}
