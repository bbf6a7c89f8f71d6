namespace Cupola.Collectives;

/// <summary>
/// The order in which the parts of a sum are added: in halves, and halves of these, down to single parts. Sums of floating-point
/// numbers depend on their order, and this one does not depend on who holds which parts.
/// </summary>
/// <param name="parts">How many parts there are.</param>
internal sealed class SumTree(int parts)
{
    /// <summary>How many parts there are.</summary>
    public int Parts => parts;

    /// <summary>The parts, from the first to that behind the last, that are a rank's.</summary>
    public (int Start, int End) ShareOf(int rank, int ranks) => Share(parts, rank, ranks);

    /// <summary>An even share of so many things, in their order: its first, and the one behind its last.</summary>
    public static (int Start, int End) Share(int count, int rank, int ranks) =>
        ((int)((long)count * rank / ranks), (int)((long)count * (rank + 1) / ranks));

    /// <summary>The largest nodes that consist of parts from one to another, in order.</summary>
    public IReadOnlyList<(int Start, int End)> NodesOf(int start, int end)
    {
        List<(int, int)> nodes = [];
        for (int part = start; part < end; part++)
        {
            Push(nodes, (part, part + 1), static node => node, static (left, right) => (left.Item1, right.Item2));
        }

        return nodes;
    }

    /// <summary>Takes the next node of some in order, and joins those at the end that are halves of one.</summary>
    /// <param name="nodes">Nodes, each beginning where the one before it ends.</param>
    /// <param name="next">The next.</param>
    /// <param name="range">Which parts a node has.</param>
    /// <param name="join">Adds the right one of two nodes to the left one.</param>
    public void Push<T>(List<T> nodes, T next, Func<T, (int Start, int End)> range, Func<T, T, T> join)
    {
        while (nodes.Count > 0 && AreHalves(range(nodes[^1]), range(next)))
        {
            next = join(nodes[^1], next);
            nodes.RemoveAt(nodes.Count - 1);
        }

        nodes.Add(next);
    }

    private bool AreHalves((int Start, int End) left, (int Start, int End) right)
    {
        (int start, int end) = (0, parts);
        while (end - start > 1)
        {
            int middle = start + ((end - start) / 2);
            if ((start, end) == (left.Start, right.End))
            {
                return middle == left.End;
            }

            (start, end) = left.Start < middle ? (start, middle) : (middle, end);
        }

        return false;
    }
}
