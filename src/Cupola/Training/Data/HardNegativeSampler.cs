using System.Globalization;
using System.Runtime.InteropServices;

namespace Cupola.Training.Data;

/// <summary>
/// Batches of pairs that are hard to tell apart: an epoch is mined from what the model makes of its pairs just before it begins.
/// A batch is made of groups of neighbours, each a random
/// pair and those whose texts fit its image, and whose images fit its text, better than others do. Neighbours are looked for in
/// random samples of the pairs, so memory and time
/// grow with the pairs and not with their square, and copies of one image, of which large collections are full, do not come
/// together each time.
/// </summary>
/// <remarks>
/// Pairs that say the same would be the nearest neighbours of all, and are no negatives. No batch holds more of one saying than
/// an even spread over all batches needs: one, unless there
/// are more of it than batches. An epoch that was not mined is shuffled.
/// </remarks>
internal sealed class HardNegativeSampler : BatchSampler
{
    /// <summary>
    /// Pairs of a sample, at least: the best of some thousands is hard, and all similarities of one pair stay in the processor's
    /// cache.
    /// </summary>
    private const int SamplePairs = 4096;

    /// <summary>Batches of a sample, at least; of the last ones nothing is left to choose.</summary>
    private const int SampleBatches = 8;

    private readonly int _neighbours;
    private (long Epoch, int[] Order)? _mined;

    /// <summary>An order of which nothing is mined yet.</summary>
    /// <param name="pairs">How many there are.</param>
    /// <param name="batchSize">Pairs of a batch.</param>
    /// <param name="neighbours">Pairs of a group: the batch size makes a batch one neighbourhood, 1 makes batches random.</param>
    /// <param name="seed">The run's.</param>
    public HardNegativeSampler(int pairs, int batchSize, int neighbours, ulong seed)
        : base(pairs, batchSize, seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbours);
        _neighbours = neighbours;
    }

    /// <summary>Mines an epoch, and forgets the one before.</summary>
    /// <param name="epoch">Which.</param>
    /// <param name="sayings">What each pair says in this epoch: equal numbers stand for pairs that say the same.</param>
    /// <param name="embed">Embeds some pairs, a sample after another.</param>
    /// <returns>The order, to be kept with a run that may have to be resumed.</returns>
    public int[] Mine(long epoch, IReadOnlyList<int> sayings, Func<IReadOnlyList<int>, PairEmbeddings> embed)
    {
        List<int[]> batches = [];
        foreach (int[] sample in Samples(epoch, sayings))
        {
            batches.AddRange(
                HardNegativeSearch.Batches(
                    sample,
                    [.. sample.Select(pair => sayings[pair])],
                    embed(sample),
                    BatchSize,
                    _neighbours
                )
            );
        }

        new SplitMix64(Seed, RandomUse.Order, epoch, pair: 1).Shuffle(CollectionsMarshal.AsSpan(batches));
        int[] order = [.. batches.SelectMany(static batch => batch)];
        Restore(epoch, order);
        return order;
    }

    /// <summary>Takes up an epoch that was mined before.</summary>
    /// <exception cref="ArgumentException">It is the order of other data, or of other batches.</exception>
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
                    $"{order.Length} pairs are no order of this run, whose epochs have {StepsPerEpoch} batches of {BatchSize}, "
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
    /// Random samples of the epoch's pairs, each of whole batches. Pairs are dealt like cards to all batches in turn, those of
    /// one saying one after another, and a sample is every n-th of
    /// these batches: so it can be cut anew into batches of which none has more of one saying than its share.
    /// </summary>
    private int[][] Samples(long epoch, IReadOnlyList<int> sayings)
    {
        int batches = StepsPerEpoch;
        int[] pairs = Shuffled(epoch)[..(batches * BatchSize)];
        Dictionary<int, int> first = [];
        foreach (int pair in pairs)
        {
            first.TryAdd(sayings[pair], first.Count);
        }

        int count = Math.Max(1, pairs.Length / Math.Max(SamplePairs, SampleBatches * BatchSize));
        List<int>[] samples = [.. Enumerable.Range(0, count).Select(static _ => new List<int>())];
        foreach ((int place, int pair) in pairs.OrderBy(pair => first[sayings[pair]]).Index())
        {
            samples[place % batches % count].Add(pair);
        }

        foreach ((int index, List<int> sample) in samples.Index())
        {
            new SplitMix64(Seed, RandomUse.Order, epoch, pair: 2 + index).Shuffle(CollectionsMarshal.AsSpan(sample));
        }

        return [.. samples.Select(static sample => sample.ToArray())];
    }
}

/// <summary>What a model makes of some pairs: unit vectors, a row a pair; zeros where there is none.</summary>
internal sealed record PairEmbeddings(EmbeddingMatrix Images, EmbeddingMatrix Texts);
