using System.Globalization;
using static System.FormattableString;

namespace Cupola.Retrieval;

/// <summary>
/// Answers a query by one pass over all vectors a term. Terms are standardised over the library before they are added, because
/// cosines of images with images are several times those with words; a negative term is a penalty for what fits it better than
/// half of the library does, because CLIP does not understand 'without'.
/// </summary>
internal sealed class ImageSearch(ImageIndex index)
{
    /// <summary>The probability from which on a SigLIP's image is likelier to fit than not.</summary>
    private const float EvenChance = 0.5f;

    /// <summary>The images that fit a query best.</summary>
    public IReadOnlyList<FoundImage> Find(SearchQuery query, int top, CancellationToken cancellationToken)
    {
        IReadOnlyList<(KnownFile File, long Row)> images = index.Database.Images(index.ModelNumber);
        if (images.Count == 0)
        {
            return [];
        }

        float[][] vectors = [.. query.Terms.Select(term => Embed(term, query, images, cancellationToken))];
        IReadOnlyList<FoundImage> found = [];
        index.Vectors.Read(rows => found = Find(query, vectors, images, rows, top));
        return found;
    }

    private FoundImage[] Find(
        SearchQuery query,
        float[][] vectors,
        IReadOnlyList<(KnownFile File, long Row)> images,
        VectorFile.Rows rows,
        int top
    )
    {
        long[] used = [.. images.Select(static image => image.Row).Distinct()];
        float[][] cosines = [.. vectors.Select(vector => ExactScan.Scores(rows, vector, index.Embedder.Threads))];
        double[] scores = new double[rows.Count];
        (double Mean, double Scale)[] standards =
        [
            .. query.Terms.Zip(cosines, (term, ofTerm) => Add(scores, ofTerm, used, term.Weight)),
        ];

        Lazy<float> likelyFrom = new(() => BackgroundWords.LikelyFrom(index, rows, used));
        return
        [
            .. images
                .Where(image => Matches(image.File, query) && (query.Threshold is not { } least || scores[image.Row] >= least))
                .OrderByDescending(image => scores[image.Row])
                .ThenBy(static image => image.File.Path, StringComparer.Ordinal)
                .Take(top)
                .Select(image => new FoundImage(
                    image.File.Path,
                    image.File.Number,
                    scores[image.Row],
                    cosines[0][image.Row],
                    IsLikely(query, cosines, image.Row, likelyFrom)
                )
                {
                    Terms =
                    [
                        .. cosines.Zip(
                            standards,
                            (ofTerm, standard) =>
                                ((double)ofTerm[image.Row], (ofTerm[image.Row] - standard.Mean) * standard.Scale)
                        ),
                    ],
                }),
        ];
    }

    /// <summary>
    /// Whether all that is asked for in words is in an image: by its own probability where the model is a SigLIP, otherwise
    /// against what words of all kinds reach over the library. What is asked for by an image always has a most similar one.
    /// </summary>
    private bool IsLikely(SearchQuery query, float[][] cosines, long row, Lazy<float> likelyFrom) =>
        query
            .Terms.Zip(cosines)
            .Where(static pair => pair.First is { Kind: SearchTermKind.Words, Weight: > 0 })
            .All(pair =>
                index.Embedder.Score.IsIndependent
                    ? index.Embedder.Score.Probability(pair.Second[row]) >= EvenChance
                    : pair.Second[row] >= likelyFrom.Value
            );

    private float[] Embed(
        SearchTerm term,
        SearchQuery query,
        IReadOnlyList<(KnownFile File, long Row)> images,
        CancellationToken cancellationToken
    )
    {
        if (term.Vector is not null)
        {
            return term.Vector;
        }

        switch (term.Kind)
        {
            case SearchTermKind.Words:
                IReadOnlyList<string> sentences = query.Sentences?.Invoke(term.Text) ?? [term.Text];
                EmbeddingMatrix texts = index.Embedder.EmbedTexts(sentences, progress: null, cancellationToken);
                float[] equal = [.. Enumerable.Repeat(1f / texts.Count, texts.Count)];
                return new EmbeddingMatrix(texts.Mean([.. Enumerable.Range(0, texts.Count)], equal), 1, texts.Dimension)
                    .Normalize()
                    .Values.ToArray();
            case SearchTermKind.Number:
                long number = long.Parse(term.Text, CultureInfo.InvariantCulture);
                long row = images
                    .Where(image => image.File.Number == number)
                    .Select(static image => (long?)image.Row)
                    .FirstOrDefault()
                    ?? throw new InvalidDataException(Invariant($"The index has no image of the number {number}."));
                float[] vector = [];
                index.Vectors.Read(rows => vector = rows.ToArray(row));
                return vector;
            default:
                EmbeddedImage embedded = index
                    .Embedder.EmbedImages([ImageSource.FromPath(term.Text)], index.IsOriented, cache: null, cancellationToken)
                    .Single();
                return embedded.Vector ?? throw new InvalidDataException(embedded.Error);
        }
    }

    /// <summary>Adds a term in standard deviations over the library, and gives its mean and what one deviation is
    /// divided by.</summary>
    private static (double Mean, double Scale) Add(double[] sums, float[] cosines, long[] rows, double weight)
    {
        double mean = rows.Average(row => cosines[row]);
        double deviation = Math.Sqrt(rows.Average(row => Math.Pow(cosines[row] - mean, 2)));
        double scale = deviation > 1e-9 ? 1 / deviation : 1;
        float[] sorted = [.. rows.Select(row => cosines[row]).Order()];
        double median = sorted[sorted.Length / 2];
        foreach (long row in rows)
        {
            sums[row] +=
                weight > 0 ? weight * (cosines[row] - mean) * scale : weight * Math.Max(0, (cosines[row] - median) * scale);
        }

        return (mean, scale);
    }

    private static bool Matches(KnownFile file, SearchQuery query) =>
        (query.Folder is not { } folder || IsBelow(file.Path, Path.GetFullPath(folder)))
        && (query.Camera is not { } camera || file.Metadata.Camera?.Contains(camera, StringComparison.OrdinalIgnoreCase) == true)
        && (query.After is not { } after || (TakenAt(file) is { } taken && taken >= after))
        && (query.Before is not { } before || (TakenAt(file) is { } at && at < before));

    private static DateTime? TakenAt(KnownFile file) =>
        file.Metadata.Taken is { } taken ? DateTime.ParseExact(taken, "s", CultureInfo.InvariantCulture) : null;

    private static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(
            Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );
}
