using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>
/// The classes and functions that a pickle of PyTorch's may name, and what Cupola makes in their place. Whatever is not
/// here is refused by name.
/// </summary>
internal static class PickleGlobals
{
    private static readonly Dictionary<string, ElementType> Storages = new(StringComparer.Ordinal)
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

    /// <summary>Names that stand for themselves: element types and devices, which a list of tensors does not need.</summary>
    private static readonly HashSet<string> Inert = new(StringComparer.Ordinal)
    {
        "torch.float32", "torch.float16", "torch.bfloat16", "torch.float64", "torch.int64", "torch.int32", "torch.int16", "torch.int8", "torch.uint8", "torch.bool",
        "torch.device", "torch.Size", "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_parameter", "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist",
        "torch.jit._pickle.build_tensorlist",
    };

    /// <summary>Whether a pickle may name it.</summary>
    public static bool IsKnown(PickleGlobal global, bool isTorchScript) =>
        Inert.Contains(global.ToString()) || (global.Module == "torch" && Storages.ContainsKey(global.Name)) || (isTorchScript && IsModule(global));

    /// <summary>TorchScript's own classes, whose code lies beside the pickle and is not looked at.</summary>
    public static bool IsModule(PickleGlobal global) => global.Module.StartsWith("__torch__", StringComparison.Ordinal);

    /// <summary>What calling it would give: a tensor, a container, or a bag of attributes.</summary>
    /// <exception cref="InvalidDataException">The arguments are not what PyTorch writes.</exception>
    public static object? Make(PickleGlobal global, object?[] arguments)
    {
        switch (global.ToString())
        {
            case "collections.OrderedDict":
                return new Dictionary<object, object?>();
            case "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor" when arguments is [PickleStorage storage, long offset, object?[] shape, object?[] strides, ..]:
                return new PickleTensor(storage, offset, Integers(shape), Integers(strides));
            case "torch._utils._rebuild_parameter" when arguments is [PickleTensor tensor, ..]:
                return tensor;
            case "torch.Size" when arguments is [object?[] extents]:
                return extents;
            case "torch.device":
                return null;
            case var name when name.StartsWith("torch.jit._pickle.", StringComparison.Ordinal) && arguments is [{ } list]:
                return list;
            default:
                return IsModule(global) ? new PickleModule() : throw new InvalidDataException($"it calls {global} with arguments that PyTorch does not write");
        }
    }

    /// <summary>The storage that a persistent id names: ("storage", its class, its key, its device, its length).</summary>
    /// <exception cref="InvalidDataException">It is another kind of id.</exception>
    public static PickleStorage Storage(object? id) =>
        id is object?[] { Length: >= 5 } parts && parts is ["storage", PickleGlobal { Module: "torch" } type, string key, _, long count, ..] && count >= 0
            && Storages.TryGetValue(type.Name, out ElementType element) && (parts.Length == 5 || parts[5] is null)
            ? new(key, element, count)
            : throw new InvalidDataException("it refers to something beside it that is no storage");

    private static long[] Integers(object?[] values) =>
        [.. values.Select(static value => value is long number && number >= 0 ? number : throw new InvalidDataException("a tensor's shape is not made of whole numbers"))];
}
