using System.Buffers.Binary;
using System.Numerics;
using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>
/// A file that PyTorch saved (<c>.pt</c>, <c>.pth</c>, <c>.bin</c>): a zip archive, the older format without zip, or a
/// TorchScript archive as OpenAI publishes. It is read by a machine that can make tensors, numbers, texts and containers
/// and nothing else. Contiguous tensors are used where they lie in the mapped file.
/// </summary>
/// <remarks>
/// Of a training checkpoint the tensors under <c>state_dict</c> or <c>model</c> count, and a beginning <c>module.</c> that
/// all names have is dropped; whatever else is in there is left alone.
/// </remarks>
public sealed class TorchArchive : TensorFile
{
    /// <summary>The pickle describes the tensors and does not hold them; that of the largest models has some megabytes.</summary>
    private const int MaximumPickleBytes = 256 << 20;

    /// <summary>Modules within modules; CLIP has six.</summary>
    private const int MaximumDepth = 64;

    private const int MaximumModules = 100_000;

    /// <summary>What the older format begins with (torch/serialization.py, MAGIC_NUMBER).</summary>
    private static readonly BigInteger MagicNumber = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private readonly TensorMemory _memory;
    private readonly List<TensorMemory> _copies = [];

    /// <summary>Maps a file and reads what it says of its tensors.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or holds something else than tensors, numbers, texts and containers.</exception>
    public TorchArchive(string path)
        : base(path)
    {
        _memory = TensorMemory.Map(path);
        try
        {
            Tensors = _memory.ByteCount >= 2 && _memory.Slice(0, 2).SequenceEqual("PK"u8) ? ReadZip() : ReadOld();
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException or ArgumentOutOfRangeException)
        {
            Dispose();
            string why = exception is InvalidDataException ? ForeignText.Shown(exception.Message) : "its sizes are impossible";
            throw new InvalidDataException($"{path} cannot be read: {why}.", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Whether it is a TorchScript archive, as OpenAI publishes.</summary>
    internal bool IsTorchScript { get; private set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _copies.ForEach(static copy => copy.Dispose());
        _memory.Dispose();
    }

    private Dictionary<string, StoredTensor> ReadZip()
    {
        Dictionary<string, (long Offset, long Length)> entries = ZipDirectory.Read(_memory);
        string pickleName = entries.Keys.Where(static name => name.EndsWith("/data.pkl", StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new InvalidDataException("it is a zip archive without an uncompressed data.pkl, so PyTorch did not save it");
        string top = pickleName[..^"data.pkl".Length];
        IsTorchScript = entries.ContainsKey($"{top}constants.pkl");
        if (entries.TryGetValue($"{top}byteorder", out (long Offset, long Length) order) && !_memory.Slice(order.Offset, (int)order.Length).SequenceEqual("little"u8))
        {
            throw new InvalidDataException("its numbers are big-endian");
        }

        (long offset, long length) = entries[pickleName];
        byte[] pickle = length <= MaximumPickleBytes ? _memory.Slice(offset, (int)length).ToArray() : throw new InvalidDataException("its pickle is too large");
        return Place(new RestrictedUnpickler(pickle, IsTorchScript).Read(), storage => entries.TryGetValue($"{top}data/{storage.Key}", out (long Offset, long Length) entry)
            ? entry
            : throw new InvalidDataException($"the storage {storage.Key} is missing or compressed"));
    }

    /// <summary>Five pickles in a row, then each storage's length and bytes (torch/serialization.py, _legacy_save).</summary>
    private Dictionary<string, StoredTensor> ReadOld()
    {
        byte[] pickles = _memory.Slice(0, (int)Math.Min(_memory.ByteCount, MaximumPickleBytes)).ToArray();
        int position = 0;
        object? Next()
        {
            RestrictedUnpickler unpickler = new(pickles.AsMemory(position), isTorchScript: false);
            object? value = unpickler.Read();
            position += unpickler.Position;
            return value;
        }

        if (Next() is not BigInteger magic || magic != MagicNumber)
        {
            throw new InvalidDataException("it does not begin as PyTorch's files do");
        }

        Next();
        Next();
        object? root = Next();
        if (Next() is not List<object?> keys)
        {
            throw new InvalidDataException("it does not say which storages it has");
        }

        var types = new Dictionary<string, ElementType>(StringComparer.Ordinal);
        foreach (PickleTensor tensor in NamedTensors(root).Select(static entry => entry.Tensor))
        {
            types[tensor.Storage.Key] = tensor.Storage.Type;
        }

        var places = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        long place = position;
        foreach (string key in keys.OfType<string>())
        {
            // A storage that no tensor of ours uses has an unknown element size; those behind it cannot be found.
            if (!types.TryGetValue(key, out ElementType type) || place > _memory.ByteCount - 8)
            {
                break;
            }

            long length = checked(BinaryPrimitives.ReadInt64LittleEndian(_memory.Slice(place, 8)) * type.ByteSize());
            if (length < 0 || length > _memory.ByteCount - place - 8)
            {
                throw new InvalidDataException($"the storage {key} is cut off");
            }

            places[key] = (place + 8, length);
            place += 8 + length;
        }

        return Place(root, storage => places.TryGetValue(storage.Key, out (long Offset, long Length) found) ? found : throw new InvalidDataException($"the storage {storage.Key} is missing"));
    }

    private Dictionary<string, StoredTensor> Place(object? root, Func<PickleStorage, (long Offset, long Length)> find)
    {
        (string Name, PickleTensor Tensor)[] named = [.. NamedTensors(root)];
        if (named.Length == 0)
        {
            throw new InvalidDataException("it holds no tensors");
        }

        const string wrapper = "module.";
        int skip = named.All(static entry => entry.Name.StartsWith(wrapper, StringComparison.Ordinal)) ? wrapper.Length : 0;
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string name, PickleTensor tensor) in named)
        {
            (long offset, long length) = find(tensor.Storage);
            tensors[name[skip..]] = Place(name[skip..], tensor, offset, length);
        }

        return tensors;
    }

    private StoredTensor Place(string name, PickleTensor tensor, long offset, long length)
    {
        int size = tensor.Storage.Type.ByteSize();
        long count = tensor.Shape.Aggregate(1L, static (product, extent) => checked(product * extent));
        long last = tensor.Offset;
        bool isContiguous = tensor.Strides.Count == tensor.Shape.Count ? true : throw new InvalidDataException($"tensor '{name}' has not one stride an axis");
        long expected = 1;
        for (int axis = tensor.Shape.Count - 1; axis >= 0; axis--)
        {
            isContiguous &= tensor.Shape[axis] == 1 || tensor.Strides[axis] == expected;
            expected = checked(expected * tensor.Shape[axis]);
            last = checked(last + (Math.Max(tensor.Shape[axis] - 1, 0) * tensor.Strides[axis]));
        }

        // A stride of 0 could make a small file a large tensor.
        if (count > 0 && (last >= length / size || count > length / size))
        {
            throw new InvalidDataException($"tensor '{name}' reaches outside its storage");
        }

        if (count == 0 || isContiguous)
        {
            return new(name, tensor.Storage.Type, tensor.Shape, _memory, offset + (tensor.Offset * size));
        }

        TensorMemory copy = TensorMemory.Allocate(count * size);
        _copies.Add(copy);
        CopyStrided(tensor, size, offset, copy);
        return new(name, tensor.Storage.Type, tensor.Shape, copy, 0);
    }

    private void CopyStrided(PickleTensor tensor, int size, long offset, TensorMemory copy)
    {
        var index = new long[tensor.Shape.Count];
        for (long written = 0; written < copy.ByteCount; written += size)
        {
            long element = tensor.Offset;
            for (int axis = 0; axis < index.Length; axis++)
            {
                element += index[axis] * tensor.Strides[axis];
            }

            _memory.Slice(offset + (element * size), size).CopyTo(copy.Slice(written, size));
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == tensor.Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
    }

    private static List<(string Name, PickleTensor Tensor)> NamedTensors(object? root)
    {
        if (root is PickleModule module)
        {
            return OfModules(module);
        }

        // Checkpoints wrap their tensors once or twice; a pickle may wrap them in themselves.
        for (int depth = 0; depth < MaximumDepth && root is Dictionary<object, object?> dictionary; depth++)
        {
            root = dictionary.GetValueOrDefault("state_dict") as Dictionary<object, object?> ?? dictionary.GetValueOrDefault("model") as Dictionary<object, object?>;
            if (root is null)
            {
                return [.. dictionary.Where(static entry => entry.Key is string && entry.Value is PickleTensor).Select(static entry => ((string)entry.Key, (PickleTensor)entry.Value!))];
            }
        }

        return [];
    }

    private static List<(string Name, PickleTensor Tensor)> OfModules(PickleModule root)
    {
        List<(string, PickleTensor)> tensors = [];
        Stack<(string Prefix, PickleModule Module, int Depth)> open = new([("", root, 0)]);
        for (int visited = 0; open.TryPop(out (string Prefix, PickleModule Module, int Depth) next); visited++)
        {
            if (next.Depth > MaximumDepth || visited > MaximumModules)
            {
                throw new InvalidDataException("its modules are nested without end");
            }

            foreach ((string name, object? value) in next.Module.Attributes)
            {
                if (value is PickleTensor tensor)
                {
                    tensors.Add((next.Prefix + name, tensor));
                }
                else if (value is PickleModule inner)
                {
                    open.Push(($"{next.Prefix}{name}.", inner, next.Depth + 1));
                }
            }
        }

        return tensors;
    }
}
