namespace Cupola.Evaluation;

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
