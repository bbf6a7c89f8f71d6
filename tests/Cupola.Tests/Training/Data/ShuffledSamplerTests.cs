using Cupola.Training.Data;

namespace Cupola.Tests.Training.Data;

public sealed class ShuffledSamplerTests
{
    [Theory]
    [InlineData(10, 4, 2, 4)]
    [InlineData(12, 4, 3, 4)]
    [InlineData(3, 4, 1, 3)]
    [InlineData(4, 1, 4, 1)]
    public void AnEpochHoldsEachPairOnceAndTheShortBatchIsLeftOutUnlessItIsTheOnlyOne(
        int pairs,
        int batchSize,
        int steps,
        int size
    )
    {
        ShuffledSampler order = new(pairs, batchSize, seed: 3);

        Assert.Equal(steps, order.StepsPerEpoch);
        for (int epoch = 0; epoch < 5; epoch++)
        {
            int[][] batches = [.. Enumerable.Range(epoch * steps, steps).Select(step => order.Batch(step))];
            Assert.All(batches, batch => Assert.Equal(size, batch.Length));
            Assert.Equal(steps * size, batches.SelectMany(batch => batch).Distinct().Count());
            Assert.All(batches.SelectMany(batch => batch), pair => Assert.InRange(pair, 0, pairs - 1));
        }
    }

    [Fact]
    public void AnyStepIsFoundWithoutThoseBeforeIt()
    {
        ShuffledSampler order = new(100, 7, seed: 3);
        int[][] batches = [.. Enumerable.Range(0, 50).Select(step => order.Batch(step))];

        Assert.Equal(batches[33], new ShuffledSampler(100, 7, seed: 3).Batch(33));
        Assert.Equal(batches[2], order.Batch(2));
        Assert.NotEqual(batches[33], new ShuffledSampler(100, 7, seed: 4).Batch(33));
        Assert.NotEqual(batches[0], batches[order.StepsPerEpoch]);
    }

    [Fact]
    public void EveryPlaceOfAnEpochIsAsLikelyForEveryPair()
    {
        var counts = new int[5, 5];
        for (int epoch = 0; epoch < 5000; epoch++)
        {
            int[] order = new ShuffledSampler(5, 5, seed: 1).Batch(epoch);
            for (int place = 0; place < 5; place++)
            {
                counts[place, order[place]]++;
            }
        }

        // Five standard deviations of a thousand, each of them one time in five.
        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 858, 1142));
    }

    [Fact]
    public void RandomNumbersAreThoseOfThePaper()
    {
        // The published sequence for the state 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
        SplitMix64 random = new(1234567);

        Assert.Equal(
            [6457827717110365317ul, 3203168211198807973ul, 9817491932198370423ul],
            [random.Next(), random.Next(), random.Next()]
        );
    }

    [Fact]
    public void NoPairsAndNoBatchesAreArguments()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShuffledSampler(0, 4, seed: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShuffledSampler(4, 0, seed: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShuffledSampler(4, 2, seed: 3).Batch(-1));
    }
}
