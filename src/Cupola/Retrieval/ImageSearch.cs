using System.Globalization;
using static System.FormattableString;

namespace Cupola.Retrieval;

/// <summary>
/// Answers a query: its terms become vectors, the store ranks the images by them, and words of all kinds say whether the best of
/// these fit at all.
/// </summary>
internal sealed class ImageSearch(ImageIndex index)
{
    /// <summary>The probability from which on a SigLIP's image is likelier to fit than not.</summary>
    private const float EvenChance = 0.5f;

    /// <summary>The images that fit a query best.</summary>
    public IReadOnlyList<FoundImage> Find(SearchQuery query, int top, CancellationToken cancellationToken)
    {
        WeightedVector[] terms =
        [
            .. query.Terms.Select(term => new WeightedVector(Embed(term, query, cancellationToken), term.Weight)),
        ];
        IReadOnlyList<RankedImage> ranked = index.Store.Rank(terms, query, top);
        Lazy<float> likelyFrom = new(() => BackgroundWords.LikelyFrom(index));
        return
        [
            .. ranked.Select(image => new FoundImage(
                image.File.Path,
                image.File.Number,
                image.Score,
                image.Cosines[0],
                IsLikely(query, image.Cosines, likelyFrom)
            )
            {
                Ranked = image,
            }),
        ];
    }

    /// <summary>
    /// Whether all that is asked for in words is in an image: by its own probability where the model is a SigLIP, otherwise
    /// against what words of all kinds reach over the library. What is asked for by an image always has a most similar one.
    /// </summary>
    private bool IsLikely(SearchQuery query, double[] cosines, Lazy<float> likelyFrom) =>
        query
            .Terms.Zip(cosines)
            .Where(static pair => pair.First is { Kind: SearchTermKind.Words, Weight: > 0 })
            .All(pair =>
                index.Embedder.Score.IsIndependent
                    ? index.Embedder.Score.Probability((float)pair.Second) >= EvenChance
                    : pair.Second >= likelyFrom.Value
            );

    private float[] Embed(SearchTerm term, SearchQuery query, CancellationToken cancellationToken)
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
                return index.Store.Vector(number)
                    ?? throw new InvalidDataException(Invariant($"The index has no image of the number {number}."));
            default:
                EmbeddedImage embedded = index
                    .Embedder.EmbedImages([ImageSource.FromPath(term.Text)], index.IsOriented, cache: null, cancellationToken)
                    .Single();
                return embedded.Vector ?? throw new InvalidDataException(embedded.Error);
        }
    }
}
