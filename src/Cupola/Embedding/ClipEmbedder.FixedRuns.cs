namespace Cupola;

/// <summary>
/// Embeddings that are made on several machines and joined. Rounding depends on how images and texts are split among runs of a
/// network, and usually that depends on the number of threads; here it does not, so that machines with other numbers of cores
/// give the same bytes.
/// </summary>
public sealed partial class ClipEmbedder
{
    /// <summary>Enough for 32 threads with a batch of four each.</summary>
    private const int ImagesOfFixedRuns = 128;

    /// <summary>Embeds images, in order, in runs of fixed sizes, counted from the first of them.</summary>
    internal IEnumerable<EmbeddedImage> EmbedImagesInFixedRuns(
        IEnumerable<ImageSource> images,
        bool orient,
        CancellationToken cancellationToken
    ) => EmbedNew(images, orient, ImagesOfFixedRuns, fixedRuns: true, cancellationToken);

    /// <summary>Embeds texts, in order, in runs of fixed sizes.</summary>
    internal EmbeddingMatrix EmbedTextsInFixedRuns(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        new EmbeddingMatrix(
            EncodeTexts(texts, fixedRuns: true, progress: null, cancellationToken).Embeddings,
            texts.Count,
            Config.EmbeddingDimension
        ).Normalize();
}
