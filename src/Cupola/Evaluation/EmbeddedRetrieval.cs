namespace Cupola.Evaluation;

/// <summary>Images that could be read, and the captions that belong to them.</summary>
/// <param name="Dataset">What the images are called together.</param>
/// <param name="Images">One row a different image.</param>
/// <param name="Pairs">Which captions belong to which images.</param>
/// <param name="ReadImages">How many images could be read, equal ones counted each.</param>
/// <param name="ReadCaptions">How many captions they have, equal ones counted each.</param>
/// <param name="Failed">What could not be read, each as a sentence.</param>
internal sealed record EmbeddedRetrieval(
    string Dataset,
    EmbeddingMatrix Images,
    RetrievalPairs Pairs,
    int ReadImages,
    int ReadCaptions,
    IReadOnlyList<string> Failed
)
{
    /// <summary>Whether images or captions are equal.</summary>
    public bool HasEqual => Pairs.Images < ReadImages || Pairs.Texts.Count < ReadCaptions;

    /// <summary>Encodes the captions and compares them with the images.</summary>
    /// <param name="embedder">The model that embedded the images.</param>
    /// <param name="progress">Receives the number of further encoded captions.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public RetrievalRecall Compare(ClipEmbedder embedder, IProgress<int>? progress, CancellationToken cancellationToken) =>
        RetrievalRecall.Compute(Images, embedder.EmbedTexts(Pairs.Texts, progress, cancellationToken), Pairs.ImagesOfText);
}
