using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Cupola.Checkpoints;
using Cupola.Graphs;

namespace Cupola.Tests.Checkpoints;

/// <summary>
/// Writes tensors as PyTorch does: a zip archive with a pickle and one entry a storage. As a state dictionary, or as the tree of
/// modules of a TorchScript archive, which is how OpenAI publishes its models.
/// </summary>
internal sealed class TorchArchiveWriter
{
    private readonly List<byte> _pickle = [0x80, 2];
    private readonly List<byte[]> _storages = [];

    /// <summary>Writes a dictionary from names to tensors.</summary>
    public static void WriteStateDictionary(string path, IEnumerable<StoredTensor> tensors)
    {
        TorchArchiveWriter writer = new();
        writer.Write("}(");
        foreach (StoredTensor tensor in tensors)
        {
            writer.WriteText(tensor.Name);
            writer.WriteTensor(tensor);
        }

        writer.Write("u.");
        writer.Save(path, isScript: false);
    }

    /// <summary>
    /// Writes modules within modules, as the points in the names say, and the three counts that OpenAI's archives have beside the
    /// parameters.
    /// </summary>
    public static void WriteScript(string path, IEnumerable<StoredTensor> tensors)
    {
        TorchArchiveWriter writer = new();
        writer.WriteModule(
            [.. tensors.Select(static tensor => (tensor.Name, tensor))],
            ["input_resolution", "context_length", "vocab_size"]
        );
        writer.Write(".");
        writer.Save(path, isScript: true);
    }

    private void WriteModule((string Name, StoredTensor Tensor)[] members, string[] counts)
    {
        Write("c__torch__.clip.model\nModule\n)\u0081}(");
        foreach (
            IGrouping<string, (string Name, StoredTensor Tensor)> group in members.GroupBy(
                static member => member.Name.Split('.')[0],
                StringComparer.Ordinal
            )
        )
        {
            WriteText(group.Key);
            if (group.First() is var member && member.Name == group.Key)
            {
                WriteTensor(member.Tensor);
            }
            else
            {
                WriteModule([.. group.Select(inner => (inner.Name[(group.Key.Length + 1)..], inner.Tensor))], []);
            }
        }

        foreach (string count in counts)
        {
            WriteText(count);
            WriteTensor(ElementType.Int64, [], new byte[sizeof(long)]);
        }

        Write("ub");
    }

    private void WriteTensor(StoredTensor tensor) => WriteTensor(tensor.Type, tensor.Shape, tensor.ToArray<byte>());

    /// <summary>_rebuild_tensor_v2(("storage", class, key, device, count), 0, shape, strides, False, OrderedDict()).</summary>
    private void WriteTensor(ElementType type, IReadOnlyList<long> shape, byte[] bytes)
    {
        Write("ctorch._utils\n_rebuild_tensor_v2\n((");
        WriteText("storage");
        Write($"ctorch\n{type switch { ElementType.Int64 => "Long", ElementType.Float16 => "Half", _ => "Float" }}Storage\n");
        WriteText($"{_storages.Count}");
        WriteText("cpu");
        WriteNumbers(bytes.Length / type.ByteSize());
        Write("tQ");
        WriteNumbers(0);
        Write("(");
        WriteNumbers([.. shape]);
        Write("t(");
        WriteNumbers([
            .. shape.Select((_, axis) => shape.Skip(axis + 1).Aggregate(1L, static (product, extent) => product * extent)),
        ]);
        Write("t\u0089ccollections\nOrderedDict\n)RtR");
        _storages.Add(bytes);
    }

    private void WriteText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text),
            length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Write("X");
        _pickle.AddRange([.. length, .. bytes]);
    }

    private void WriteNumbers(params ReadOnlySpan<long> numbers)
    {
        byte[] four = new byte[4];
        foreach (long number in numbers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(four, checked((int)number));
            Write("J");
            _pickle.AddRange(four);
        }
    }

    /// <summary>Operations, one a character.</summary>
    private void Write(string operations) => _pickle.AddRange(Encoding.Latin1.GetBytes(operations));

    private void Save(string path, bool isScript)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        void Add(string name, byte[] bytes)
        {
            using Stream entry = zip.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
            entry.Write(bytes);
        }

        Add("data.pkl", [.. _pickle]);
        if (isScript)
        {
            // What a script holds beside its tensors; it is code, and never looked at.
            Add("constants.pkl", [0x80, 2, .. ")."u8]);
        }

        foreach ((int key, byte[] bytes) in _storages.Index())
        {
            Add($"data/{key}", bytes);
        }
    }
}
