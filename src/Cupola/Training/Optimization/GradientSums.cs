using Cupola.Collectives;
using Cupola.Runtime;

namespace Cupola.Training.Optimization;

/// <summary>
/// The gradients of a tower in one step. Those of a group of micro-batches are added one after another, and those of groups as a
/// tree says, so that the sum has the same bits for any number of threads, and of ranks that share the groups.
/// </summary>
/// <param name="groups">The groups of micro-batches.</param>
/// <param name="gradients">Where the sum goes; the first group of this rank is added there.</param>
/// <param name="free">Other sets, to be used and given back.</param>
/// <param name="ranks">Who shares the groups.</param>
/// <param name="threads">Threads that may add two groups.</param>
internal sealed class GradientSums(
    MicroBatchGroups groups,
    GradientSet gradients,
    Stack<GradientSet> free,
    ICollective ranks,
    int threads
)
{
    private readonly int _firstGroup = groups.Tree.ShareOf(ranks.Rank, ranks.Ranks).Start;
    private readonly Dictionary<int, (GradientSet Set, OrderedSums Sums)> _groups = [];
    private readonly List<Node> _nodes = [];
    private bool _isGivenUp;

    /// <summary>Where a micro-batch adds its gradients; may be asked from several threads at once.</summary>
    public GradientPlace PlaceOf(int microBatch)
    {
        int group = groups.GroupOf(microBatch);
        lock (_groups)
        {
            if (!_groups.TryGetValue(group, out (GradientSet Set, OrderedSums Sums) place))
            {
                GradientSet set =
                    group == _firstGroup ? gradients
                    : free.TryPop(out GradientSet? other) ? other
                    : gradients.AllocateLike();
                _groups.Add(group, place = (set, new OrderedSums(set.Tensors.Values)));
                if (_isGivenUp)
                {
                    // The group's first micro-batch may be the one that failed.
                    place.Sums.GiveUp();
                }
            }

            return new(place.Set, place.Sums, microBatch - groups.Start(group));
        }
    }

    /// <summary>A micro-batch has added all; told in the order of micro-batches.</summary>
    public void Done(int microBatch)
    {
        int group = groups.GroupOf(microBatch);
        if (microBatch + 1 < groups.Start(group + 1))
        {
            return;
        }

        lock (_groups)
        {
            _groups.Remove(group, out (GradientSet Set, OrderedSums Sums) place);
            groups.Tree.Push(_nodes, new(group, group + 1, place.Set), static node => (node.Start, node.End), Join);
        }
    }

    /// <summary>Lets micro-batches that wait for their turn fail, because one before them did.</summary>
    public void GiveUp()
    {
        lock (_groups)
        {
            _isGivenUp = true;
            foreach ((_, OrderedSums sums) in _groups.Values)
            {
                sums.GiveUp();
            }
        }
    }

    /// <summary>Adds what all ranks have.</summary>
    public void Reduce()
    {
        ranks.AllReduce(
            groups.Tree,
            [.. _nodes.Select(static node => new SumNode(node.Start, node.End, [.. node.Set.Tensors.Values]))],
            [.. gradients.Tensors.Values]
        );
        if (ranks.Ranks > 1)
        {
            gradients.ForgetRows();
        }

        foreach (Node node in _nodes.Where(node => node.Set != gradients))
        {
            free.Push(node.Set);
        }
    }

    private Node Join(Node left, Node right)
    {
        left.Set.Add(right.Set, threads);
        free.Push(right.Set);
        return new(left.Start, right.End, left.Set);
    }

    /// <summary>The gradients of the groups of a node of the tree.</summary>
    private sealed record Node(int Start, int End, GradientSet Set);
}

/// <summary>Where a micro-batch adds its gradients.</summary>
/// <param name="Set">The gradients of its group.</param>
/// <param name="Sums">In what order its group adds to the large ones.</param>
/// <param name="Turn">Its place in its group; the first writes, whatever stood there.</param>
internal sealed record GradientPlace(GradientSet Set, OrderedSums Sums, int Turn);
