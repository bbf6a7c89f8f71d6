using System.Security.Cryptography;
using System.Text;
using Cupola.Images;

namespace Cupola;

/// <summary>Images whose embeddings may be known already.</summary>
public sealed partial class ClipEmbedder
{
    /// <summary>
    /// Stands first in what the keys of a cache are made of; another number whenever the same image gets another embedding.
    /// </summary>
    private const string CacheFormat = "cupola-embedding-2";

    /// <summary>
    /// Embeds images, in order, and decodes and encodes only those whose embedding is not in the cache: what is there is found by
    /// the bytes of the image's file, the model's
    /// <see cref="Fingerprint"/>, the device and whether images are turned. What is embedded is kept.
    /// </summary>
    /// <param name="images">Where each is to be had; enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
    /// <param name="cache">Where embeddings are kept; it stays the caller's.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public IEnumerable<EmbeddedImage> EmbedImages(
        IEnumerable<ImageSource> images,
        bool orient,
        EmbeddingCache cache,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(cache);
        int batch = ImagesPerThread * _threads;
        ImageReader reader = new(Preprocessing, orient, _threads);
        foreach (
            KnownImage[] read in Prefetch
                .Select(
                    images,
                    image => ReadOrFind(image, reader, orient, cache, cancellation),
                    _threads,
                    2 * batch,
                    cancellation
                )
                .Chunk(batch)
        )
        {
            Queue<EmbeddedImage> made = new(
                EmbedBatch(
                    [.. read.Where(static image => image.Known is null).Select(static image => image.Prepared)],
                    cancellation
                )
            );
            foreach (KnownImage image in read)
            {
                EmbeddedImage embedded = image.Known is null ? made.Dequeue() : new(image.Prepared.Path, image.Known, null);
                if (image.Known is null && embedded.Embedding is not null)
                {
                    cache.Add(image.Key!, embedded.Embedding);
                }

                yield return embedded;
            }
        }
    }

    /// <summary>What the embedding of an image's file is found by: everything that it depends on.</summary>
    internal byte[] CacheKey(byte[] file, bool orient) =>
        SHA256.HashData(
            Encoding.UTF8.GetBytes(
                $"{CacheFormat}\n{Fingerprint}\n{_device}\n{orient}\n{Convert.ToHexStringLower(SHA256.HashData(file))}"
            )
        );

    private KnownImage ReadOrFind(
        ImageSource image,
        ImageReader reader,
        bool orient,
        EmbeddingCache cache,
        CancellationToken cancellation
    )
    {
        try
        {
            byte[] file = image.Read(cancellation);
            byte[] key = CacheKey(file, orient);
            return cache.Find(key, Config.EmbeddingDimension) is { } known
                ? new(new(image.Name, null, null), key, known)
                : new(new(image.Name, reader.Prepare(file, image.Name, cancellation), null), key, null);
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return new(new(image.Name, null, exception.Message), null, null);
        }
    }

    /// <summary>An image on its way, or its embedding where that is known.</summary>
    private sealed record KnownImage(PreparedImage Prepared, byte[]? Key, float[]? Known);
}
