namespace Cupola.Evaluation;

/// <summary>Embeds what a dataset lists, as far as its images can be read.</summary>
internal static class ReadableImages
{
    /// <summary>The entries whose images can be read, in order, each with its unit embedding and the hash of its bytes.</summary>
    /// <param name="entries">What the dataset lists.</param>
    /// <param name="imageOf">The image of an entry.</param>
    /// <param name="embedder">The model.</param>
    /// <param name="cache">Where embeddings are kept; null keeps none.</param>
    /// <param name="failed">Is given a sentence for each image that cannot be read.</param>
    /// <param name="progress">Told how many more images are done.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IEnumerable<(T Entry, float[] Embedding, string FileHash)> Embed<T>(
        IReadOnlyList<T> entries,
        Func<T, ImageSource> imageOf,
        ClipEmbedder embedder,
        EmbeddingCache? cache,
        List<string> failed,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        IEnumerable<ImageSource> images = entries.Select(imageOf);
        foreach (
            (EmbeddedImage image, T entry) in embedder.EmbedImages(images, orient: false, cache, cancellationToken).Zip(entries)
        )
        {
            progress?.Report(1);
            if (image.Vector is null)
            {
                failed.Add(image.Error!);
                continue;
            }

            yield return (entry, image.Vector, image.FileHash!);
        }
    }
}
