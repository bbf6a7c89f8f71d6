using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>A class or function that a pickle names. It is only ever a name: nothing is imported or called.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A block of numbers beside the pickle.</summary>
internal sealed record PickleStorage(string Key, ElementType Type, long Count);

/// <summary>A view of a storage: where it begins, its extents and its strides, all in elements.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, IReadOnlyList<long> Shape, IReadOnlyList<long> Strides);

/// <summary>A TorchScript module: a bag of attributes.</summary>
internal sealed class PickleModule
{
    /// <summary>Tensors, modules and whatever else the module has, by name.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; set; } = new Dictionary<string, object?>();
}
