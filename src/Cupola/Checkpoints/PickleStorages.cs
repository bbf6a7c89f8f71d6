using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>PyTorch's classes of storages and its element types, by name, and the tensors that are views of storages.</summary>
internal static class PickleStorages
{
    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = ElementType.Float32,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["DoubleStorage"] = ElementType.Float64,
        ["LongStorage"] = ElementType.Int64,
        ["IntStorage"] = ElementType.Int32,
        ["ShortStorage"] = ElementType.Int16,
        ["CharStorage"] = ElementType.Int8,
        ["ByteStorage"] = ElementType.UInt8,
        ["BoolStorage"] = ElementType.Boolean,
    };

    /// <summary>
    /// Storages of unsupported types, with their element size in bytes, which is needed to find the storages after them.
    /// </summary>
    private static readonly Dictionary<string, int> OtherBytes = new(StringComparer.Ordinal)
    {
        ["UntypedStorage"] = 1,
        ["_UntypedStorage"] = 1,
        ["QInt8Storage"] = 1,
        ["QUInt8Storage"] = 1,
        ["QUInt4x2Storage"] = 1,
        ["QUInt2x4Storage"] = 1,
        ["QInt32Storage"] = 4,
        ["ComplexFloatStorage"] = 8,
        ["ComplexDoubleStorage"] = 16,
    };

    /// <summary>PyTorch's names of element types.</summary>
    private static readonly Dictionary<string, ElementType> ElementTypes = new(StringComparer.Ordinal)
    {
        ["float32"] = ElementType.Float32,
        ["float"] = ElementType.Float32,
        ["float16"] = ElementType.Float16,
        ["half"] = ElementType.Float16,
        ["bfloat16"] = ElementType.BFloat16,
        ["float64"] = ElementType.Float64,
        ["double"] = ElementType.Float64,
        ["int64"] = ElementType.Int64,
        ["int32"] = ElementType.Int32,
        ["int16"] = ElementType.Int16,
        ["int8"] = ElementType.Int8,
        ["uint8"] = ElementType.UInt8,
        ["bool"] = ElementType.Boolean,
    };

    /// <summary>A storage of a PyTorch class, or null for another class.</summary>
    public static PickleStorage? Open(PickleGlobal type, string key)
    {
        if (type.Module is not ("torch" or "torch.cuda" or "torch.storage"))
        {
            return null;
        }

        return Types.TryGetValue(type.Name, out ElementType element) ? new(key, type.ToString(), element, element.ByteSize())
            : OtherBytes.TryGetValue(type.Name, out int bytes) ? new(key, type.ToString(), null, bytes)
            : null;
    }

    /// <summary>
    /// The tensor that PyTorch's functions construct from (storage, offset, shape, strides, requires_grad, hooks, and more); null
    /// if it cannot be read because its element type is unsupported or it is a conjugated or negated view.
    /// </summary>
    public static PickleTensor? View(object?[] arguments)
    {
        if (arguments is not [PickleStorage storage, long offset, object?[] shape, object?[] strides, ..] || offset < 0)
        {
            return null;
        }

        ElementType? type = storage.Type;
        if (
            type is null
            && arguments is [_, _, _, _, _, _, PickleGlobal { Module: "torch" } named, ..]
            && ElementTypes.TryGetValue(named.Name, out ElementType known)
        )
        {
            type = known;
        }

        bool isChanged = arguments
            .Skip(6)
            .OfType<PickleDictionary>()
            .Any(static bits => bits.Entries.Any(static bit => bit.Value is true));
        return
            type is { } element
            && !isChanged
            && Integers(shape) is { } extents
            && Integers(strides) is { } steps
            && extents.Length == steps.Length
            ? new(storage, element, offset, extents, steps)
            : null;
    }

    private static long[]? Integers(object?[] values) =>
        values.All(static value => value is >= 0L) ? [.. values.Cast<long>()] : null;
}
