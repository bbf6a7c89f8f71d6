using System.Text.Json;
using Cupola.Files;

namespace Cupola.Checkpoints;

/// <summary>
/// Several files of tensors with one index, as the hub stores large models (<c>model.safetensors.index.json</c>).
/// </summary>
internal sealed class ShardedTensorFile : TensorFile
{
    /// <summary>The largest index; it lists only names, and the largest known has a few megabytes.</summary>
    private const long MaximumIndexBytes = 64 << 20;

    /// <summary>The limit of file systems.</summary>
    private const int LongestFileName = 255;

    private readonly List<TensorFile> _shards = [];

    /// <summary>Opens the index and every file it names, in the same folder.</summary>
    /// <exception cref="InvalidDataException">The index is damaged, or a tensor is not in the file it names.</exception>
    public ShardedTensorFile(string path)
        : base(path)
    {
        try
        {
            Tensors = ReadIndex();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files => [.. _shards.SelectMany(static shard => shard.Files)];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _shards.ForEach(static shard => shard.Dispose());

    private Dictionary<string, StoredTensor> ReadIndex()
    {
        Dictionary<string, string> weightMap = ReadWeightMap();
        var shards = new Dictionary<string, TensorFile>(StringComparer.Ordinal);
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string name, string fileName) in weightMap)
        {
            if (
                Path.GetFileName(fileName) != fileName
                || fileName is "" or "." or ".."
                || fileName.Length > LongestFileName
                || fileName.Any(char.IsControl)
            )
            {
                throw new InvalidDataException(
                    $"{FilePath} names the file '{ForeignText.Shown(fileName)}', which is not in the same folder."
                );
            }

            if (!shards.TryGetValue(fileName, out TensorFile? shard))
            {
                shard = Open(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(FilePath))!, fileName), isShard: true);
                shards.Add(fileName, shard);
                _shards.Add(shard);
            }

            tensors.Add(
                name,
                shard.Tensors.TryGetValue(name, out StoredTensor? tensor)
                    ? tensor
                    : throw new InvalidDataException(
                        $"{FilePath} says that '{ForeignText.Shown(name)}' is in {fileName}, but it is not."
                    )
            );
        }

        return tensors;
    }

    private Dictionary<string, string> ReadWeightMap()
    {
        if (new FileInfo(FilePath).Length > MaximumIndexBytes)
        {
            throw new InvalidDataException($"{FilePath} is too large for an index.");
        }

        try
        {
            using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(FilePath), new() { MaxDepth = 8 });
            return index
                .RootElement.GetProperty("weight_map")
                .EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException($"{FilePath} cannot be read: it has no weight_map from tensors to files.", exception);
        }
    }
}
