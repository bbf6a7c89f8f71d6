using Cupola.Images;
using Cupola.Tests.Images;
using Cupola.Training.Data;

namespace Cupola.Tests.Training.Data;

public sealed class ImageCacheTests
{
    /// <summary>Bytes of an image of 8 × 8 pixels.</summary>
    private const int Bytes = 8 * 8 * 3;

    [Fact]
    public void ImagesAreKeptAsLongAsThereIsRoomWhoeverKeepsThemAtOnce()
    {
        // Room for 1024 images, the most that the largest part allows.
        ImageCache remembered = new(pairs: 3000, room: 1024 * Bytes);

        Parallel.For(0, 6000, place =>
        {
            using RgbImage image = RandomImage.Create(8, 8, seed: place % 3000);
            remembered.Keep(place % 3000, image);
        });

        int kept = 0;
        for (int pair = 0; pair < 3000; pair++)
        {
            using RgbImage? found = remembered.Find(pair);
            using RgbImage expected = RandomImage.Create(8, 8, pair);
            kept += found is null ? 0 : 1;
            Assert.True(found is null || found.Bytes.SequenceEqual(expected.Bytes));
        }

        Assert.InRange(kept, 1000, 1024);
    }

    [Fact]
    public void AImageThatWouldTakeTheRoomOfManyIsNotKept()
    {
        ImageCache remembered = new(pairs: 2, room: 1024 * Bytes);
        using RgbImage small = RandomImage.Create(8, 8, seed: 1),
            large = RandomImage.Create(8, 9, seed: 1);

        remembered.Keep(0, small);
        remembered.Keep(1, large);

        using RgbImage? found = remembered.Find(0);
        Assert.NotNull(found);
        Assert.Null(remembered.Find(1));
    }
}
