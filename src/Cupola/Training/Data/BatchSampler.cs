namespace Cupola.Training.Data;

/// <summary>
/// Which pairs stand in which batch. An epoch goes through all pairs once; what is left over at its end and fills no batch is
/// left out of it, unless there is no other batch.
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

    /// <summary>How many pairs there are.</summary>
    public int Pairs { get; }

    /// <summary>Pairs of a batch: as many as were asked for, or all there are.</summary>
    public int BatchSize { get; }

    /// <summary>Batches of an epoch.</summary>
    public int StepsPerEpoch => Pairs / BatchSize;

    /// <summary>The run's.</summary>
    public ulong Seed { get; }

    /// <summary>The epoch, from 0, in which a step lies.</summary>
    public long EpochOf(long step) => step / StepsPerEpoch;

    /// <summary>The pairs of a step's batch, found without the steps before it.</summary>
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

    /// <summary>All pairs in a random order that follows from the seed and the epoch alone.</summary>
    private protected int[] Shuffled(long epoch)
    {
        int[] order = [.. Enumerable.Range(0, Pairs)];
        new SplitMix64(Seed, RandomUse.Order, epoch).Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>Lets the order of an epoch be asked for anew.</summary>
    private protected void Forget() => _known = null;

    private sealed record KnownEpoch(long Epoch, int[] Order);
}
