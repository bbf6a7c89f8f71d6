using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>A class or function that a pickle names. It remains a name: nothing is imported or called.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>The placeholder for every object that the pickle constructs by this name.</summary>
    public PickleObject Object { get; } = new($"{Module}.{Name}");

    public override string ToString() => Object.Class;
}

/// <summary>An object that Python would construct and Cupola does not: only the name of its class is kept.</summary>
internal sealed record PickleObject(string Class);

/// <summary>A block of numbers outside the pickle.</summary>
/// <param name="Key">Its name in the archive.</param>
/// <param name="Class">Its class in PyTorch.</param>
/// <param name="Type">Its element type; null if it contains bytes, or numbers of an unsupported type.</param>
/// <param name="ElementBytes">The size of one element in bytes.</param>
internal sealed record PickleStorage(string Key, string Class, ElementType? Type, int ElementBytes);

/// <summary>A view of a storage: its element type, offset, extents and strides, all in elements.</summary>
internal sealed record PickleTensor(
    PickleStorage Storage,
    ElementType Type,
    long Offset,
    IReadOnlyList<long> Shape,
    IReadOnlyList<long> Strides
)
{
    /// <summary>Whether both views have the same numbers in the same order.</summary>
    public bool IsSameAs(PickleTensor other) =>
        Storage == other.Storage
        && Type == other.Type
        && Offset == other.Offset
        && Shape.SequenceEqual(other.Shape)
        && Strides.SequenceEqual(other.Strides);
}

/// <summary>
/// A dictionary of a pickle: its entries in order. Keys are never compared, so hostile keys cannot slow it down.
/// </summary>
internal sealed class PickleDictionary
{
    private List<(object? Key, object? Value)>? _entries;

    public IReadOnlyList<(object? Key, object? Value)> Entries => _entries ?? [];

    public void Add(object? key, object? value) => (_entries ??= []).Add((key, value));
}

/// <summary>A TorchScript module: a set of attributes.</summary>
internal sealed class PickleModule
{
    /// <summary>Tensors, modules and other attributes by name.</summary>
    public PickleDictionary Attributes { get; set; } = new();
}
