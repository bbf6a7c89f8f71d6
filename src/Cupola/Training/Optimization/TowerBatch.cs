using Cupola.Collectives;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>A batch of one tower: its micro-batches, which of them are this rank's, and the embeddings of all.</summary>
internal sealed class TowerBatch
{
    private readonly int _start;
    private readonly int _end;
    private readonly ICollective _ranks;
    private readonly int[] _firstRows;
    private readonly float[] _rows;

    /// <summary>Deals micro-batches to ranks.</summary>
    /// <param name="tower">The tower that embeds them.</param>
    /// <param name="microBatches">Those of all ranks.</param>
    /// <param name="ranks">The ranks.</param>
    public TowerBatch(TrainableTower tower, IReadOnlyList<MicroBatch> microBatches, ICollective ranks)
    {
        (Tower, MicroBatches, _ranks) = (tower, microBatches, ranks);
        Groups = new(microBatches.Count);
        (_start, _end) = Groups.ShareOf(ranks.Rank, ranks.Ranks);
        _firstRows = new int[microBatches.Count + 1];
        for (int index = 0; index < microBatches.Count; index++)
        {
            _firstRows[index + 1] = _firstRows[index] + microBatches[index].Pairs.Count;
        }

        _rows = new float[_firstRows[^1] * tower.Dimension];
    }

    public TrainableTower Tower { get; }

    /// <summary>Those of all ranks.</summary>
    public IReadOnlyList<MicroBatch> MicroBatches { get; }

    /// <summary>Whose gradients are added in what order.</summary>
    public MicroBatchGroups Groups { get; }

    /// <summary>This rank's micro-batches.</summary>
    public IEnumerable<TowerRun> Mine => Enumerable.Range(_start, _end - _start).Select(index => new TowerRun(this, index));

    /// <summary>How many micro-batches each rank has.</summary>
    public int[] Counts => CountsOf(static index => index);

    /// <summary>Takes the embeddings of a micro-batch; may be called from several threads at once.</summary>
    public void Take(int microBatch, Tensor embeddings) =>
        embeddings.AsSpan<float>().CopyTo(_rows.AsSpan(_firstRows[microBatch] * Tower.Dimension));

    /// <summary>Gives each rank the embeddings of all micro-batches.</summary>
    /// <param name="pairs">Pairs of the batch.</param>
    /// <returns>An embedding for each pair, [pairs, dimension].</returns>
    public float[] Gather(int pairs)
    {
        _ranks.AllGather(_rows.AsSpan(), CountsOf(index => _firstRows[index] * Tower.Dimension));
        var embeddings = new float[pairs * Tower.Dimension];
        foreach ((int index, MicroBatch microBatch) in MicroBatches.Index())
        {
            microBatch.Scatter(_rows.AsSpan(_firstRows[index] * Tower.Dimension), embeddings, Tower.Dimension);
        }

        return embeddings;
    }

    private int[] CountsOf(Func<int, int> before) =>
        [
            .. Enumerable
                .Range(0, _ranks.Ranks)
                .Select(rank => Groups.ShareOf(rank, _ranks.Ranks))
                .Select(share => before(share.End) - before(share.Start)),
        ];
}

/// <summary>One micro-batch of a tower's batch.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Index">Its place in it.</param>
internal sealed record TowerRun(TowerBatch Batch, int Index)
{
    public TrainableTower Tower => Batch.Tower;

    public MicroBatch MicroBatch => Batch.MicroBatches[Index];
}
