using System.Security.Cryptography;
using System.Text;
using Cupola.Images;

namespace Cupola.Embedding;

/// <summary>Pictures whose embeddings may be known already.</summary>
public sealed partial class ClipEmbedder
{
    /// <summary>Stands first in what the keys of a cache are made of; another number whenever the same picture gets another embedding.</summary>
    private const string CacheFormat = "cupola-embedding-2";

    /// <summary>
    /// Embeds pictures, in order, and decodes and encodes only those whose embedding is not in the cache: what is there is found by the bytes of the picture's file, the model's
    /// <see cref="Fingerprint"/>, the device and whether pictures are turned. What is embedded is kept.
    /// </summary>
    /// <param name="pictures">Where each is to be had; enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="orient">Whether to turn pictures as their EXIF orientation says; the reference does not.</param>
    /// <param name="cache">Where embeddings are kept; it stays the caller's.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public IEnumerable<EmbeddedPicture> EmbedPictures(IEnumerable<PictureSource> pictures, bool orient, EmbeddingCache cache, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(cache);
        int batch = PicturesPerThread * _threads;
        PictureReader reader = new(Preprocessing, orient, _threads);
        foreach (KnownPicture[] read in ReadAhead.Select(pictures, picture => ReadOrFind(picture, reader, orient, cache, cancellation), _threads, 2 * batch, cancellation).Chunk(batch))
        {
            Queue<EmbeddedPicture> made = new(EmbedBatch([.. read.Where(static picture => picture.Known is null).Select(static picture => picture.Prepared)], cancellation));
            foreach (KnownPicture picture in read)
            {
                EmbeddedPicture embedded = picture.Known is null ? made.Dequeue() : new(picture.Prepared.Path, picture.Known, null);
                if (picture.Known is null && embedded.Embedding is not null)
                {
                    cache.Add(picture.Key!, embedded.Embedding);
                }

                yield return embedded;
            }
        }
    }

    /// <summary>What the embedding of a picture's file is found by: everything that it depends on.</summary>
    internal byte[] CacheKey(byte[] file, bool orient) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{CacheFormat}\n{Fingerprint}\n{_device}\n{orient}\n{Convert.ToHexStringLower(SHA256.HashData(file))}"));

    private KnownPicture ReadOrFind(PictureSource picture, PictureReader reader, bool orient, EmbeddingCache cache, CancellationToken cancellation)
    {
        try
        {
            byte[] file = picture.Read(cancellation);
            byte[] key = CacheKey(file, orient);
            return cache.Find(key, Config.EmbeddingDimension) is { } known
                ? new(new(picture.Name, null, null), key, known)
                : new(new(picture.Name, reader.Prepare(file, picture.Name, cancellation), null), key, null);
        }
        catch (Exception exception) when (PictureReader.IsBroken(exception))
        {
            return new(new(picture.Name, null, exception.Message), null, null);
        }
    }

    /// <summary>A picture on its way, or its embedding where that is known.</summary>
    private sealed record KnownPicture(PreparedPicture Prepared, byte[]? Key, float[]? Known);
}
