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

    /// <summary>Embeds images, in order, and decodes and encodes only those whose embedding is not in the cache.</summary>
    private IEnumerable<EmbeddedImage> EmbedUnknown(
        IEnumerable<ImageSource> images,
        bool orient,
        EmbeddingCache cache,
        CancellationToken cancellationToken
    )
    {
        int batch = ImagesPerThread * _threads;
        ImageReader reader = new(Preprocessing, orient, _threads);
        foreach (
            KnownImage[] read in Prefetch
                .Select(
                    images,
                    image => ReadOrFind(image, reader, orient, cache, cancellationToken),
                    _threads,
                    2 * batch,
                    cancellationToken
                )
                .Chunk(batch)
        )
        {
            Queue<EmbeddedImage> made = new(
                EmbedBatch(
                    [.. read.Where(static image => image.Known is null).Select(static image => image.Prepared)],
                    fixedRuns: false,
                    cancellationToken
                )
            );
            foreach (KnownImage image in read)
            {
                EmbeddedImage embedded = image.Known is null
                    ? made.Dequeue()
                    : new(image.Prepared.Path, image.Known, null, image.Prepared.FileHash);
                if (image.Known is null && embedded.Vector is not null)
                {
                    cache.Add(image.Key!, embedded.Vector);
                }

                yield return embedded;
            }
        }
    }

    /// <summary>What the embedding of an image's file is found by: everything that it depends on.</summary>
    /// <param name="contentHash">Of its bytes.</param>
    /// <param name="orient">Whether it is turned as its EXIF orientation says.</param>
    internal byte[] CacheKey(string contentHash, bool orient) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{CacheFormat}\n{Fingerprint}\n{_device}\n{orient}\n{contentHash}"));

    private KnownImage ReadOrFind(
        ImageSource image,
        ImageReader reader,
        bool orient,
        EmbeddingCache cache,
        CancellationToken cancellationToken
    )
    {
        string? hash = null;
        try
        {
            byte[] file = image.Read(cancellationToken);
            hash = ImageReader.HashOf(file);
            byte[] key = CacheKey(hash, orient);
            return cache.Find(key, Config.EmbeddingDimension) is { } known
                ? new(new(image.Name, null, null, hash), key, known)
                : new(new(image.Name, reader.Prepare(file, image.Name, cancellationToken), null, hash), key, null);
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return new(new(image.Name, null, exception.Message, hash), null, null);
        }
    }

    /// <summary>An image on its way, or its embedding where that is known.</summary>
    private sealed record KnownImage(PreparedImage Prepared, byte[]? Key, float[]? Known);
}
