using System.Buffers.Binary;
using System.Text.Json;
using Cupola.Files;
using Cupola.Graphs;
using static System.FormattableString;

namespace Cupola.Checkpoints;

/// <summary>
/// A memory-mapped safetensors file: eight bytes of header length, a JSON header, the tensors' bytes. It is as strict as the
/// format's reference: every byte after the header belongs to exactly one tensor.
/// </summary>
internal sealed class SafetensorsFile : TensorFile
{
    /// <summary>The limit that the format sets.</summary>
    private const long MaximumHeaderBytes = 100_000_000;

    /// <summary>The format's names of the supported element types.</summary>
    private static readonly Dictionary<string, ElementType> TypeNames = new(StringComparer.Ordinal)
    {
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["F64"] = ElementType.Float64,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Boolean,
    };

    private readonly TensorMemory _memory;

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="InvalidDataException">It is not safetensors, or is damaged.</exception>
    public SafetensorsFile(string path)
        : base(path)
    {
        _memory = TensorMemory.Map(path);
        try
        {
            Tensors = ReadHeader();
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>The texts in the header's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Writes float32 tensors one after the other; the file is written atomically.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="tensors">Name, shape and a function that fills in the numbers when the tensor is written.</param>
    /// <param name="metadata">Texts for the header.</param>
    public static void Write(
        string path,
        IReadOnlyList<(string Name, IReadOnlyList<long> Shape, Action<Stream> Write)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    ) => Write(path, ElementType.Float32, tensors, metadata);

    /// <summary>Writes tensors of one type one after the other; the file is written atomically.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="type">The element type: float32, float16 or bfloat16.</param>
    /// <param name="tensors">Name, shape and a function that fills in the numbers when the tensor is written.</param>
    /// <param name="metadata">Texts for the header.</param>
    internal static void Write(
        string path,
        ElementType type,
        IReadOnlyList<(string Name, IReadOnlyList<long> Shape, Action<Stream> Write)> tensors,
        IReadOnlyDictionary<string, string>? metadata
    ) => Write(path, [.. tensors.Select(tensor => (tensor.Name, type, tensor.Shape, tensor.Write))], metadata);

    /// <summary>Writes tensors of several types one after the other; the file is written atomically.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="tensors">
    /// Name, type, shape and a function that fills in the numbers when the tensor is written. The first lies at a multiple of 64
    /// bytes, the others behind it without gaps: those of larger elements come first where they are to be used in place.
    /// </param>
    /// <param name="metadata">Texts for the header.</param>
    internal static void Write(
        string path,
        IReadOnlyList<(string Name, ElementType Type, IReadOnlyList<long> Shape, Action<Stream> Write)> tensors,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WritePropertyName("__metadata__");
                JsonSerializer.Serialize(json, metadata);
            }

            long offset = 0;
            foreach ((string name, ElementType type, IReadOnlyList<long> shape, _) in tensors)
            {
                long end =
                    offset + (shape.Aggregate(1L, static (product, extent) => checked(product * extent)) * type.ByteSize());
                json.WriteStartObject(name);
                json.WriteString("dtype", TypeNames.First(known => known.Value == type).Key);
                json.WritePropertyName("shape");
                JsonSerializer.Serialize(json, shape);
                json.WritePropertyName("data_offsets");
                JsonSerializer.Serialize(json, (long[])[offset, end]);
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        // Spaces align the first tensor to a cache line, so that it can be used without a copy.
        while ((header.Length + 8) % 64 != 0)
        {
            header.WriteByte((byte)' ');
        }

        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(length);
            header.WriteTo(stream);
            foreach ((_, _, _, Action<Stream> write) in tensors)
            {
                write(stream);
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _memory.Dispose();

    private Dictionary<string, StoredTensor> ReadHeader()
    {
        if (_memory.ByteCount < 8)
        {
            throw Damaged("it is too short to be safetensors");
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(_memory.Slice(0, 8));
        if (length is < 2 or > MaximumHeaderBytes || length > _memory.ByteCount - 8)
        {
            throw Damaged(Invariant($"its header claims {(ulong)length} bytes of the file's {_memory.ByteCount}"));
        }

        try
        {
            using JsonDocument header = JsonDocument.Parse(_memory.Slice(8, (int)length).ToArray(), new() { MaxDepth = 8 });
            return ReadTensors(header.RootElement, 8 + length);
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or InvalidOperationException
                        or FormatException
                        or KeyNotFoundException
                        or OverflowException
                        or ArgumentException
            )
        {
            throw new InvalidDataException($"{FilePath} cannot be read: its header is not valid for safetensors.", exception);
        }
    }

    private Dictionary<string, StoredTensor> ReadTensors(JsonElement header, long start)
    {
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        var spans = new List<(long Begin, long End, string Name)>();
        if (header.TryGetProperty("__metadata__", out JsonElement metadata))
        {
            Metadata = metadata
                .EnumerateObject()
                .ToDictionary(static entry => entry.Name, static entry => entry.Value.GetString() ?? "", StringComparer.Ordinal);
        }

        foreach (JsonProperty property in header.EnumerateObject().Where(property => property.Name != "__metadata__"))
        {
            string name = property.Name;
            ElementType type = ReadType(name, property.Value.GetProperty("dtype").GetString());
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())];
            long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            if (
                offsets is not [long begin, long end]
                || begin < 0
                || end < begin
                || end > _memory.ByteCount - start
                || shape.Any(extent => extent < 0)
            )
            {
                throw Damaged($"tensor '{name}' is outside the file");
            }

            StoredTensor tensor = new(name, type, shape, _memory, start + begin);
            if (tensor.ByteCount != end - begin)
            {
                throw Damaged(Invariant($"tensor '{name}' needs {tensor.ByteCount} bytes and has {end - begin}"));
            }

            if (!tensors.TryAdd(name, tensor))
            {
                throw Damaged($"tensor '{name}' occurs twice");
            }

            spans.Add((begin, end, name));
        }

        spans.Sort();
        long covered = 0;
        foreach ((long begin, long end, string name) in spans)
        {
            if (begin != covered)
            {
                throw Damaged(begin < covered ? $"tensor '{name}' overlaps another" : $"there is a gap before tensor '{name}'");
            }

            covered = end;
        }

        return covered == _memory.ByteCount - start ? tensors : throw Damaged("bytes after the last tensor belong to none");
    }

    private ElementType ReadType(string name, string? type) =>
        TypeNames.TryGetValue(type ?? "", out ElementType known)
            ? known
            : throw Damaged($"tensor '{name}' has the type {type}, which Cupola cannot read");

    private InvalidDataException Damaged(string why) => new($"{FilePath} cannot be read: {ForeignText.Shown(why)}.");
}
