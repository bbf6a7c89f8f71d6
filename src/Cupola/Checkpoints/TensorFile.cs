namespace Cupola.Checkpoints;

/// <summary>
/// A file of named tensors: safetensors, a PyTorch archive, or an index of several such files. It owns the memory of its tensors
/// and is disposed by the code that opened it.
/// </summary>
internal abstract class TensorFile : IDisposable
{
    private protected TensorFile(string filePath) => FilePath = filePath;

    /// <summary>The path of the file.</summary>
    public string FilePath { get; }

    /// <summary>The files that tensors lie in.</summary>
    public virtual IReadOnlyList<string> Files => [FilePath];

    /// <summary>The tensors by their names in the file.</summary>
    public abstract IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a file by its content, whatever its name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file, or is damaged.</exception>
    public static TensorFile Open(string path) => Open(path, isShard: false);

    /// <summary>Opens a file that may be one of several, whose names then stay unchanged.</summary>
    internal static TensorFile Open(string path, bool isShard)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}.", path);
        }

        if (path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase))
        {
            return new ShardedTensorFile(path);
        }

        Span<byte> head = stackalloc byte[8];
        using (FileStream stream = File.OpenRead(path))
        {
            head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }

        return IsZip(head) || IsPickle(head) ? new TorchArchive(path, isShard)
            : NotTensors(head) is { } what ? throw new InvalidDataException($"{path} cannot be read: it is {what}.")
            : new SafetensorsFile(path);
    }

    /// <summary>Frees the memory of all tensors.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the memory of all tensors.</summary>
    protected abstract void Dispose(bool disposing);

    private static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK"u8);

    /// <summary>
    /// Recognizes a pickle by the opcode PROTO and a protocol from 2 to 5, where safetensors has a small number whose upper bytes
    /// are 0; or, for protocols 0 and 1, by the number with which PyTorch begins.
    /// </summary>
    private static bool IsPickle(ReadOnlySpan<byte> head) =>
        (head is [0x80, >= 2 and <= 5, ..] && head[2..].ContainsAnyExcept((byte)0)) || head.StartsWith("L1195470"u8);

    /// <summary>Names files that are often downloaded by mistake instead of weights.</summary>
    private static string? NotTensors(ReadOnlySpan<byte> head) =>
        head.StartsWith("version "u8) ? "a pointer of Git LFS in place of the file; fetch it with git lfs pull"
        : head.TrimStart(" \r\n\t"u8).StartsWith("<"u8) ? "a web page in place of the file; download the file itself"
        : null;
}
