using System.Globalization;
using FlagWorld.Designs;
using FlagWorld.Grammar;
using FlagWorld.Phrasing;

namespace FlagWorld.Output;

/// <summary>Random flags and signs with their captions: pair by pair from the seed and the pair's number alone.</summary>
internal static class RandomPairs
{
    /// <summary>Pairs that are drawn side by side before they are written.</summary>
    private const int Batch = 512;

    /// <summary>Writes the pairs of a seed.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Equal seeds give equal bytes.</param>
    /// <param name="share">Whether combinations are those for training or those held out.</param>
    /// <param name="captions">How many each image has, at most.</param>
    /// <param name="size">The side of an image in pixels.</param>
    /// <param name="distinct">Whether each combination of layout and colors comes once.</param>
    /// <param name="stop">Stops between two batches.</param>
    public static void Write(
        PairWriter writer,
        int count,
        ulong seed,
        Share share,
        int captions,
        int size,
        bool distinct,
        CancellationToken stop
    )
    {
        using ThreadLocal<Image> images = new(() => new Image(size), trackAllValues: true);
        IEnumerable<(CounterRandom Random, Design Design)> designs = Numbers()
            .Select(number =>
            {
                CounterRandom random = new(seed, number);
                return (random, DesignStream.Draw(random.Fork(0), share));
            });
        int written = 0;
        foreach (
            (CounterRandom Random, Design Design)[] batch in (
                distinct ? designs.DistinctBy(static each => each.Design.Key) : designs
            )
                .Take(count)
                .Chunk(Batch)
        )
        {
            (byte[] Jpeg, IReadOnlyList<string> Captions)[] pairs = new (byte[], IReadOnlyList<string>)[batch.Length];
            Parallel.For(0, batch.Length, new ParallelOptions { CancellationToken = stop }, pair =>
            {
                (CounterRandom random, Design design) = batch[pair];
                pairs[pair] = (images.Value!.Draw(design, random.Fork(1)), Captions.Write(design, captions, random.Fork(2)));
            });
            foreach ((byte[] jpeg, IReadOnlyList<string> said) in pairs)
            {
                writer.Write(written++.ToString("D6", CultureInfo.InvariantCulture), jpeg, said);
            }
        }

        foreach (Image image in images.Values)
        {
            image.Dispose();
        }
    }

    private static IEnumerable<ulong> Numbers()
    {
        for (ulong number = 0; ; number++)
        {
            yield return number;
        }
    }
}
