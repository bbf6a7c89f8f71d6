using CsCheck;
using Cupola.Training.Data;

namespace Cupola.Tests.Training.Data;

public sealed class HardNegativeSamplerTests
{
    private const int Dimension = 8;

    [Fact]
    public void AMinedEpochHoldsEachPairOnceAndItsBatchesAreFullOfNeighbours()
    {
        World world = World.Of(pairs: 1000, clusters: 40);
        HardNegativeSampler order = new(1000, batchSize: 24, neighbors: 8, seed: 5);

        int[] mined = order.Mine(epoch: 2, world.Distinct, world.Embed);
        int[][] hard = Epoch(order, 2),
            random = Epoch(new ShuffledSampler(1000, 24, seed: 5), 2);

        Assert.Equal(mined, hard.SelectMany(batch => batch));
        Assert.Equal(order.StepsPerEpoch * 24, mined.Distinct().Count());
        // Pairs of one of forty clusters are near, others are not: at random one other pair in forty is near, in groups of eight
        // seven of the other 23, less what is left over at the end.
        Assert.InRange(random.Average(world.NearShare), 0.015, 0.035);
        Assert.InRange(hard.Average(world.NearShare), 0.22, 1);
        Assert.True(
            Epoch(Mined(world, batchSize: 24, neighbors: 24), 2).Average(world.NearShare) > hard.Average(world.NearShare)
        );
        Assert.InRange(Epoch(Mined(world, batchSize: 24, neighbors: 1), 2).Average(world.NearShare), 0.015, 0.035);
    }

    [Fact]
    public void PairsThatSayTheSameAreNeverTogetherThoughTheyAreNearest()
    {
        World world = World.Of(pairs: 1200, clusters: 40);
        // Three pairs each say the same, of one cluster, and fifty all over the data do; there are sixty batches.
        int[] sayings = [.. Enumerable.Range(0, 1200).Select(pair => pair % 24 == 0 ? -1 : (pair % 40 * 1000) + (pair / 120))];
        HardNegativeSampler order = new(1200, batchSize: 20, neighbors: 10, seed: 5);
        order.Mine(epoch: 0, sayings, world.Embed);

        int[][] batches = Epoch(order, 0);

        Assert.Equal(60, batches.Length);
        Assert.All(batches, batch => Assert.Equal(20, batch.Select(pair => sayings[pair]).Distinct().Count()));
        Assert.InRange(batches.Average(world.NearShare), 0.1, 1);
    }

    [Fact]
    public void NoBatchHoldsMoreOfASayingThanAnEvenSpreadNeeds() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 12], Gen.Int[0, 1000])
            .Sample(
                (pairs, batchSize, neighbors, kinds, seed) =>
                {
                    World world = World.Of(pairs, clusters: 5);
                    Random random = new(seed);
                    // Some sayings are frequent, some rare, some said once.
                    int[] sayings =
                    [
                        .. Enumerable
                            .Range(0, pairs)
                            .Select(pair => random.Next(4) == 0 ? 100 + pair : (int)(kinds * Math.Pow(random.NextDouble(), 3))),
                    ];
                    HardNegativeSampler order = new(pairs, batchSize, neighbors, (ulong)seed);
                    order.Mine(epoch: 1, sayings, world.Embed);

                    int[][] batches = Epoch(order, 1);

                    Assert.Equal(batches.Length * order.BatchSize, batches.SelectMany(batch => batch).Distinct().Count());
                    foreach (IGrouping<int, int> said in batches.SelectMany(batch => batch).GroupBy(pair => sayings[pair]))
                    {
                        int most = (said.Count() + batches.Length - 1) / batches.Length;
                        Assert.All(batches, batch => Assert.True(batch.Count(pair => sayings[pair] == said.Key) <= most));
                    }
                }
            );

    [Fact]
    public void WhatIsMinedFollowsFromSeedEpochAndEmbeddings()
    {
        World world = World.Of(pairs: 300, clusters: 10),
            other = World.Of(pairs: 300, clusters: 11);
        int[] mined = new HardNegativeSampler(300, 16, 8, seed: 5).Mine(epoch: 1, world.Distinct, world.Embed);

        Assert.Equal(mined, new HardNegativeSampler(300, 16, 8, seed: 5).Mine(epoch: 1, world.Distinct, world.Embed));
        Assert.NotEqual(mined, new HardNegativeSampler(300, 16, 8, seed: 6).Mine(epoch: 1, world.Distinct, world.Embed));
        Assert.NotEqual(mined, new HardNegativeSampler(300, 16, 8, seed: 5).Mine(epoch: 2, world.Distinct, world.Embed));
        Assert.NotEqual(mined, new HardNegativeSampler(300, 16, 8, seed: 5).Mine(epoch: 1, world.Distinct, other.Embed));
    }

    [Fact]
    public void AnEpochThatWasNotMinedIsShuffledAndOneThatWasMayBeTakenUp()
    {
        World world = World.Of(pairs: 100, clusters: 10);
        HardNegativeSampler order = new(100, 16, 8, seed: 5),
            resumed = new(100, 16, 8, seed: 5);

        Assert.Equal(Epoch(new ShuffledSampler(100, 16, seed: 5), 0), Epoch(order, 0));
        int[] mined = order.Mine(epoch: 0, world.Distinct, world.Embed);
        resumed.Restore(epoch: 0, mined);
        Assert.NotEqual(Epoch(new ShuffledSampler(100, 16, seed: 5), 0), Epoch(order, 0));
        Assert.Equal(Epoch(order, 0), Epoch(resumed, 0));
        Assert.Equal(Epoch(new ShuffledSampler(100, 16, seed: 5), 1), Epoch(order, 1));
        Assert.Contains(
            "not an order of this run",
            Assert.Throws<ArgumentException>(() => resumed.Restore(epoch: 0, mined[1..])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => resumed.Restore(epoch: 0, [.. mined.Select(_ => 0)]));
    }

    [Fact]
    public void LargeDataAreEmbeddedSampleBySampleAndEachPairOnce()
    {
        World world = World.Of(pairs: 20_000, clusters: 100);
        List<int> sizes = [],
            asked = [];
        HardNegativeSampler order = new(20_000, batchSize: 64, neighbors: 16, seed: 5);

        order.Mine(epoch: 0, world.Distinct, pairs =>
        {
            sizes.Add(pairs.Count);
            asked.AddRange(pairs);
            return world.Embed(pairs);
        });

        Assert.Equal(order.StepsPerEpoch * 64, asked.Distinct().Count());
        Assert.Equal(asked.Count, asked.Distinct().Count());
        Assert.Equal(4, sizes.Count);
        Assert.All(sizes, size => Assert.InRange(size, 4096, 8192));
        Assert.InRange(Epoch(order, 0).Average(world.NearShare), 0.15, 1);
    }

    [Fact]
    public void LargeDataOfClassesWhichAreScarcelyMoreThanABatchHasPairsHaveEachOnceInABatch()
    {
        World world = World.Of(pairs: 20_000, clusters: 67);
        int[] classes = [.. world.Distinct.Select(pair => pair % 67)];
        HardNegativeSampler order = new(20_000, batchSize: 64, neighbors: 16, seed: 5);

        order.Mine(epoch: 0, classes, world.Embed);

        Assert.All(Epoch(order, 0), batch => Assert.Equal(64, batch.Select(pair => classes[pair]).Distinct().Count()));
    }

    private static HardNegativeSampler Mined(World world, int batchSize, int neighbors)
    {
        HardNegativeSampler order = new(world.Distinct.Length, batchSize, neighbors, seed: 5);
        order.Mine(epoch: 2, world.Distinct, world.Embed);
        return order;
    }

    private static int[][] Epoch(BatchSampler order, long epoch) =>
        [.. Enumerable.Range(0, order.StepsPerEpoch).Select(step => order.Batch((epoch * order.StepsPerEpoch) + step))];

    /// <summary>
    /// Pairs in clusters: pair p is of cluster p modulo their number, and its image and its text lie near the cluster's middle.
    /// </summary>
    private sealed record World(EmbeddingMatrix Images, EmbeddingMatrix Texts, int Clusters)
    {
        /// <summary>Sayings of which no two are equal.</summary>
        public int[] Distinct => [.. Enumerable.Range(0, Images.Count)];

        public static World Of(int pairs, int clusters)
        {
            Random random = new(clusters);
            float[][] middles = [.. Enumerable.Range(0, clusters).Select(_ => Numbers(random, 1))];
            EmbeddingMatrix Around() =>
                new EmbeddingMatrix(
                    [
                        .. Enumerable
                            .Range(0, pairs)
                            .SelectMany(pair =>
                                middles[pair % clusters].Zip(Numbers(random, 0.1f), (middle, noise) => middle + noise)
                            ),
                    ],
                    pairs,
                    Dimension
                ).Normalize();
            return new(Around(), Around(), clusters);
        }

        public PairEmbeddings Embed(IReadOnlyList<int> pairs) => new(Rows(Images, pairs), Rows(Texts, pairs));

        /// <summary>How many of the other pairs of a batch are of a pair's cluster, on average.</summary>
        public double NearShare(int[] batch) =>
            batch.Length == 1
                ? 0
                : batch.Average(pair => (batch.Count(other => other % Clusters == pair % Clusters) - 1.0) / (batch.Length - 1));

        private static EmbeddingMatrix Rows(EmbeddingMatrix all, IReadOnlyList<int> rows) =>
            new([.. rows.SelectMany(row => all[row].ToArray())], rows.Count, Dimension);

        private static float[] Numbers(Random random, float size) =>
            [
                .. Enumerable
                    .Range(0, Dimension)
                    .Select(_ =>
                        size
                        * (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                        * (float)Math.Cos(2 * Math.PI * random.NextDouble())
                    ),
            ];
    }
}
