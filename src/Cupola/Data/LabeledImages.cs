using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>
/// A labeled dataset: images with their class names, read lazily. It may be read several times, always in the same order.
/// </summary>
public abstract class LabeledImages
{
    private readonly Lazy<IReadOnlyList<string>> _labels;

    private protected LabeledImages(string path)
    {
        Path = path;
        _labels = new(FindLabels);
    }

    /// <summary>The dataset's name, as given.</summary>
    public string Path { get; }

    /// <summary>
    /// The dataset's labels, each once: a folder's in ordinal order, those of shards in the order of their class names. A table,
    /// and shards without class names, are read through once to find them, without the images; theirs are in ordinal order.
    /// </summary>
    public IReadOnlyList<string> Labels => _labels.Value;

    /// <summary>
    /// Opens a dataset: a folder of class folders (each named like its label, with all images below it); a table (.csv or .tsv,
    /// whose first line names the columns, or .jsonl, whose properties are the columns) with a column of images (image, filepath,
    /// path, filename or file_name, relative to the table's folder) and one of labels (label or class), also as metadata.csv or
    /// metadata.jsonl in a folder; or WebDataset shards (a .tar, a folder of them, or a pattern such as
    /// <c>photos-{000..017}.tar</c>).
    /// </summary>
    /// <param name="path">The folder, the table, the shard or the pattern.</param>
    /// <param name="classNames">
    /// The class names for numbers in shards; if null, those of classnames.txt or classes.json beside the shards or in the folder
    /// above.
    /// </param>
    /// <param name="fetch">
    /// Whether http and https addresses in a table are downloaded; otherwise they are images that cannot be read.
    /// </param>
    /// <exception cref="FileNotFoundException">There is nothing of that name, or a shard of the pattern is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// It is not such a dataset, or the table lacks a column; the message lists its columns.
    /// </exception>
    /// <exception cref="ArgumentException">The pattern names no shards, or too many.</exception>
    public static LabeledImages Open(string path, IReadOnlyList<string>? classNames = null, bool fetch = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        DatasetFiles files = DatasetFiles.Find(path, TableColumn.Label);
        return files.Form switch
        {
            DatasetForm.Shards => new LabeledShards(path, files.Shards, classNames),
            DatasetForm.Table => new LabelTable(path, files.Table!, fetch),
            _ => new ClassFolders(path),
        };
    }

    /// <summary>Reads the dataset from its beginning; the images' bytes are read only when they are requested.</summary>
    /// <param name="logger">Receives a sentence for each skipped entry.</param>
    public abstract IEnumerable<LabeledImage> Read(ILogger? logger = null);

    /// <summary>
    /// Notes about unusual labels, one sentence each: labels of the dataset that no image has, and labels that look the same.
    /// </summary>
    /// <param name="labels">The labels that can be answered, if they are not the dataset's.</param>
    /// <param name="used">The labels that images have.</param>
    public IEnumerable<string> NotesOnLabels(IReadOnlyList<string>? labels, IReadOnlySet<string> used)
    {
        string[] unused = labels is null ? [.. Labels.Where(label => !used.Contains(label))] : [];
        string? note = LabelNotes.Unused(Path, Labels, unused, unused.Length == 0 ? "" : WhyUnused(unused));
        return [.. note is null ? [] : (string[])[note], .. LabelNotes.Spelling([.. labels ?? [], .. Labels])];
    }

    private protected abstract IReadOnlyList<string> FindLabels();

    /// <summary>The reason why labels have no images, as a clause; "" if it is unknown.</summary>
    private protected virtual string WhyUnused(IReadOnlyList<string> labels) => "";

    private protected IReadOnlyList<string> LabelsMet() =>
        [.. Read().Select(static image => image.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>An image with its label.</summary>
/// <param name="Image">The image's source, with its name.</param>
/// <param name="Label">The class name.</param>
public sealed record LabeledImage(ImageSource Image, string Label)
{
    /// <summary>The image's name: a path, or an entry of an archive.</summary>
    public string Name => Image.Name;
}
