namespace Cupola.Training.Data;

/// <summary>Random batches: each epoch is a shuffle that depends only on the seed and the epoch.</summary>
/// <param name="pairs">The number of pairs.</param>
/// <param name="batchSize">Pairs per batch.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class ShuffledSampler(int pairs, int batchSize, ulong seed) : BatchSampler(pairs, batchSize, seed)
{
    private protected override int[] Order(long epoch) => Shuffled(epoch);
}
