namespace Cupola.Text;

/// <summary>
/// A prefix tree (trie) of token sequences: equal beginnings are stored once, and nothing is padded. The text transformer is
/// causal: two prompts with the same beginning have the same states there, so everything that works token by token runs once per
/// node of the tree. In attention a node sees itself and its ancestors.
/// </summary>
/// <remarks>
/// Nodes are in preorder and split into groups of equal size. A group's nodes see only nodes of the group and of the path from
/// the root to its first node: an ancestor before the group is an ancestor of the group's first node too. So attention is dense
/// within a group, over its own nodes and that path, with a mask.
/// </remarks>
internal sealed class PromptTree
{
    /// <summary>
    /// The most nodes of one tree. With more, a run does not fit the processor's cache; with fewer, less is shared and matrix
    /// products are small (docs/benchmarks.md).
    /// </summary>
    public const int MaximumNodes = 1024;

    /// <summary>Nodes per group: a few prompts, so that little of a group's attention is masked (docs/benchmarks.md).</summary>
    public const int GroupSize = 32;

    private readonly int[] _parents;

    private PromptTree(List<int> sequences, List<int> ends, List<int> ids, List<int> positions, List<int> parents)
    {
        Sequences = sequences;
        Ends = [.. ends];
        NodeCount = ids.Count;
        GroupCount = (NodeCount + GroupSize - 1) / GroupSize;
        Ids = new int[GroupCount * GroupSize];
        Positions = new int[Ids.Length];
        ids.CopyTo(Ids);
        positions.CopyTo(Positions);

        int[][] paths = [.. Enumerable.Range(0, GroupCount).Select(group => PathAbove(group * GroupSize, parents))];
        KeyCount = GroupSize + paths.Max(static path => path.Length);
        Keys = new int[GroupCount * KeyCount];
        for (int group = 0; group < GroupCount; group++)
        {
            int start = group * GroupSize;
            Span<int> keys = Keys.AsSpan(group * KeyCount, KeyCount);
            for (int own = 0; own < GroupSize; own++)
            {
                keys[own] = start + own;
            }

            paths[group].CopyTo(keys[GroupSize..]);
        }

        _parents = [.. parents];
        (EndCount, EndQueries, EndPlaces) = GroupEnds();
    }

    /// <summary>The index of the packed sequence of each leaf; of equal sequences, the first.</summary>
    public IReadOnlyList<int> Sequences { get; }

    /// <summary>The number of nodes that are tokens; the last group is padded with nodes that no token sees.</summary>
    public int NodeCount { get; }

    /// <summary>The token of each node, [groups · group size].</summary>
    public int[] Ids { get; }

    /// <summary>The depth of each node: its position in the text.</summary>
    public int[] Positions { get; }

    public int GroupCount { get; }

    /// <summary>The number of keys of a group's attention: its own nodes and the longest path above a group.</summary>
    public int KeyCount { get; }

    /// <summary>The nodes that are keys of a group's attention, [groups, keys].</summary>
    public int[] Keys { get; }

    /// <summary>The node of each sequence's last token (end-of-text), [ends].</summary>
    public int[] Ends { get; }

    /// <summary>The number of ends in the group that has most.</summary>
    public int EndCount { get; }

    /// <summary>The ends of each group as indices into <see cref="Ends"/>, padded with the first, [groups, end count].</summary>
    public int[] EndQueries { get; }

    /// <summary>The index of each end in <see cref="EndQueries"/>, [ends].</summary>
    public int[] EndPlaces { get; }

    /// <summary>
    /// Packs sequences into trees with a limited number of nodes (a single sequence may exceed it). Equal sequences share one
    /// end; <paramref name="firsts"/> gives the representative of each sequence.
    /// </summary>
    /// <param name="sequences">Token ids from the start token to the end token, none empty.</param>
    /// <param name="maximumNodes">The most nodes of one tree.</param>
    /// <param name="share">Whether equal beginnings are stored once; otherwise the sequences are independent.</param>
    /// <param name="firsts">For each sequence the index of the first one that is equal to it.</param>
    public static IReadOnlyList<PromptTree> Pack(IReadOnlyList<int[]> sequences, int maximumNodes, bool share, out int[] firsts)
    {
        int[] order = [.. Enumerable.Range(0, sequences.Count)];
        Array.Sort(order, (left, right) =>
        {
            int byIds = sequences[left].AsSpan().SequenceCompareTo(sequences[right]);
            return byIds != 0 ? byIds : left.CompareTo(right);
        });

        List<PromptTree> trees = [];
        List<int> packed = [],
            ends = [],
            ids = [],
            positions = [],
            parents = [];
        firsts = new int[sequences.Count];
        int[] path = [];
        int previous = -1;
        foreach (int index in order)
        {
            int[] sequence = sequences[index];
            int common = share && previous >= 0 ? sequence.AsSpan().CommonPrefixLength(sequences[previous]) : 0;
            if (share && previous >= 0 && common == sequence.Length && common == sequences[previous].Length)
            {
                firsts[index] = previous;
                continue;
            }

            firsts[index] = previous = index;
            if (ids.Count > 0 && ids.Count + sequence.Length - common > maximumNodes)
            {
                trees.Add(new(packed, ends, ids, positions, parents));
                (packed, ends, ids, positions, parents) = ([], [], [], [], []);
                common = 0;
            }

            Array.Resize(ref path, sequence.Length);
            for (int position = common; position < sequence.Length; position++)
            {
                path[position] = ids.Count;
                ids.Add(sequence[position]);
                positions.Add(position);
                parents.Add(position == 0 ? -1 : path[position - 1]);
            }

            ends.Add(path[^1]);
            packed.Add(index);
        }

        if (ids.Count > 0)
        {
            trees.Add(new(packed, ends, ids, positions, parents));
        }

        return trees;
    }

    /// <summary>
    /// The sequence up to its end token, which is the largest id, and the first if there are several (OpenAI CLIP, model.py,
    /// encode_text).
    /// </summary>
    public static int[] UntilEnd(ReadOnlySpan<int> ids)
    {
        int end = 0;
        for (int position = 1; position < ids.Length; position++)
        {
            if (ids[position] > ids[end])
            {
                end = position;
            }
        }

        return ids[..(end + 1)].ToArray();
    }

    /// <summary>
    /// Writes the attention masks: 0 where a node sees a key and −∞ where it does not. They are most of a tree's memory, and not
    /// packed.
    /// </summary>
    /// <param name="mask">The mask of all nodes, [groups, group size, keys].</param>
    /// <param name="endMask">The mask of the ends alone, [groups, end count, keys].</param>
    public void WriteMasks(Span<float> mask, Span<float> endMask)
    {
        mask.Fill(float.NegativeInfinity);
        for (int node = 0; node < Ids.Length; node++)
        {
            OpenMask(node, node / GroupSize * GroupSize, mask.Slice(node * KeyCount, KeyCount));
        }

        endMask.Clear();
        for (int end = 0; end < Ends.Length; end++)
        {
            mask.Slice(Ends[end] * KeyCount, KeyCount).CopyTo(endMask[(EndPlaces[end] * KeyCount)..]);
        }
    }

    /// <summary>A node's ancestors from the root down.</summary>
    private static int[] PathAbove(int node, List<int> parents)
    {
        List<int> path = [];
        for (int ancestor = parents[node]; ancestor >= 0; ancestor = parents[ancestor])
        {
            path.Add(ancestor);
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>
    /// Opens the mask for a node itself and its ancestors: those in its group, then those on the path above the group.
    /// </summary>
    private void OpenMask(int node, int start, Span<float> row)
    {
        row[node - start] = 0;
        if (node >= NodeCount)
        {
            return;
        }

        int ancestor = _parents[node];
        for (; ancestor >= start; ancestor = _parents[ancestor])
        {
            row[ancestor - start] = 0;
        }

        if (ancestor >= 0)
        {
            row.Slice(GroupSize, Positions[ancestor] + 1).Clear();
        }
    }

    private (int Count, int[] Queries, int[] Places) GroupEnds()
    {
        int[] perGroup = new int[GroupCount];
        foreach (int end in Ends)
        {
            perGroup[end / GroupSize]++;
        }

        int count = perGroup.Max();
        var queries = new int[GroupCount * count];
        var endQueries = new int[Ends.Length];
        Array.Clear(perGroup);
        for (int index = 0; index < Ends.Length; index++)
        {
            int group = Ends[index] / GroupSize;
            int query = (group * count) + perGroup[group]++;
            queries[query] = index;
            endQueries[index] = query;
        }

        return (count, queries, endQueries);
    }
}
