namespace Cupola.Training.Data;

/// <summary>Random batches: each epoch is a shuffle of its own, which follows from the seed and the epoch alone.</summary>
/// <param name="pairs">How many there are.</param>
/// <param name="batchSize">Pairs of a batch.</param>
/// <param name="seed">The run's.</param>
internal sealed class ShuffledSampler(int pairs, int batchSize, ulong seed) : BatchSampler(pairs, batchSize, seed)
{
    private protected override int[] Order(long epoch) => Shuffled(epoch);
}
