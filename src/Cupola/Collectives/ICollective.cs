using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Collectives;

/// <summary>
/// What a process of a training asks of the others, its ranks. All of them make the same calls in the same order, from one thread
/// at a time.
/// </summary>
internal interface ICollective : IDisposable
{
    /// <summary>Which one this is, from 0; the first reads and writes the run's files, and speaks for all.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int Ranks { get; }

    /// <summary>How many of them share the cores that this one may use, itself included.</summary>
    int RanksOnTheseCores { get; }

    /// <summary>
    /// Waits until all are here, however long one of them takes. Every other call gives up after a while, with an
    /// <see cref="IOException"/>.
    /// </summary>
    void Meet();

    /// <summary>Gives every rank what each has.</summary>
    /// <param name="all">
    /// What all have, that of the first rank first; the part of this rank is filled before, the others after the call.
    /// </param>
    /// <param name="counts">How many elements are whose, by rank.</param>
    void AllGather<T>(Span<T> all, IReadOnlyList<int> counts)
        where T : unmanaged;

    /// <summary>Adds what ranks hold of a sum, in the tree's order, whoever holds what.</summary>
    /// <param name="tree">The sum's parts. Rank r holds those of <see cref="SumTree.ShareOf"/>.</param>
    /// <param name="nodes">The sums of the tree's largest nodes (<see cref="SumTree.NodesOf"/>) that this rank holds.</param>
    /// <param name="sum">Where the sum goes, on every rank; may be one of the nodes.</param>
    void AllReduce(SumTree tree, IReadOnlyList<SumNode> nodes, IReadOnlyList<Tensor> sum);

    /// <summary>Ends the processes of all ranks at once, this one too, if there are others.</summary>
    void Abort(int exitCode);
}

/// <summary>The numbers of a node of a <see cref="SumTree"/>.</summary>
/// <param name="Start">Its first part.</param>
/// <param name="End">The part behind its last.</param>
/// <param name="Numbers">Float32 tensors, which the sum has too.</param>
internal sealed record SumNode(int Start, int End, IReadOnlyList<Tensor> Numbers);
