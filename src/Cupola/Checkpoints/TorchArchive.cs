using System.Buffers.Binary;
using System.Numerics;
using Cupola.Files;
using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>
/// A file saved by PyTorch (<c>.pt</c>, <c>.pth</c>, <c>.bin</c>, <c>.ckpt</c>): a zip archive, the older format without zip, or
/// a TorchScript archive such as OpenAI's. It is read by a restricted unpickler that constructs tensors, numbers, texts and
/// containers, and placeholders for everything else. Contiguous tensors are used from the mapped file without a copy.
/// </summary>
/// <remarks>
/// Of a training checkpoint only the model's tensors are used, wherever they are in it, without the common prefix of their names
/// (<c>state_dict</c>, <c>module.</c> and the like). If it contains no CLIP, they are those of the largest dictionary.
/// </remarks>
internal sealed class TorchArchive : TensorFile
{
    /// <summary>
    /// The largest pickle; it describes the tensors without their numbers, and takes some megabytes for the largest models.
    /// </summary>
    private const int MaximumPickleBytes = 256 << 20;

    /// <summary>The first object of the older format (torch/serialization.py, MAGIC_NUMBER).</summary>
    private static readonly BigInteger MagicNumber = BigInteger.Parse(
        "119547037146038801333356",
        System.Globalization.CultureInfo.InvariantCulture
    );

    private readonly TensorMemory _memory;
    private readonly List<TensorMemory> _copies = [];

    /// <summary>Maps a file and reads the descriptions of its tensors.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or the model's tensors are something else.</exception>
    public TorchArchive(string path)
        : this(path, isShard: false) { }

    /// <summary>Maps a file that may be one of several, whose names then stay unchanged.</summary>
    internal TorchArchive(string path, bool isShard)
        : base(path)
    {
        _memory = TensorMemory.Map(path);
        try
        {
            Tensors = _memory.ByteCount >= 2 && _memory.Slice(0, 2).SequenceEqual("PK"u8) ? ReadZip(isShard) : ReadOld(isShard);
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

    /// <summary>Whether it is a TorchScript archive such as OpenAI's.</summary>
    internal bool IsTorchScript { get; private set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _copies.ForEach(static copy => copy.Dispose());
        _memory.Dispose();
    }

    /// <summary>Notes, in complete sentences, about what was chosen and what was left out.</summary>
    internal IReadOnlyList<string> Notes { get; private set; } = [];

    private Dictionary<string, StoredTensor> ReadZip(bool isShard)
    {
        Dictionary<string, (long Offset, long Length)> entries = ZipDirectory.Read(_memory);
        string pickleName = entries
            .Keys.Where(static name => name.EndsWith("/data.pkl", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault()
            ?? throw new InvalidDataException("it is a zip archive without an uncompressed data.pkl, so PyTorch did not save it");
        string top = pickleName[..^"data.pkl".Length];
        IsTorchScript = entries.ContainsKey($"{top}constants.pkl");
        if (
            entries.TryGetValue($"{top}byteorder", out (long Offset, long Length) order)
            && !_memory.Slice(order.Offset, (int)order.Length).SequenceEqual("little"u8)
        )
        {
            throw BigEndian();
        }

        (long offset, long length) = entries[pickleName];
        byte[] pickle =
            length <= MaximumPickleBytes
                ? _memory.Slice(offset, (int)length).ToArray()
                : throw new InvalidDataException("its pickle is too large");
        RestrictedUnpickler unpickler = new(pickle, IsTorchScript);
        PickledModel model = PickledModel.Create(unpickler.Read(), unpickler.Objects, FilePath, isShard);
        return Locate(model, storage =>
            entries.TryGetValue($"{top}data/{storage.Key}", out (long Offset, long Length) entry)
                ? entry
                : throw new InvalidDataException($"the storage {storage.Key} is missing or compressed")
        );
    }

    /// <summary>Five pickles in a row, then each storage's length and bytes (torch/serialization.py, _legacy_save).</summary>
    private Dictionary<string, StoredTensor> ReadOld(bool isShard)
    {
        byte[] pickles = _memory.Slice(0, (int)Math.Min(_memory.ByteCount, MaximumPickleBytes)).ToArray();
        int position = 0;
        (object? Value, PickleObjects Objects) Next()
        {
            RestrictedUnpickler unpickler = new(pickles.AsMemory(position), isTorchScript: false);
            object? value = unpickler.Read();
            position += unpickler.Position;
            return (value, unpickler.Objects);
        }

        (object? first, PickleObjects named) = Next();
        if (first is not BigInteger magic || magic != MagicNumber)
        {
            string called =
                named.Uncommon.Count == 0 ? "" : $"names {FoundModel.List(named.Uncommon, 3)}, of which nothing was run, and ";
            throw new InvalidDataException($"it {called}does not begin like PyTorch's files; save the model with torch.save");
        }

        Next();
        if (Next().Value is PickleDictionary machine && machine.Entries.Contains(("little_endian", false)))
        {
            throw BigEndian();
        }

        (object? root, PickleObjects objects) = Next();
        PickledModel model = PickledModel.Create(root, objects, FilePath, isShard);
        if (Next().Value is not List<object?> keys)
        {
            throw new InvalidDataException("it does not say which storages it has");
        }

        Dictionary<string, (long Offset, long Length)> storages = FindStorages(keys, objects.StorageBytes, position);
        return Locate(model, storage =>
            storages.TryGetValue(storage.Key, out (long Offset, long Length) found)
                ? found
                : throw new InvalidDataException($"the storage {storage.Key} is missing")
        );
    }

    private Dictionary<string, (long Offset, long Length)> FindStorages(
        List<object?> keys,
        IReadOnlyDictionary<string, int> elementBytes,
        long start
    )
    {
        var storages = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        foreach (string key in keys.OfType<string>())
        {
            // A storage of an unknown type has an unknown length, so the storages after it cannot be found.
            if (!elementBytes.TryGetValue(key, out int bytes) || start > _memory.ByteCount - 8)
            {
                break;
            }

            long length = checked(BinaryPrimitives.ReadInt64LittleEndian(_memory.Slice(start, 8)) * bytes);
            if (length < 0 || length > _memory.ByteCount - start - 8)
            {
                throw new InvalidDataException($"the storage {key} is truncated");
            }

            storages[key] = (start + 8, length);
            start += 8 + length;
        }

        return storages;
    }

    private Dictionary<string, StoredTensor> Locate(PickledModel model, Func<PickleStorage, (long Offset, long Length)> find)
    {
        Notes = model.Notes;
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string name, PickleTensor tensor) in model.Tensors)
        {
            (long offset, long length) = find(tensor.Storage);
            tensors.Add(name, Locate(name, tensor, offset, length));
        }

        return tensors;
    }

    private StoredTensor Locate(string name, PickleTensor tensor, long offset, long length)
    {
        int size = tensor.Type.ByteSize();
        long count = tensor.Shape.Aggregate(1L, static (product, extent) => checked(product * extent));
        long last = tensor.Offset;
        bool isContiguous = true;
        long expected = 1;
        for (int axis = tensor.Shape.Count - 1; axis >= 0; axis--)
        {
            isContiguous &= tensor.Shape[axis] == 1 || tensor.Strides[axis] == expected;
            expected = checked(expected * tensor.Shape[axis]);
            last = checked(last + (Math.Max(tensor.Shape[axis] - 1, 0) * tensor.Strides[axis]));
        }

        // With a stride of 0 a small file could claim a large tensor.
        if (count > 0 && (last >= length / size || count > length / size))
        {
            throw new InvalidDataException($"tensor '{name}' exceeds its storage");
        }

        if (count == 0 || isContiguous)
        {
            return new(name, tensor.Type, tensor.Shape, _memory, offset + (tensor.Offset * size));
        }

        TensorMemory copy = TensorMemory.Allocate(count * size);
        _copies.Add(copy);
        CopyStrided(tensor, size, offset, copy);
        return new(name, tensor.Type, tensor.Shape, copy, 0);
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

    private static InvalidDataException BigEndian() =>
        new("its numbers are big-endian; load and save it with PyTorch on a little-endian machine");
}
