using Cupola.Data;
using Cupola.Embedding;
using Cupola.Images;

namespace Cupola.Cli;

/// <summary>The pictures of a dataset, each with the position of its class among the labels.</summary>
internal sealed class JudgedPictures
{
    private readonly string _dataset;
    private readonly IReadOnlyList<(PictureSource Picture, int Truth)> _pictures;
    private readonly IReadOnlyList<string> _broken;

    private JudgedPictures(string dataset, IReadOnlyList<string> labels, IReadOnlyList<(PictureSource, int)> pictures, IReadOnlyList<string> broken) =>
        (_dataset, Labels, _pictures, _broken) = (dataset, labels, pictures, broken);

    /// <summary>What there is to choose from.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Reads which pictures there are. Those of classes that are no labels are left out, and a note counts them.</summary>
    /// <param name="dataset">Class folders, a table or shards.</param>
    /// <param name="labels">The labels, where the command line says them; the dataset's own otherwise.</param>
    /// <param name="fetch">Whether addresses in a table are fetched.</param>
    /// <exception cref="InvalidDataException">It has no pictures of these labels.</exception>
    public static JudgedPictures Open(string dataset, IReadOnlyList<string>? labels, bool fetch)
    {
        LabelledPictures pictures = LabelledPictures.Open(dataset, fetch: fetch);
        Dictionary<string, string> renamed = RenamedClasses.Of(pictures.Labels, labels, dataset);
        ChosenLabels chosen = new(labels ?? pictures.Labels);
        List<string> broken = [];
        (PictureSource, int)[] judged =
        [
            .. chosen.Among(pictures.Read(broken.Add).Select(picture => picture with { Label = renamed.GetValueOrDefault(picture.Label, picture.Label) }))
                .Select(picture => (picture.Picture, chosen.IndexOf(picture.Label))),
        ];
        HashSet<string> used = [.. judged.Select(each => chosen.Labels[each.Item2])];
        IEnumerable<string> notes = judged.Length > 0 ? pictures.NotesOnLabels(labels, used) : [];
        foreach (string note in notes.Prepend(chosen.Note).OfType<string>())
        {
            Console.Error.WriteLine(note);
        }

        return judged.Length > 0
            ? new(dataset, chosen.Labels, judged, broken)
            : throw new InvalidDataException($"{dataset} has no pictures to judge by{(broken.Count > 0 ? $": {broken[0]}" : chosen.LeftOut.Count > 0 ? " that are of any of the labels." : ".")}");
    }

    /// <summary>Embeds the pictures that can be read, and says on standard error of the others why not.</summary>
    /// <inheritdoc cref="Embed(ClipEmbedder, EmbeddingCache?, Action{string}, CancellationToken)"/>
    public EmbeddedDataset Embed(ClipEmbedder embedder, EmbeddingCache? cache, CancellationToken cancellation) => Embed(embedder, cache, Console.Error.WriteLine, cancellation);

    /// <summary>Embeds the pictures that can be read.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="cache">Where embeddings are kept; null keeps none.</param>
    /// <param name="tell">Hears of the others why they cannot be.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidDataException">None can be read.</exception>
    public EmbeddedDataset Embed(ClipEmbedder embedder, EmbeddingCache? cache, Action<string> tell, CancellationToken cancellation)
    {
        IEnumerable<PictureSource> sources = _pictures.Select(static each => each.Picture);
        List<float> values = [];
        List<int> truths = [];
        List<PictureSource> pictures = [];
        List<string> failed = [.. _broken];
        WorkProgress.Items("Embedding pictures", _pictures.Count, progress =>
        {
            foreach ((EmbeddedPicture embedded, (PictureSource picture, int truth)) in
                (cache is null ? embedder.EmbedPictures(sources, orient: false, cancellation) : embedder.EmbedPictures(sources, orient: false, cache, cancellation)).Zip(_pictures))
            {
                progress?.Invoke(1);
                if (embedded.Embedding is null)
                {
                    failed.Add(embedded.Error!);
                    continue;
                }

                values.AddRange(embedded.Embedding);
                truths.Add(truth);
                pictures.Add(picture);
            }

            return truths.Count;
        });
        if (truths.Count == 0)
        {
            throw new InvalidDataException($"None of the {_pictures.Count} pictures of {_dataset} can be read, the first because of this: {failed[0]}");
        }

        failed.ForEach(tell);
        return new(new EmbeddingMatrix([.. values], truths.Count, embedder.Config.EmbeddingDimension), truths, pictures, failed);
    }
}

/// <summary>A dataset's pictures that could be read.</summary>
/// <param name="Embeddings">One row a picture.</param>
/// <param name="Truths">The position of each one's class among the labels.</param>
/// <param name="Pictures">Where each is to be had again.</param>
/// <param name="Failed">What could not be read, each as a sentence.</param>
internal sealed record EmbeddedDataset(EmbeddingMatrix Embeddings, IReadOnlyList<int> Truths, IReadOnlyList<PictureSource> Pictures, IReadOnlyList<string> Failed);
