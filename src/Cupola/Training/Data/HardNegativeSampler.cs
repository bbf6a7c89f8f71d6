using System.Globalization;
using System.Runtime.InteropServices;

namespace Cupola.Training.Data;

/// <summary>
/// Batches with hard negatives: the batches of an epoch are mined with the model's embeddings just before it begins. A batch
/// consists of groups of neighbors, each a random pair and those whose texts fit its image, and whose images fit its text, better
/// than others do. Neighbors are searched in random samples of the pairs, so memory and time grow linearly with the pairs, and
/// copies of one image, of which large collections are full, are not always in the same batch.
/// </summary>
/// <remarks>
/// Pairs with the same meaning would be nearest neighbors, but are not negatives. No batch has more pairs of one meaning than an
/// even spread over all batches needs: one, unless there are more of them than batches. An epoch that was not mined is shuffled.
/// </remarks>
internal sealed class HardNegativeSampler : BatchSampler
{
    /// <summary>
    /// The least pairs in a sample: the best of some thousands is hard, and all similarities of one pair fit the processor's
    /// cache.
    /// </summary>
    private const int SamplePairs = 4096;

    /// <summary>The least batches in a sample; the last ones have little choice left.</summary>
    private const int SampleBatches = 8;

    private readonly int _neighbors;
    private (long Epoch, int[] Order)? _mined;

    /// <summary>Creates a sampler without mined epochs.</summary>
    /// <param name="pairs">The number of pairs.</param>
    /// <param name="batchSize">Pairs per batch.</param>
    /// <param name="neighbors">Pairs per group: the batch size makes a batch one neighborhood, 1 makes batches random.</param>
    /// <param name="seed">The run's seed.</param>
    public HardNegativeSampler(int pairs, int batchSize, int neighbors, ulong seed)
        : base(pairs, batchSize, seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbors);
        _neighbors = neighbors;
    }

    /// <summary>Mines an epoch, and drops the order of the one before.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="meanings">The meaning of each pair in this epoch: equal numbers for pairs with the same meaning.</param>
    /// <param name="embed">Embeds pairs, sample after sample.</param>
    /// <returns>The order, to be saved with a run that may be resumed.</returns>
    public int[] Mine(long epoch, IReadOnlyList<int> meanings, Func<IReadOnlyList<int>, PairEmbeddings> embed)
    {
        List<int[]> batches = [];
        foreach (int[] sample in Samples(epoch, meanings))
        {
            batches.AddRange(
                HardNegativeSearch.Batches(
                    sample,
                    [.. sample.Select(pair => meanings[pair])],
                    embed(sample),
                    BatchSize,
                    _neighbors
                )
            );
        }

        new SplitMix64(Seed, RandomUse.Order, epoch, pair: 1).Shuffle(CollectionsMarshal.AsSpan(batches));
        int[] order = [.. batches.SelectMany(static batch => batch)];
        Restore(epoch, order);
        return order;
    }

    /// <summary>Restores an epoch that was mined before.</summary>
    /// <exception cref="ArgumentException">The order belongs to other data or other batch sizes.</exception>
    public void Restore(long epoch, int[] order)
    {
        if (
            order.Length != StepsPerEpoch * BatchSize
            || order.Distinct().Count() != order.Length
            || order.Any(pair => pair < 0 || pair >= Pairs)
        )
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{order.Length} pairs are not an order of this run, whose epochs have {StepsPerEpoch} batches of "
                        + $"{BatchSize}, "
                        + $"each pair once."
                ),
                nameof(order)
            );
        }

        _mined = (epoch, order);
        Forget();
    }

    private protected override int[] Order(long epoch) =>
        _mined is { } mined && mined.Epoch == epoch ? mined.Order : Shuffled(epoch);

    /// <summary>
    /// Random samples of the epoch's pairs, each of whole batches. Pairs are dealt like cards to all batches in turn, those with
    /// the same meaning one after another, and a sample consists of every n-th of these batches: so it can be divided again into
    /// batches none of which has more of one meaning than its share.
    /// </summary>
    private int[][] Samples(long epoch, IReadOnlyList<int> meanings)
    {
        int batches = StepsPerEpoch;
        int[] pairs = Shuffled(epoch)[..(batches * BatchSize)];
        Dictionary<int, int> first = [];
        foreach (int pair in pairs)
        {
            first.TryAdd(meanings[pair], first.Count);
        }

        int count = Math.Max(1, pairs.Length / Math.Max(SamplePairs, SampleBatches * BatchSize));
        List<int>[] samples = [.. Enumerable.Range(0, count).Select(static _ => new List<int>())];
        foreach ((int index, int pair) in pairs.OrderBy(pair => first[meanings[pair]]).Index())
        {
            samples[index % batches % count].Add(pair);
        }

        foreach ((int index, List<int> sample) in samples.Index())
        {
            new SplitMix64(Seed, RandomUse.Order, epoch, pair: 2 + index).Shuffle(CollectionsMarshal.AsSpan(sample));
        }

        return [.. samples.Select(static sample => sample.ToArray())];
    }
}

/// <summary>The embeddings of some pairs: unit vectors, a row per pair; zeros for a pair whose image cannot be read.</summary>
internal sealed record PairEmbeddings(EmbeddingMatrix Images, EmbeddingMatrix Texts);
