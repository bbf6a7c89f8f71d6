namespace Cupola.Data;

/// <summary>In which form pictures and what is known of them lie on disk.</summary>
internal enum DatasetForm
{
    /// <summary>A folder that holds a folder of pictures for each class.</summary>
    ClassFolders,

    /// <summary>A table that names pictures.</summary>
    Table,

    /// <summary>Tar archives.</summary>
    Shards,
}

/// <summary>What a dataset's name stands for.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="Form">The form.</param>
/// <param name="Shards">The archives, in order; none in the other forms.</param>
internal sealed record DatasetFiles(string Path, DatasetForm Form, IReadOnlyList<string> Shards)
{
    /// <summary>Finds out what a name stands for.</summary>
    /// <exception cref="FileNotFoundException">There is nothing of that name, or a shard of the pattern is missing.</exception>
    /// <exception cref="InvalidDataException">It is no dataset.</exception>
    /// <exception cref="ArgumentException">The pattern names no shards, or too many.</exception>
    public static DatasetFiles Find(string path)
    {
        if (Directory.Exists(path))
        {
            string[] shards = [.. Directory.EnumerateFiles(path).Where(IsShard).Order(StringComparer.Ordinal)];
            return shards.Length > 0 ? new(path, DatasetForm.Shards, shards) : new(path, DatasetForm.ClassFolders, []);
        }

        if (!File.Exists(path))
        {
            return ShardPattern.IsPattern(path) ? OfPattern(path) : throw new FileNotFoundException($"There is no dataset {path}.", path);
        }

        return IsShard(path) ? new(path, DatasetForm.Shards, [path])
            : PictureTable.IsTable(path) ? new(path, DatasetForm.Table, [])
            : throw new InvalidDataException($"{path} is no dataset: that is a folder with a folder of pictures for each label, a .csv, .tsv or .jsonl table, or .tar shards.");
    }

    private static DatasetFiles OfPattern(string pattern)
    {
        IReadOnlyList<string> shards = ShardPattern.Expand(pattern);
        return shards.FirstOrDefault(static shard => !File.Exists(shard)) is { } missing
            ? throw new FileNotFoundException($"There is no shard {missing}.", missing)
            : new(pattern, DatasetForm.Shards, shards);
    }

    private static bool IsShard(string path) => System.IO.Path.GetExtension(path).Equals(".tar", StringComparison.OrdinalIgnoreCase);
}
