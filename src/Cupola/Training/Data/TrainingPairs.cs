using Cupola.Data;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Data;

/// <summary>The training data: images with their possible captions, always in the same order.</summary>
public sealed class TrainingPairs
{
    private readonly IReadOnlyList<TrainingPair> _pairs;

    /// <summary>Creates training data from pairs.</summary>
    internal TrainingPairs(IReadOnlyList<TrainingPair> pairs, IReadOnlyList<string>? labels = null) =>
        (_pairs, Labels) = (pairs, labels);

    /// <summary>The number of pairs.</summary>
    public int Count => _pairs.Count;

    /// <summary>The dataset's classes, if it has any.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>
    /// Notes about unusual classes, one sentence each: classes without images, and classes whose names look the same.
    /// </summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>A pair by its index.</summary>
    internal TrainingPair this[int pair] => _pairs[pair];

    /// <summary>All possible captions with the number of pairs that have each; for learning a vocabulary.</summary>
    internal IEnumerable<(string Caption, int Times)> Captions =>
        _pairs
            .CountBy(static pair => pair.Captions)
            .SelectMany(static count => count.Key.Select(caption => (caption, count.Value)));

    /// <summary>
    /// Opens a dataset. Class folders have labels, for which templates or prompts give captions. A table and shards have labels
    /// if templates or prompts are given, and otherwise captions: a table's column caption, text, title or sentence; a sample's
    /// txt.
    /// </summary>
    /// <param name="dataset">A folder of class folders, a table (.csv, .tsv, .jsonl) or shards (.tar).</param>
    /// <param name="prompts">The prompts of each class.</param>
    /// <param name="templates">Filled with each class name; imagenet-7 for class folders if neither is given.</param>
    /// <param name="fetch">
    /// Whether http and https addresses in a table are downloaded; otherwise they are images that cannot be read.
    /// </param>
    /// <param name="logger">Receives a sentence for each skipped entry.</param>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="InvalidDataException">
    /// It cannot be used for training: it is not a dataset, lacks a column, has no pairs, or all have the same meaning; or a
    /// class has no prompts.
    /// </exception>
    public static TrainingPairs Read(
        string dataset,
        PromptSet? prompts = null,
        IReadOnlyList<PromptTemplate>? templates = null,
        bool fetch = false,
        ILogger? logger = null
    )
    {
        bool areDescribed = prompts is not null || templates is not null;
        DatasetFiles files = DatasetFiles.Find(dataset, areDescribed ? TableColumn.Label : TableColumn.Caption);
        string? first = null;
        SentenceLogger skipped = new(sentence =>
        {
            first ??= sentence;
            logger?.Warn(sentence);
        });

        TrainingPairs pairs =
            areDescribed || files.Form == DatasetForm.ClassFolders
                ? FromLabels(LabeledImages.Open(dataset, fetch: fetch), prompts, templates, skipped)
                : FromCaptions(CaptionedImages.Open(files, fetch), skipped);
        if (pairs.Count == 0)
        {
            throw new InvalidDataException($"{dataset} has no pairs to learn from{(first is null ? "." : $": {first}")}");
        }

        pairs.RequireDifferentMeanings(dataset);
        return pairs;
    }

    private static TrainingPairs FromLabels(
        LabeledImages images,
        PromptSet? prompts,
        IReadOnlyList<PromptTemplate>? templates,
        ILogger logger
    )
    {
        IReadOnlyList<string> labels = images.Labels;
        if (labels.Count == 0)
        {
            // Nothing in it has a label; reading it reports why.
            return new([.. images.Read(logger).Select(static image => new TrainingPair(image.Image, [], image.Label))], labels);
        }

        PromptSet? filled =
            templates is null && prompts is not null
                ? null
                : PromptSet.FromTemplates(labels, templates ?? PromptTemplates.ImageNet7);
        PromptSet? written = prompts?.Select(labels).Prompts;
        PromptSet said =
            filled is null ? written!
            : written is null ? filled
            : filled.Union(written);
        Dictionary<string, IReadOnlyList<string>> captions = labels.ToDictionary(
            static label => label,
            IReadOnlyList<string> (label) => [.. said[label].Select(static prompt => prompt.Text)],
            StringComparer.Ordinal
        );
        TrainingPair[] pairs =
        [
            .. images.Read(logger).Select(image => new TrainingPair(image.Image, captions[image.Label], image.Label)),
        ];
        HashSet<string> used = pairs.Select(static pair => pair.Label!).ToHashSet(StringComparer.Ordinal);
        return new(pairs, labels) { Notes = [.. images.NotesOnLabels(labels: null, used)] };
    }

    private static TrainingPairs FromCaptions(CaptionedImages images, ILogger logger) =>
        new([.. images.Read(logger).Select(static image => new TrainingPair(image.Image, image.Captions, Label: null))]);

    /// <summary>
    /// Checks that there are different meanings: each image learns to choose its text among those of other pairs, so with a
    /// single meaning nothing can be learned.
    /// </summary>
    private void RequireDifferentMeanings(string dataset)
    {
        TrainingPair first = _pairs[0];
        if (
            _pairs.All(pair =>
                pair.Label is null ? pair.Captions.All(caption => caption == first.Captions[0]) : pair.Label == first.Label
            )
        )
        {
            string same = first.Label is { } label
                ? $"has images of one class only, {Files.TextFile.Quote(label)}"
                : $"has the same caption for every image, {Files.TextFile.Quote(first.Captions[0])}";
            throw new InvalidDataException(
                $"{dataset} {same}: a contrastive loss learns by telling pairs apart, and pairs with the same meaning are not "
                    + "negatives of each other. Add images with other captions."
            );
        }
    }
}

/// <summary>An image and its possible captions.</summary>
/// <param name="Image">The image's source.</param>
/// <param name="Captions">Each describes the image; one is drawn per epoch.</param>
/// <param name="Label">Its class, if known: pairs of one class are not negatives of each other.</param>
internal sealed record TrainingPair(ImageSource Image, IReadOnlyList<string> Captions, string? Label);
