namespace Cupola.Checkpoints;

/// <summary>
/// The objects that a pickle constructs by name. PyTorch's tensors and Python's containers are supported; everything else is a
/// placeholder, so that other content of a training checkpoint does not prevent the model from being read.
/// </summary>
internal sealed class PickleObjects(bool isTorchScript)
{
    /// <summary>The most names that are reported.</summary>
    private const int MaximumTold = 4;

    /// <summary>The modules of names that training code commonly writes; they are not reported.</summary>
    private static readonly string[] CommonModules =
    [
        "torch",
        "numpy",
        "argparse",
        "collections",
        "copyreg",
        "copy_reg",
        "_codecs",
        "pathlib",
        "datetime",
        "decimal",
        "enum",
        "types",
        "typing",
        "functools",
        "omegaconf",
        "pytorch_lightning",
        "lightning",
        "lightning_fabric",
        "transformers",
        "accelerate",
        "deepspeed",
        "ml_collections",
        "easydict",
        "addict",
        "yacs",
        "PIL",
        "array",
        "random",
        "uuid",
        "open_clip",
        "clip",
        "timm",
    ];

    /// <summary>Python's own names that only construct a value.</summary>
    private static readonly HashSet<string> CommonNames = new(StringComparer.Ordinal)
    {
        "set",
        "frozenset",
        "bytearray",
        "bytes",
        "complex",
        "slice",
        "range",
        "xrange",
        "object",
        "list",
        "tuple",
        "dict",
        "int",
        "long",
        "float",
        "str",
        "unicode",
        "bool",
        "Ellipsis",
        "NotImplemented",
        "type",
        "reversed",
        "enumerate",
        "zip",
        "map",
        "filter",
    };

    private readonly SortedSet<string> _uncommon = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _storageBytes = new(StringComparer.Ordinal);

    /// <summary>The first few names that lists of tensors never need and training code hardly ever.</summary>
    public IReadOnlyCollection<string> Uncommon => _uncommon;

    /// <summary>The element size in bytes of each named storage, by the storage's key.</summary>
    public IReadOnlyDictionary<string, int> StorageBytes => _storageBytes;

    /// <summary>A class or function by its name; an uncommon name is recorded.</summary>
    public PickleGlobal Name(string module, string name)
    {
        PickleGlobal global = new(module, name);
        if (!IsCommon(global) && _uncommon.Count < MaximumTold)
        {
            _uncommon.Add(global.ToString());
        }

        return global;
    }

    /// <summary>The result of a call, or of a class with arguments.</summary>
    /// <exception cref="InvalidDataException">The called object is not callable.</exception>
    public object? Make(object? callable, object? arguments)
    {
        if (callable is PickleGlobal global)
        {
            return arguments is object?[] list ? Make(global, list) : global.Object;
        }

        return callable as PickleObject ?? throw PickleBytes.Damaged();
    }

    /// <summary>
    /// A storage by its persistent id, ("storage", its class, its key, its device, its length), or a placeholder.
    /// </summary>
    public object Persistent(object? id)
    {
        if (
            id is not object?[] { Length: >= 5 } parts
            || parts is not ["storage", PickleGlobal type, string key, _, long, ..]
            || PickleStorages.Open(type, key) is not { } storage
        )
        {
            return new PickleObject("something beside the pickle");
        }

        _storageBytes.TryAdd(key, storage.ElementBytes);
        // In old files a sixth part marks a view of another storage.
        return parts.Length == 5 || parts[5] is null ? storage : new PickleObject("a part of another storage");
    }

    /// <summary>Whether training checkpoints commonly contain this name.</summary>
    private static bool IsCommon(PickleGlobal global) =>
        global.Module is "builtins" or "__builtin__"
            ? CommonNames.Contains(global.Name)
            : CommonModules.Contains(global.Module.Split('.')[0], StringComparer.Ordinal)
                || global.Module.StartsWith("__torch__", StringComparison.Ordinal);

    private object? Make(PickleGlobal global, object?[] arguments)
    {
        switch (global.ToString())
        {
            case "collections.OrderedDict" or "collections.defaultdict" or "builtins.dict" or "__builtin__.dict":
                return DictionaryOf(arguments);
            case "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v3":
                return PickleStorages.View(arguments) ?? (object)global.Object;
            case "torch._utils._rebuild_parameter"
            or "torch._utils._rebuild_parameter_with_state"
            or "torch.nn.parameter.Parameter"
            or "torch.nn.parameter.Buffer" when arguments is [PickleTensor or PickleObject, ..]:
                return arguments[0];
            case "torch._tensor._rebuild_from_type_v2"
            or "torch._tensor._rebuild_from_type"
                when arguments is [PickleGlobal function, PickleGlobal, object?[] inner, ..]
                    && function.ToString().StartsWith("torch._utils.", StringComparison.Ordinal):
                return Make(function, inner);
            case "torch.Size" when arguments is [object?[] extents]:
                return extents;
            case "torch.jit._pickle.restore_type_tag" when arguments is [{ } tagged, ..]:
                return tagged;
            case var name when name.StartsWith("torch.jit._pickle.", StringComparison.Ordinal) && arguments is [{ } list]:
                return list;
            default:
                // TorchScript's own classes, whose code is beside the pickle and is not read.
                return isTorchScript && global.Module.StartsWith("__torch__", StringComparison.Ordinal)
                    ? new PickleModule()
                    : global.Object;
        }
    }

    /// <summary>An empty dictionary to be filled; Python 2 gives the entries of an ordered one as pairs at once.</summary>
    private static PickleDictionary DictionaryOf(object?[] arguments)
    {
        PickleDictionary dictionary = new();
        foreach (object? entry in arguments is [List<object?> pairs] ? pairs : [])
        {
            if (entry is IReadOnlyList<object?> { Count: 2 } pair)
            {
                dictionary.Add(pair[0], pair[1]);
            }
        }

        return dictionary;
    }
}
