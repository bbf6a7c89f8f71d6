using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Collectives;

/// <summary>One process without others: it has all there is.</summary>
internal sealed class Alone : ICollective
{
    public int Rank => 0;

    public int Ranks => 1;

    public int RanksOnTheseCores => 1;

    public void Meet()
    {
        // All are here.
    }

    public void AllGather<T>(Span<T> all, IReadOnlyList<int> counts)
        where T : unmanaged
    {
        // All of it is this process's.
    }

    /// <inheritdoc/>
    /// <remarks>The one node is the sum.</remarks>
    public void AllReduce(SumTree tree, IReadOnlyList<SumNode> nodes, IReadOnlyList<Tensor> sum)
    {
        foreach ((Tensor from, Tensor to) in nodes.Single().Numbers.Zip(sum).Where(static pair => pair.First != pair.Second))
        {
            from.AsSpan<float>().CopyTo(to.AsSpan<float>());
        }
    }

    public void Abort(int exitCode)
    {
        // There is nobody else to end, and this process ends by itself.
    }

    public void Dispose()
    {
        // Nothing was opened.
    }
}
