namespace Cupola.Checkpoints;

/// <summary>
/// A file of named tensors: safetensors, a PyTorch archive, or an index of several such files. It owns the memory of its
/// tensors and is disposed by whoever opened it.
/// </summary>
internal abstract class TensorFile : IDisposable
{
    private protected TensorFile(string filePath) => FilePath = filePath;

    /// <summary>Where it lies.</summary>
    public string FilePath { get; }

    /// <summary>The tensors by the names they have in the file.</summary>
    public abstract IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a file by what is in it, whatever its name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file, or is damaged.</exception>
    public static TensorFile Open(string path) => Open(path, isShard: false);

    /// <summary>Opens a file that may be one of several, whose names then stay as they are.</summary>
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

    /// <summary>Gives the memory of all tensors back.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory of all tensors back.</summary>
    protected abstract void Dispose(bool disposing);

    private static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK"u8);

    /// <summary>
    /// The opcode PROTO, a protocol from 2 to 5, and more; where safetensors has a small number, whose upper bytes are 0. Or, of
    /// protocols 0 and 1, the number that PyTorch begins with.
    /// </summary>
    private static bool IsPickle(ReadOnlySpan<byte> head) =>
        (head is [0x80, >= 2 and <= 5, ..] && head[2..].ContainsAnyExcept((byte)0)) || head.StartsWith("L1195470"u8);

    /// <summary>What people download in place of weights.</summary>
    private static string? NotTensors(ReadOnlySpan<byte> head) =>
        head.StartsWith("version "u8) ? "a pointer of Git LFS in place of the file; fetch it with git lfs pull"
        : head.TrimStart(" \r\n\t"u8).StartsWith("<"u8) ? "a web page in place of the file; download the file itself"
        : null;
}
