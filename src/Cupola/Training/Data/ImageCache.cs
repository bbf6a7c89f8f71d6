using Cupola.Images;

namespace Cupola.Training.Data;

/// <summary>
/// Images that are kept in memory from one epoch to the next, as far as there is room: a small model goes through its images
/// dozens of times, and decoding them would take
/// longer than learning from them. What comes out does not depend on what is kept.
/// </summary>
/// <param name="pairs">How many images there may be.</param>
/// <param name="room">Bytes that all kept images may have together.</param>
internal sealed class ImageCache(int pairs, long room)
{
    /// <summary>
    /// One image may take this part of the room: a large one would take the room of many, and is no greater share of the work.
    /// </summary>
    private const int LargestPart = 1024;

    private readonly Image?[] _images = new Image?[pairs];
    private long _kept;

    /// <summary>Room for a run: 1 GiB, or a quarter of the memory where that is less.</summary>
    public static long UsualRoom => Math.Min(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>The image of a pair, which the caller disposes; null where it is not kept.</summary>
    public RgbImage? Find(int pair)
    {
        if (Volatile.Read(ref _images[pair]) is not { } kept)
        {
            return null;
        }

        RgbImage image = new(kept.Width, kept.Height);
        kept.Bytes.CopyTo(image.Bytes);
        return image;
    }

    /// <summary>Keeps an image where there is room.</summary>
    public void Keep(int pair, RgbImage image)
    {
        long bytes = image.Bytes.Length;
        if (bytes > room / LargestPart || Volatile.Read(ref _images[pair]) is not null)
        {
            return;
        }

        if (
            Interlocked.Add(ref _kept, bytes) > room
            || Interlocked.CompareExchange(ref _images[pair], new(image.Width, image.Height, image.Bytes.ToArray()), null)
                is not null
        )
        {
            Interlocked.Add(ref _kept, -bytes);
        }
    }

    private sealed record Image(int Width, int Height, byte[] Bytes);
}
