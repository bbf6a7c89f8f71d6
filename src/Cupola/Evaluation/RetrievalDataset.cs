using Cupola.Data;
using Cupola.Files;

namespace Cupola.Evaluation;

/// <summary>The images of a dataset, each with its captions.</summary>
internal sealed class RetrievalDataset
{
    private readonly string _dataset;
    private readonly IReadOnlyList<CaptionedImage> _images;
    private readonly IReadOnlyList<string> _skipped;

    private RetrievalDataset(string dataset, IReadOnlyList<CaptionedImage> images, IReadOnlyList<string> skipped) =>
        (_dataset, _images, _skipped) = (dataset, images, skipped);

    /// <summary>How many images there are to embed.</summary>
    public int Count => _images.Count;

    /// <summary>Reads which images and captions there are.</summary>
    /// <param name="dataset">A table of captions, or shards.</param>
    /// <param name="fetch">Whether addresses in a table are fetched.</param>
    public static RetrievalDataset Read(string dataset, bool fetch)
    {
        List<string> skipped = [];
        CaptionedImage[] images = [.. CaptionedImages.Open(dataset, fetch).Read(new SentenceLogger(skipped.Add))];
        return new(dataset, images, skipped);
    }

    /// <summary>Embeds the images that can be read; images of equal bytes count once.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="cache">Where embeddings are kept; null keeps none.</param>
    /// <param name="progress">Told how many more images are done.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public EmbeddedRetrieval Embed(
        ClipEmbedder embedder,
        EmbeddingCache? cache,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        RetrievalPairs pairs = new(embedder.Tokenizer);
        List<string> failed = [.. _skipped];
        List<float> values = [];
        int read = 0,
            captions = 0;
        foreach (
            (CaptionedImage image, float[] embedding, string hash) in ReadableImages.Embed(
                _images,
                static image => image.Image,
                embedder,
                cache,
                failed,
                progress,
                cancellationToken
            )
        )
        {
            read++;
            captions += image.Captions.Count;
            if (pairs.Add(hash, image.Captions))
            {
                values.AddRange(embedding);
            }
        }

        EmbeddingMatrix embeddings = new([.. values], pairs.Images, embedder.Config.EmbeddingDimension);
        return new(_dataset, embeddings, pairs, read, captions, failed);
    }
}
