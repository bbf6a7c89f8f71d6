using Cupola.Data;
using Cupola.Files;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Evaluation;

/// <summary>The images of a dataset, each with the position of its class among the labels.</summary>
internal sealed class LabeledDataset
{
    private readonly string _dataset;
    private readonly IReadOnlyList<(ImageSource Image, int Truth)> _images;
    private readonly IReadOnlyList<string> _skipped;

    private LabeledDataset(
        string dataset,
        IReadOnlyList<string> labels,
        IReadOnlyDictionary<string, string> renamed,
        IReadOnlyList<(ImageSource, int)> images,
        IReadOnlyList<string> skipped
    ) => (_dataset, Labels, Renamed, _images, _skipped) = (dataset, labels, renamed, images, skipped);

    /// <summary>What there is to choose from.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The label of each class that has another name.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; }

    /// <summary>Reads which images there are. Those of classes that are no labels are left out, and a note counts them.</summary>
    /// <param name="dataset">Class folders, a table or shards.</param>
    /// <param name="labels">The labels to choose from; null takes the dataset's own.</param>
    /// <param name="fetch">Whether addresses in a table are fetched.</param>
    /// <param name="logger">Receives what a person should know of how classes became labels.</param>
    /// <exception cref="InvalidDataException">It has no images of these labels.</exception>
    public static LabeledDataset Read(string dataset, IReadOnlyList<string>? labels, bool fetch, ILogger? logger)
    {
        LabeledImages images = LabeledImages.Open(dataset, fetch: fetch);
        return Read(images, labels, ClassNameOverrides.Find(images.Labels, labels, dataset, logger), logger);
    }

    /// <summary>The same of examples, of whose classes one at least must be a label.</summary>
    /// <param name="dataset">Class folders, a table or shards.</param>
    /// <param name="labels">The labels to choose from; not every label needs examples.</param>
    /// <param name="renamed">The label of each class with another name in the dataset that they are examples for.</param>
    /// <param name="fetch">Whether addresses in a table are fetched.</param>
    /// <param name="logger">Receives what a person should know of how classes became labels.</param>
    /// <exception cref="InvalidDataException">It has no images, or no class that is a label.</exception>
    public static LabeledDataset ReadExamples(
        string dataset,
        IReadOnlyList<string> labels,
        IReadOnlyDictionary<string, string> renamed,
        bool fetch,
        ILogger? logger
    )
    {
        LabeledImages images = LabeledImages.Open(dataset, fetch: fetch);
        return Read(images, labels, ClassNameOverrides.OfExamples(images.Labels, labels, renamed, dataset, logger), logger);
    }

    private static LabeledDataset Read(
        LabeledImages images,
        IReadOnlyList<string>? labels,
        IReadOnlyDictionary<string, string> renamed,
        ILogger? logger
    )
    {
        ChosenLabels chosen = new(labels ?? images.Labels);
        List<string> skipped = [];
        (ImageSource, int)[] listed =
        [
            .. chosen
                .Among(
                    images
                        .Read(new SentenceLogger(skipped.Add))
                        .Select(image => image with { Label = renamed.GetValueOrDefault(image.Label, image.Label) })
                )
                .Select(image => (image.Image, chosen.IndexOf(image.Label))),
        ];
        HashSet<string> used = [.. listed.Select(each => chosen.Labels[each.Item2])];
        IEnumerable<string> notes = listed.Length > 0 ? images.NotesOnLabels(labels, used) : [];
        foreach (string each in notes.Prepend(chosen.Note).OfType<string>())
        {
            logger?.Warn(each);
        }

        string why =
            skipped.Count > 0 ? $": {skipped[0]}"
            : chosen.LeftOut.Count > 0 ? " that are of any of the labels."
            : ".";
        return listed.Length > 0
            ? new(images.Path, chosen.Labels, renamed, listed, skipped)
            : throw new InvalidDataException($"{images.Path} has no images to judge by{why}");
    }

    /// <summary>How many images there are to embed.</summary>
    public int Count => _images.Count;

    /// <summary>Embeds the images that can be read, each once.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="cache">Where embeddings are kept; null keeps none.</param>
    /// <param name="progress">Told how many more images are done.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="InvalidDataException">None can be read.</exception>
    public EmbeddedDataset Embed(
        ClipEmbedder embedder,
        EmbeddingCache? cache,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        List<float> values = [];
        List<int> truths = [];
        List<ImageSource> images = [];
        List<string> hashes = [];
        List<string> failed = [.. _skipped];
        foreach (
            ((ImageSource image, int truth), float[] embedding, string hash) in ReadableImages.Embed(
                _images,
                static each => each.Image,
                embedder,
                cache,
                failed,
                progress,
                cancellationToken
            )
        )
        {
            values.AddRange(embedding);
            truths.Add(truth);
            images.Add(image);
            hashes.Add(hash);
        }

        return truths.Count > 0
            ? new(new([.. values], truths.Count, embedder.Config.EmbeddingDimension), truths, images, hashes, failed)
            : throw new InvalidDataException(
                Invariant($"None of the {_images.Count} images of {_dataset} can be read, the first because of this: {failed[0]}")
            );
    }
}

/// <summary>A dataset's images that could be read.</summary>
/// <param name="Embeddings">One row an image.</param>
/// <param name="Truths">The position of each one's class among the labels.</param>
/// <param name="Images">Where each is to be had again.</param>
/// <param name="Hashes">Of the bytes of each.</param>
/// <param name="Failed">What could not be read, each as a sentence.</param>
internal sealed record EmbeddedDataset(
    EmbeddingMatrix Embeddings,
    IReadOnlyList<int> Truths,
    IReadOnlyList<ImageSource> Images,
    IReadOnlyList<string> Hashes,
    IReadOnlyList<string> Failed
);
