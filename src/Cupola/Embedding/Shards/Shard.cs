using Cupola.Data;
using Cupola.Files;

namespace Cupola.Embedding.Shards;

/// <summary>What is embedded.</summary>
internal enum ShardContent
{
    Images,
    Texts,
}

/// <summary>A part of a collection that is embedded by one process into one output.</summary>
/// <param name="Path">A WebDataset archive (.tar), a table (.csv, .tsv or .jsonl) or a list (.txt).</param>
/// <param name="Name">The name of its output, without an extension.</param>
internal sealed record Shard(string Path, string Name)
{
    /// <summary>What a folder of shards may hold; the first kind that it has counts.</summary>
    private static readonly string[][] Kinds =
    [
        [".tar"],
        [".csv", ".tsv", ".tab", ".jsonl", ".ndjson"],
        [".txt"],
    ];

    /// <summary>The shards that some names stand for, in order.</summary>
    /// <param name="named">Files, folders of them, and patterns such as <c>photos-{000..017}.tar</c>.</param>
    /// <exception cref="ArgumentException">A file is named twice, is no shard by its name, or a pattern names none.</exception>
    /// <exception cref="FileNotFoundException">A folder has no shards.</exception>
    /// <exception cref="InvalidDataException">An archive is compressed.</exception>
    public static IReadOnlyList<Shard> Find(IEnumerable<string> named)
    {
        string[] paths =
        [
            .. named.SelectMany(static name =>
                Directory.Exists(name) ? InFolder(name)
                : !File.Exists(name) && ShardPattern.IsPattern(name) ? ShardPattern.Expand(name)
                : [name]
            ),
        ];
        if (paths.FirstOrDefault(static path => !IsShard(path) && !DatasetFiles.IsCompressed(path)) is { } other)
        {
            throw new ArgumentException(
                $"{other} is no shard: that is a .tar, a table (.csv, .tsv or .jsonl), or a list (.txt)."
            );
        }

        if (paths.FirstOrDefault(DatasetFiles.IsCompressed) is { } compressed)
        {
            throw DatasetFiles.Unpacked(compressed);
        }

        string[] full = [.. paths.Select(System.IO.Path.GetFullPath)];
        HashSet<string> met = new(StringComparer.Ordinal);
        if (Array.Find(full, path => !met.Add(path)) is { } twice)
        {
            throw new ArgumentException($"The shard {twice} is named twice.");
        }

        string[] names = Names(full);
        return [.. paths.Select((path, index) => new Shard(path, names[index]))];
    }

    /// <summary>
    /// The files' names without their extensions. Those that several files share, whatever their case, get the name of the folder
    /// in front, as many times as it takes.
    /// </summary>
    private static string[] Names(string[] paths)
    {
        string[] names = [.. paths.Select(System.IO.Path.GetFileNameWithoutExtension).OfType<string>()];
        string?[] folders = [.. paths.Select(System.IO.Path.GetDirectoryName)];
        while (true)
        {
            int[] shared =
            [
                .. Enumerable
                    .Range(0, names.Length)
                    .GroupBy(index => names[index], StringComparer.OrdinalIgnoreCase)
                    .Where(static group => group.Skip(1).Any())
                    .SelectMany(static group => group),
            ];
            if (shared.Length == 0)
            {
                return names;
            }

            foreach (int index in shared)
            {
                string? folder = folders[index];
                if (string.IsNullOrEmpty(System.IO.Path.GetFileName(folder)))
                {
                    throw new ArgumentException(
                        $"{paths[index]} would have the output of another shard, whose name differs by its extension or by case "
                            + "only; rename one of them."
                    );
                }

                names[index] = $"{System.IO.Path.GetFileName(folder)}-{names[index]}";
                folders[index] = System.IO.Path.GetDirectoryName(folder);
            }
        }
    }

    private static string[] InFolder(string folder)
    {
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(static file => !System.IO.Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal),
        ];
        IGrouping<int, string>? first = files.GroupBy(KindOf).Where(static kind => kind.Key >= 0).MinBy(static kind => kind.Key);
        return first is null
            ? throw new FileNotFoundException($"There are no shards (.tar, .csv, .tsv, .jsonl or .txt) in {folder}.")
            : [.. first];
    }

    /// <summary>Whether it is one by its name, which has more than the extension.</summary>
    private static bool IsShard(string path) => KindOf(path) >= 0 && System.IO.Path.GetFileNameWithoutExtension(path).Length > 0;

    private static int KindOf(string path) =>
        Array.FindIndex(Kinds, kind => kind.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether it is an archive.</summary>
    public bool IsArchive => KindOf(Path) == 0;

    /// <summary>Whether it is a list: a path or a text a line.</summary>
    public bool IsList => KindOf(Path) == 2;

    /// <summary>What people see of it: its path on one line.</summary>
    public override string ToString() => ForeignText.OneLine(Path);
}
