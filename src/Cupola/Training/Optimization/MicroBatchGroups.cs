using System.Numerics;
using Cupola.Collectives;

namespace Cupola.Training.Optimization;

/// <summary>
/// Micro-batches of a tower in groups: a rank has whole groups, and a group's gradients are added one after another, which needs
/// no memory beyond their sum. Their number depends on the batch alone, and so do all sums.
/// </summary>
/// <param name="microBatches">How many micro-batches there are.</param>
internal sealed class MicroBatchGroups(int microBatches)
{
    /// <summary>
    /// Micro-batches of a group: each doubling of the groups takes memory for one more gradient, so that a large batch has no
    /// more of them than many ranks need (docs/scale-out.md).
    /// </summary>
    private const int Usual = 32;

    /// <summary>The groups of a batch that has few micro-batches, so that some ranks can share them.</summary>
    private const int Fewest = 8;

    private const int Most = 256;

    /// <summary>How groups are added.</summary>
    public SumTree Tree { get; } =
        new(Math.Min(microBatches, (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(microBatches / Usual)), Fewest, Most)));

    /// <summary>The group of a micro-batch.</summary>
    public int GroupOf(int microBatch) => (int)((((microBatch + 1L) * Tree.Parts) - 1) / microBatches);

    /// <summary>The first micro-batch of a group.</summary>
    public int Start(int group) => (int)((long)microBatches * group / Tree.Parts);

    /// <summary>The micro-batches, from the first to that behind the last, that are a rank's.</summary>
    public (int Start, int End) ShareOf(int rank, int ranks)
    {
        (int start, int end) = Tree.ShareOf(rank, ranks);
        return (Start(start), Start(end));
    }
}
