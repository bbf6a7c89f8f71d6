using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>An image and its captions.</summary>
/// <param name="Image">The image's source.</param>
/// <param name="Captions">Sentences, each of which describes it; at least one.</param>
internal sealed record CaptionedImage(ImageSource Image, IReadOnlyList<string> Captions);

/// <summary>A dataset of images with captions, read lazily. It may be read several times, always in the same order.</summary>
internal abstract class CaptionedImages
{
    private protected CaptionedImages() { }

    /// <summary>
    /// Opens a dataset: a table (.csv, .tsv, .jsonl) with a column of images and one of captions (caption, text, title or
    /// sentence), or shards whose samples contain a txt or a json with "caption".
    /// </summary>
    /// <param name="path">
    /// The table, a folder with a table metadata.csv or metadata.jsonl, the shard, a folder of shards, or a pattern of them.
    /// </param>
    /// <param name="fetch">
    /// Whether http and https addresses in a table are downloaded; otherwise they are images that cannot be read.
    /// </param>
    /// <exception cref="FileNotFoundException">There is nothing of that name, or a shard is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The table lacks a column, or the dataset is a folder of class folders, which has no captions.
    /// </exception>
    public static CaptionedImages Open(string path, bool fetch = false) =>
        Open(DatasetFiles.Find(path, TableColumn.Caption), fetch);

    /// <summary>
    /// Opens a dataset: a table with a column of images and one of captions, or shards whose samples contain a txt.
    /// </summary>
    /// <exception cref="FileNotFoundException">A shard is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The table lacks a column; the message lists its columns. Or the dataset is a folder of class folders, without captions.
    /// </exception>
    internal static CaptionedImages Open(DatasetFiles files, bool fetch) =>
        files.Form switch
        {
            DatasetForm.Table => new CaptionTable(files.Table!, fetch),
            DatasetForm.Shards => new CaptionedShards(files.Shards),
            _ => throw new InvalidDataException($"{files.Path} contains class folders, and no captions."),
        };

    /// <summary>Reads the dataset from its beginning.</summary>
    /// <param name="logger">Receives a sentence for each skipped entry.</param>
    public abstract IEnumerable<CaptionedImage> Read(ILogger? logger);
}

/// <summary>
/// A table of images and their captions. An image in several lines counts as several images, each with its own caption.
/// </summary>
internal sealed class CaptionTable(string path, bool fetch) : CaptionedImages
{
    private readonly ImageTable _table = ImageTable.Open(path, TableColumn.Caption, fetch);

    public override IEnumerable<CaptionedImage> Read(ILogger? logger) =>
        _table.Read(logger).Select(static row => new CaptionedImage(row.Image, row.Texts));
}
