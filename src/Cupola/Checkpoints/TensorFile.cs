namespace Cupola.Checkpoints;

/// <summary>
/// A file of named tensors: safetensors, a PyTorch archive, or an index of several such files. It owns the memory of its
/// tensors and is disposed by whoever opened it.
/// </summary>
public abstract class TensorFile : IDisposable
{
    private protected TensorFile(string filePath) => FilePath = filePath;

    /// <summary>Where it lies.</summary>
    public string FilePath { get; }

    /// <summary>The tensors by the names they have in the file.</summary>
    public abstract IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a file by what is in it, whatever its name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file, or is damaged.</exception>
    public static TensorFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}.", path);
        }

        if (path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase))
        {
            return new ShardedTensorFile(path);
        }

        // A zip archive begins with "PK", a pickle with the opcode 0x80; safetensors with the length of its header.
        Span<byte> head = stackalloc byte[2];
        using (FileStream stream = File.OpenRead(path))
        {
            stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        return head is [(byte)'P', (byte)'K'] || (head[0] == 0x80 && LooksLikePickle(path)) ? new TorchArchive(path) : new SafetensorsFile(path);
    }

    /// <summary>Gives the memory of all tensors back.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory of all tensors back.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Protocol 2 to 5 and then an opcode; the first eight bytes of safetensors are a small number, whose fourth byte and on are 0.</summary>
    private static bool LooksLikePickle(string path)
    {
        Span<byte> head = stackalloc byte[8];
        using FileStream stream = File.OpenRead(path);
        stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head[1] is >= 2 and <= 5 && head[4..].ContainsAnyExcept((byte)0);
    }
}
