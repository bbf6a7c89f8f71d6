using Cupola.Images;

namespace Cupola.Data;

/// <summary>The form in which a dataset is stored.</summary>
internal enum DatasetForm
{
    /// <summary>A folder with a folder of images for each class.</summary>
    ClassFolders,

    /// <summary>A table that names images.</summary>
    Table,

    /// <summary>Tar archives.</summary>
    Shards,
}

/// <summary>The files that a dataset's name refers to.</summary>
/// <param name="Path">The name, as given.</param>
/// <param name="Form">The form.</param>
/// <param name="Shards">The archives, in order; empty in the other forms.</param>
/// <param name="Table">The table, or null in the other forms.</param>
internal sealed record DatasetFiles(string Path, DatasetForm Form, IReadOnlyList<string> Shards, string? Table = null)
{
    /// <summary>Tables that describe their folder, as in Hugging Face's imagefolder.</summary>
    private static readonly string[] FolderTables = ["metadata.csv", "metadata.jsonl"];

    private static readonly string[] Compressed = [".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"];

    /// <summary>Finds the files that a name refers to.</summary>
    /// <param name="path">A folder, a table, a shard or a pattern of shards.</param>
    /// <param name="texts">The column of texts that a table in a folder must have to count.</param>
    /// <exception cref="FileNotFoundException">There is nothing of that name, or a shard of the pattern is missing.</exception>
    /// <exception cref="InvalidDataException">It is not a dataset.</exception>
    /// <exception cref="ArgumentException">The pattern names no shards, or too many.</exception>
    public static DatasetFiles Find(string path, TableColumn texts)
    {
        if (Directory.Exists(path))
        {
            return FromFolder(path, texts);
        }

        if (!File.Exists(path))
        {
            return ShardPattern.IsPattern(path)
                ? FromPattern(path)
                : throw new FileNotFoundException($"There is no dataset {path}.", path);
        }

        return IsShard(path) ? new(path, DatasetForm.Shards, [path])
            : IsCompressed(path) ? throw Unpacked(path)
            : ImageTable.IsTable(path) ? new(path, DatasetForm.Table, [], path)
            : throw new InvalidDataException(
                $"{path} is not a dataset: that is a folder with a folder of images for each label, a .csv, .tsv or .jsonl "
                    + "table, "
                    + "or .tar shards."
            );
    }

    /// <summary>Prefers shards, then a table that describes the folder and has the column, then class folders.</summary>
    private static DatasetFiles FromFolder(string path, TableColumn texts)
    {
        string[] shards = [.. Visible(path).Where(IsShard).Order(StringComparer.Ordinal)];
        if (shards.Length > 0)
        {
            return new(path, DatasetForm.Shards, shards);
        }

        bool hasClasses = ImageFolder.Folders(path).Count > 0;
        string? table = FolderTables.Select(name => System.IO.Path.Combine(path, name)).FirstOrDefault(File.Exists);
        return table is not null && (!hasClasses || ImageTable.Has(table, texts)) ? new(path, DatasetForm.Table, [], table)
            : !hasClasses && Visible(path).FirstOrDefault(IsCompressed) is { } compressed ? throw Unpacked(compressed)
            : new(path, DatasetForm.ClassFolders, []);
    }

    private static DatasetFiles FromPattern(string pattern)
    {
        IReadOnlyList<string> shards = ShardPattern.Expand(pattern);
        return shards.FirstOrDefault(IsCompressed) is { } compressed ? throw Unpacked(compressed)
            : shards.FirstOrDefault(static shard => !File.Exists(shard)) is { } missing
                ? throw new FileNotFoundException($"There is no shard {missing}.", missing)
            : new(pattern, DatasetForm.Shards, shards);
    }

    private static IEnumerable<string> Visible(string folder) =>
        Directory.EnumerateFiles(folder).Where(static file => !System.IO.Path.GetFileName(file.AsSpan()).StartsWith('.'));

    private static bool IsShard(string path) =>
        System.IO.Path.GetExtension(path).Equals(".tar", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is a compressed archive, by its name.</summary>
    internal static bool IsCompressed(string path) =>
        Compressed.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is said of a compressed archive.</summary>
    internal static InvalidDataException Unpacked(string path) =>
        new(
            $"{path} is compressed, and shards are read without unpacking; "
                + "decompress it (gunzip, bunzip2, unxz or unzstd) and name the .tar."
        );
}
