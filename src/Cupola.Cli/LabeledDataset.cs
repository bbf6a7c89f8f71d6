using Cupola.Data;

namespace Cupola.Cli;

/// <summary>The images of a dataset, each with the position of its class among the labels.</summary>
internal sealed class LabeledDataset
{
    private readonly string _dataset;
    private readonly IReadOnlyList<(ImageSource Image, int Truth)> _images;
    private readonly IReadOnlyList<string> _broken;

    private LabeledDataset(
        string dataset,
        IReadOnlyList<string> labels,
        IReadOnlyList<(ImageSource, int)> images,
        IReadOnlyList<string> broken
    ) => (_dataset, Labels, _images, _broken) = (dataset, labels, images, broken);

    /// <summary>What there is to choose from.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Reads which images there are. Those of classes that are no labels are left out, and a note counts them.</summary>
    /// <param name="dataset">Class folders, a table or shards.</param>
    /// <param name="labels">The labels, where the command line says them; the dataset's own otherwise.</param>
    /// <param name="fetch">Whether addresses in a table are fetched.</param>
    /// <exception cref="InvalidDataException">It has no images of these labels.</exception>
    public static LabeledDataset Open(string dataset, IReadOnlyList<string>? labels, bool fetch)
    {
        LabeledImages images = LabeledImages.Open(dataset, fetch: fetch);
        Dictionary<string, string> renamed = ClassNameOverrides.Find(images.Labels, labels, dataset);
        ChosenLabels chosen = new(labels ?? images.Labels);
        List<string> broken = [];
        (ImageSource, int)[] judged =
        [
            .. chosen
                .Among(
                    images
                        .Read(broken.Add)
                        .Select(image => image with { Label = renamed.GetValueOrDefault(image.Label, image.Label) })
                )
                .Select(image => (image.Image, chosen.IndexOf(image.Label))),
        ];
        HashSet<string> used = [.. judged.Select(each => chosen.Labels[each.Item2])];
        IEnumerable<string> notes = judged.Length > 0 ? images.NotesOnLabels(labels, used) : [];
        foreach (string note in notes.Prepend(chosen.Note).OfType<string>())
        {
            Console.Error.WriteLine(note);
        }

        string why =
            broken.Count > 0 ? $": {broken[0]}"
            : chosen.LeftOut.Count > 0 ? " that are of any of the labels."
            : ".";
        return judged.Length > 0
            ? new(dataset, chosen.Labels, judged, broken)
            : throw new InvalidDataException($"{dataset} has no images to judge by{why}");
    }

    /// <summary>Embeds the images that can be read, and says on standard error of the others why not.</summary>
    /// <inheritdoc cref="Embed(ClipEmbedder, EmbeddingCache?, Action{string}, CancellationToken)"/>
    public EmbeddedDataset Embed(ClipEmbedder embedder, EmbeddingCache? cache, CancellationToken cancellation) =>
        Embed(embedder, cache, Console.Error.WriteLine, cancellation);

    /// <summary>Embeds the images that can be read.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="cache">Where embeddings are kept; null keeps none.</param>
    /// <param name="tell">Hears of the others why they cannot be.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidDataException">None can be read.</exception>
    public EmbeddedDataset Embed(
        ClipEmbedder embedder,
        EmbeddingCache? cache,
        Action<string> tell,
        CancellationToken cancellation
    )
    {
        IEnumerable<ImageSource> sources = _images.Select(static each => each.Image);
        List<float> values = [];
        List<int> truths = [];
        List<ImageSource> images = [];
        List<string> failed = [.. _broken];
        WorkProgress.Items("Embedding images", _images.Count, progress =>
        {
            foreach (
                (EmbeddedImage embedded, (ImageSource image, int truth)) in (
                    embedder.EmbedImages(sources, orient: false, cache, cancellation)
                ).Zip(_images)
            )
            {
                progress?.Invoke(1);
                if (embedded.Vector is null)
                {
                    failed.Add(embedded.Error!);
                    continue;
                }

                values.AddRange(embedded.Vector);
                truths.Add(truth);
                images.Add(image);
            }

            return truths.Count;
        });
        if (truths.Count == 0)
        {
            throw new InvalidDataException(
                $"None of the {_images.Count} images of {_dataset} can be read, the first because of this: {failed[0]}"
            );
        }

        failed.ForEach(tell);
        return new(new EmbeddingMatrix([.. values], truths.Count, embedder.Config.EmbeddingDimension), truths, images, failed);
    }
}

/// <summary>A dataset's images that could be read.</summary>
/// <param name="Embeddings">One row an image.</param>
/// <param name="Truths">The position of each one's class among the labels.</param>
/// <param name="Images">Where each is to be had again.</param>
/// <param name="Failed">What could not be read, each as a sentence.</param>
internal sealed record EmbeddedDataset(
    EmbeddingMatrix Embeddings,
    IReadOnlyList<int> Truths,
    IReadOnlyList<ImageSource> Images,
    IReadOnlyList<string> Failed
);
