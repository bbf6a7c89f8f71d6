namespace Cupola.Data;

/// <summary>An image and what is said of it.</summary>
/// <param name="Image">Where it is to be had.</param>
/// <param name="Captions">Sentences, each of which is true of it; at least one.</param>
internal sealed record CaptionedImage(ImageSource Image, IReadOnlyList<string> Captions);

/// <summary>
/// A dataset of images with captions, read while it is asked for. It may be read several times, and always comes in the same
/// order.
/// </summary>
internal abstract class CaptionedImages
{
    private protected CaptionedImages() { }

    /// <summary>
    /// Opens a dataset: a table (.csv, .tsv, .jsonl) with a column of images and one of captions (caption, text, title or
    /// sentence), or shards whose samples hold a txt or a json with "caption".
    /// </summary>
    /// <param name="path">
    /// The table, a folder with a table metadata.csv or metadata.jsonl, the shard, a folder of shards, or a pattern of them.
    /// </param>
    /// <param name="fetch">
    /// Whether http and https addresses in a table are fetched; where not, they are images that cannot be read.
    /// </param>
    /// <exception cref="FileNotFoundException">There is nothing of that name, or a shard is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The table lacks a column, or it is a folder of class folders, which hold no captions.
    /// </exception>
    public static CaptionedImages Open(string path, bool fetch = false) =>
        Open(DatasetFiles.Find(path, TableColumn.Caption), fetch);

    /// <summary>
    /// Opens a dataset: a table with a column of images and one of captions, or shards whose samples hold a txt.
    /// </summary>
    /// <exception cref="FileNotFoundException">A shard is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The table lacks a column; the message says which it has. Or it is a folder of class folders, which hold no captions.
    /// </exception>
    internal static CaptionedImages Open(DatasetFiles files, bool fetch) =>
        files.Form switch
        {
            DatasetForm.Table => new CaptionTable(files.Table!, fetch),
            DatasetForm.Shards => new CaptionedShards(files.Shards),
            _ => throw new InvalidDataException($"{files.Path} holds class folders, and no captions."),
        };

    /// <summary>Reads the dataset from its beginning.</summary>
    /// <param name="broken">Told in one sentence of each thing that had to be passed over.</param>
    public abstract IEnumerable<CaptionedImage> Read(Action<string>? broken);
}
