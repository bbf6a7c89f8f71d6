using Cupola.Data;

namespace Cupola.Training.Data;

/// <summary>What there is to learn from: images and what may be said of each, always in the same order.</summary>
public sealed class TrainingPairs
{
    private readonly IReadOnlyList<TrainingPair> _pairs;

    /// <summary>Pairs from anywhere.</summary>
    internal TrainingPairs(IReadOnlyList<TrainingPair> pairs, IReadOnlyList<string>? labels = null) =>
        (_pairs, Labels) = (pairs, labels);

    /// <summary>How many there are.</summary>
    public int Count => _pairs.Count;

    /// <summary>The dataset's classes, where it has any.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>
    /// What is odd about the classes, each in a sentence: those without images, and those that a person would take for one.
    /// </summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>A pair by its place.</summary>
    internal TrainingPair this[int pair] => _pairs[pair];

    /// <summary>Everything that may be said, and of how many pairs; for learning a vocabulary.</summary>
    internal IEnumerable<(string Caption, int Times)> Captions =>
        _pairs
            .CountBy(static pair => pair.Captions)
            .SelectMany(static count => count.Key.Select(caption => (caption, count.Value)));

    /// <summary>
    /// Opens a dataset. Class folders have labels, about which templates and prompts speak. A table, and shards, have labels
    /// where templates or prompts are given to speak about them, and
    /// captions where not: a table's column caption, text, title or sentence; a sample's txt.
    /// </summary>
    /// <param name="dataset">A folder of class folders, a table (.csv, .tsv, .jsonl) or shards (.tar).</param>
    /// <param name="prompts">What is said of each class.</param>
    /// <param name="templates">Filled with each class name; for class folders imagenet-7 where neither is given.</param>
    /// <param name="broken">Told in one sentence of each thing that had to be passed over.</param>
    /// <param name="fetch">
    /// Whether http and https addresses in a table are fetched; where not, they are images that cannot be read.
    /// </param>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="InvalidDataException">
    /// There is nothing to learn from in it: it is no dataset, lacks a column, has no pairs, or all of them say the same; or a
    /// class has no prompts.
    /// </exception>
    public static TrainingPairs Open(
        string dataset,
        PromptSet? prompts,
        IReadOnlyList<PromptTemplate>? templates,
        Action<string>? broken,
        bool fetch = false
    )
    {
        bool areDescribed = prompts is not null || templates is not null;
        DatasetFiles files = DatasetFiles.Find(dataset, areDescribed ? TableColumn.Label : TableColumn.Caption);
        string? first = null;
        void Tell(string problem)
        {
            first ??= problem;
            broken?.Invoke(problem);
        }

        TrainingPairs pairs =
            areDescribed || files.Form == DatasetForm.ClassFolders
                ? OfLabels(LabeledImages.Open(dataset, fetch: fetch), prompts, templates, Tell)
                : OfCaptions(CaptionedImages.Open(files, fetch), Tell);
        if (pairs.Count == 0)
        {
            throw new InvalidDataException($"{dataset} has no pairs to learn from{(first is null ? "." : $": {first}")}");
        }

        pairs.RequireDifferentSayings(dataset);
        return pairs;
    }

    private static TrainingPairs OfLabels(
        LabeledImages images,
        PromptSet? prompts,
        IReadOnlyList<PromptTemplate>? templates,
        Action<string> broken
    )
    {
        IReadOnlyList<string> labels = images.Labels;
        if (labels.Count == 0)
        {
            // Nothing in it is labelled; reading it says why.
            return new([.. images.Read(broken).Select(static image => new TrainingPair(image.Image, [], image.Label))], labels);
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
            .. images.Read(broken).Select(image => new TrainingPair(image.Image, captions[image.Label], image.Label)),
        ];
        HashSet<string> used = pairs.Select(static pair => pair.Label!).ToHashSet(StringComparer.Ordinal);
        return new(pairs, labels) { Notes = [.. images.NotesOnLabels(labels: null, used)] };
    }

    private static TrainingPairs OfCaptions(CaptionedImages images, Action<string> broken) =>
        new([.. images.Read(broken).Select(static image => new TrainingPair(image.Image, image.Captions, Label: null))]);

    /// <summary>
    /// Each image learns to choose its text among those of other pairs; where all say the same there is nothing to choose from,
    /// and nothing would be learnt.
    /// </summary>
    private void RequireDifferentSayings(string dataset)
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
                : $"says the same of every image, {Files.TextFile.Quote(first.Captions[0])}";
            throw new InvalidDataException(
                $"{dataset} {same}: a contrastive loss learns by telling pairs apart, and pairs that say the same are no "
                    + "negatives of each other. Add images of which something else is said."
            );
        }
    }
}
