using System.Runtime.InteropServices;
using System.Text;
using Cupola.Files;

namespace Cupola.Embedding.Shards;

/// <summary>
/// A shard's output while it is written: its files have names of their own until they are whole, so that two processes that write
/// the same shard do not disturb each other.
/// </summary>
internal sealed class ShardOutput : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly ShardFolder _folder;
    private readonly Shard _shard;
    private readonly int _dimension;
    private readonly string _mark = $".{Guid.NewGuid():N}"[..9] + AtomicFile.Unfinished;
    private readonly FileStream _array;
    private readonly StreamWriter _names;

    /// <summary>Begins the files of a shard.</summary>
    public ShardOutput(ShardFolder folder, Shard shard)
    {
        (_folder, _shard, _dimension) = (folder, shard, folder.Settings.Dimension);
        _array = File.Create(folder.ArrayOf(shard) + _mark);
        try
        {
            // By the clock of whoever keeps the folder, maybe another machine's: the new file was written just now.
            folder.RemoveLeft(File.GetLastWriteTimeUtc(_array.Name));
            _array.Write(NumpyFile.RowsHeader(0, _dimension));
            _names = new(folder.NamesOf(shard) + _mark, append: false, Utf8) { NewLine = Environment.NewLine };
        }
        catch
        {
            _array.Dispose();
            File.Delete(_array.Name);
            throw;
        }
    }

    /// <summary>How many embeddings it holds so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an embedding.</summary>
    public void Add(string name, ReadOnlySpan<float> embedding)
    {
        _array.Write(MemoryMarshal.AsBytes(embedding));
        _names.WriteLine(EmbeddingFile.OneLine(name));
        Count++;
    }

    /// <summary>Gives the files their names, that of the manifest last.</summary>
    /// <param name="describe">Makes the manifest from what the array and the names hold.</param>
    public ShardManifest Finish(Func<FileContent, FileContent, ShardManifest> describe)
    {
        _array.Position = 0;
        _array.Write(NumpyFile.RowsHeader(Count, _dimension));
        _array.Flush(flushToDisk: true);
        _array.Dispose();
        _names.Flush();
        ((FileStream)_names.BaseStream).Flush(flushToDisk: true);
        _names.Dispose();
        ShardManifest manifest = describe(
            FileContent.Read(_folder.ArrayOf(_shard) + _mark, CancellationToken.None),
            FileContent.Read(_folder.NamesOf(_shard) + _mark, CancellationToken.None)
        );
        string description = _folder.ManifestOf(_shard);
        using (FileStream stream = File.Create(description + _mark))
        {
            stream.Write(manifest.ToJson());
            stream.Flush(flushToDisk: true);
        }

        File.Move(_folder.NamesOf(_shard) + _mark, _folder.NamesOf(_shard), overwrite: true);
        File.Move(_folder.ArrayOf(_shard) + _mark, _folder.ArrayOf(_shard), overwrite: true);
        File.Move(description + _mark, description, overwrite: true);
        return manifest;
    }

    /// <summary>Removes what is not finished.</summary>
    public void Dispose()
    {
        _array.Dispose();
        _names.Dispose();
        foreach (string path in new[] { _folder.ArrayOf(_shard), _folder.NamesOf(_shard), _folder.ManifestOf(_shard) })
        {
            File.Delete(path + _mark);
        }
    }
}
