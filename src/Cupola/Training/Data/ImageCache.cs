using Cupola.Images;

namespace Cupola.Training.Data;

/// <summary>
/// A cache of images from one epoch to the next, of limited size: a small model goes through its images dozens of times, and
/// decoding them would take longer than learning from them. The results do not depend on what is cached.
/// </summary>
/// <param name="pairs">The number of images.</param>
/// <param name="room">Bytes that all cached images may take together.</param>
internal sealed class ImageCache(int pairs, long room)
{
    /// <summary>
    /// The divisor of the cache's size that limits one image: a large one would take the room of many, but saves no more work.
    /// </summary>
    private const int LargestPart = 1024;

    private readonly Image?[] _images = new Image?[pairs];
    private long _used;

    /// <summary>The default size: 1 GiB, or a quarter of the memory if that is less.</summary>
    public static long UsualRoom => Math.Min(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>The image of a pair, which the caller disposes; null if it is not cached.</summary>
    public RgbImage? Find(int pair)
    {
        if (Volatile.Read(ref _images[pair]) is not { } cached)
        {
            return null;
        }

        RgbImage image = new(cached.Width, cached.Height);
        cached.Bytes.CopyTo(image.Bytes);
        return image;
    }

    /// <summary>Caches an image if there is room.</summary>
    public void Keep(int pair, RgbImage image)
    {
        long bytes = image.Bytes.Length;
        if (bytes > room / LargestPart || Volatile.Read(ref _images[pair]) is not null)
        {
            return;
        }

        if (
            Interlocked.Add(ref _used, bytes) > room
            || Interlocked.CompareExchange(ref _images[pair], new(image.Width, image.Height, image.Bytes.ToArray()), null)
                is not null
        )
        {
            Interlocked.Add(ref _used, -bytes);
        }
    }

    private sealed record Image(int Width, int Height, byte[] Bytes);
}
