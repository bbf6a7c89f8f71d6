namespace Cupola.Training.Data;

/// <summary>
/// Assigns pairs to batches. An epoch goes through all pairs once; a remainder that does not fill a batch is dropped, unless
/// there is no other batch.
/// </summary>
internal abstract class BatchSampler
{
    private KnownEpoch? _known;

    /// <exception cref="ArgumentException">There are no pairs, or none in a batch.</exception>
    private protected BatchSampler(int pairs, int batchSize, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pairs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        Pairs = pairs;
        BatchSize = Math.Min(batchSize, pairs);
        Seed = seed;
    }

    /// <summary>The number of pairs.</summary>
    public int Pairs { get; }

    /// <summary>Pairs per batch: as many as requested, or all pairs if there are fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Batches per epoch.</summary>
    public int StepsPerEpoch => Pairs / BatchSize;

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; }

    /// <summary>The epoch, from 0, of a step.</summary>
    public long EpochOf(long step) => step / StepsPerEpoch;

    /// <summary>The pairs of a step's batch, computed without the steps before it.</summary>
    public int[] Batch(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        long epoch = EpochOf(step);
        if (_known is not { } known || known.Epoch != epoch)
        {
            _known = known = new(epoch, Order(epoch));
        }

        int start = (int)(step % StepsPerEpoch) * BatchSize;
        return known.Order[start..(start + BatchSize)];
    }

    /// <summary>The pairs in the order of an epoch, batch after batch.</summary>
    private protected abstract int[] Order(long epoch);

    /// <summary>All pairs in a random order that depends only on the seed and the epoch.</summary>
    private protected int[] Shuffled(long epoch)
    {
        int[] order = [.. Enumerable.Range(0, Pairs)];
        new SplitMix64(Seed, RandomUse.Order, epoch).Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>Drops the cached order of an epoch, so that it is computed again.</summary>
    private protected void Forget() => _known = null;

    private sealed record KnownEpoch(long Epoch, int[] Order);
}

/// <summary>Random batches: each epoch is a shuffle that depends only on the seed and the epoch.</summary>
/// <param name="pairs">The number of pairs.</param>
/// <param name="batchSize">Pairs per batch.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class ShuffledSampler(int pairs, int batchSize, ulong seed) : BatchSampler(pairs, batchSize, seed)
{
    private protected override int[] Order(long epoch) => Shuffled(epoch);
}
