using Cupola.Files;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Embedding.Shards;

/// <summary>The outputs of all shards of a folder, checked, and joined to one file in the order of the shards.</summary>
internal sealed class ShardMerge
{
    private readonly ShardFolder _folder;
    private readonly IReadOnlyList<ShardManifest> _manifests;

    private ShardMerge(ShardFolder folder, IReadOnlyList<ShardManifest> manifests) => (_folder, _manifests) = (folder, manifests);

    /// <summary>How many shards there are.</summary>
    public int Shards => _manifests.Count;

    /// <summary>What is embedded.</summary>
    public ShardContent Content => _folder.Settings.Content;

    /// <summary>How many embeddings there are.</summary>
    public long Count => _manifests.Sum(static manifest => manifest.Count);

    /// <summary>How many inputs have none.</summary>
    public long Failed => _manifests.Sum(static manifest => manifest.Failed);

    /// <summary>Opens a folder and checks that every shard has an unharmed output of the same model.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="progress">Told how many more shards are checked; first, with a negative number, how many there are.</param>
    /// <param name="logger">Receives a sentence where versions differ.</param>
    /// <param name="cancellationToken">Stops between shards.</param>
    /// <exception cref="FileNotFoundException">It is no such folder, or shards are missing; all of them are named.</exception>
    /// <exception cref="InvalidDataException">Outputs are harmed, or of another model; all of them are named.</exception>
    public static ShardMerge Open(string path, IProgress<int>? progress, ILogger? logger, CancellationToken cancellationToken)
    {
        ShardFolder folder = ShardFolder.Open(path);
        ShardManifest?[] manifests =
        [
            .. folder.Shards.Select(shard =>
                File.Exists(folder.ArrayOf(shard)) ? ShardManifest.Read(folder.ManifestOf(shard)) : null
            ),
        ];
        CheckModels(folder, manifests);
        Shard[] missing = [.. folder.Shards.Where((_, index) => manifests[index] is null)];
        if (missing.Length > 0)
        {
            throw new FileNotFoundException(
                Invariant($"{missing.Length} of the {manifests.Length} shards of {path} have no output: ")
                    + $"{string.Join(", ", missing.Select(static shard => shard.ToString()))}; embed them first."
            );
        }

        progress?.Report(-manifests.Length);
        List<Shard> harmed = [];
        for (int index = 0; index < manifests.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!folder.IsWhole(folder.Shards[index], manifests[index]!, cancellationToken))
            {
                harmed.Add(folder.Shards[index]);
            }

            progress?.Report(1);
        }

        if (harmed.Count > 0)
        {
            throw new InvalidDataException(
                $"The output of {string.Join(", ", harmed.Select(static shard => shard.ToString()))} in {path} is not what its "
                    + "manifest says; embed again, which makes only such outputs anew."
            );
        }

        string[] versions = [.. manifests.Select(static each => $"{each!.Cupola} with ONNX Runtime {each.Engine}").Distinct()];
        if (versions.Length > 1)
        {
            logger?.Warn($"The outputs were made by Cupola {string.Join(" and ", versions)}, which may round differently.");
        }

        return new(folder, manifests!);
    }

    /// <summary>Writes the file that one process would have written of all shards.</summary>
    /// <param name="path">A .npy or .safetensors file.</param>
    /// <param name="cancellationToken">Stops between shards; there is no file then.</param>
    /// <exception cref="ArgumentException">The file is one of the outputs.</exception>
    public void Write(string path, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        if (
            _folder
                .Shards.Select(_folder.ArrayOf)
                .Append(_folder.ListPath)
                .Any(taken =>
                    Path.ChangeExtension(full, null)
                        .Equals(Path.ChangeExtension(Path.GetFullPath(taken), null), StringComparison.OrdinalIgnoreCase)
                )
        )
        {
            throw new ArgumentException($"{path} has the name of a shard's output or of their list; name another file.");
        }

        EmbeddingFile.Write(
            path,
            _folder.Settings.Origin,
            _folder.Shards.SelectMany(shard => File.ReadLines(_folder.NamesOf(shard))),
            Count,
            _folder.Settings.Dimension,
            stream =>
            {
                for (int index = 0; index < Shards; index++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Copy(_folder.ArrayOf(_folder.Shards[index]), _manifests[index].Count, stream);
                }
            }
        );
    }

    private static void CheckModels(ShardFolder folder, ShardManifest?[] manifests)
    {
        ShardManifest[] others =
        [
            .. manifests.OfType<ShardManifest>().Where(each => folder.Settings.DifferenceOf(each.Settings) is not null),
        ];
        if (others.Length > 0)
        {
            throw new InvalidDataException(
                $"The outputs in {folder.Path} are not all alike: that of {ForeignText.OneLine(others[0].Shard)} "
                    + $"{folder.Settings.DifferenceOf(others[0].Settings)}"
                    + (others.Length > 1 ? Invariant($", and so are {others.Length - 1} more") : "")
                    + "; delete what does not belong there, and embed it again."
            );
        }
    }

    private void Copy(string array, long count, Stream destination)
    {
        using FileStream source = File.OpenRead(array);
        source.Position = NumpyFile.RowsHeader(count, _folder.Settings.Dimension).Length;
        source.CopyTo(destination);
    }
}
