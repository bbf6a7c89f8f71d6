using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>A row for each token id, or for each place.</summary>
internal sealed class EmbeddingTable(ParameterScope scope, string name, long entries, long width, Initialization initialization)
{
    // [entries, width]
    public Parameter Rows { get; } = scope.Parameter(name, [entries, width], initialization, ParameterKind.Embedding);

    /// <summary>The rows that indices name, in the indices' shape.</summary>
    public Value LookUp(GraphBuilder graph, Value indices) => graph.Gather(Rows.In(graph), indices); // [a, b] → [a, b, width]

    /// <summary>As many of the first rows as another value has on an axis.</summary>
    // [extent, width]
    public Value FirstAs(GraphBuilder graph, Value like, int axis) => graph.SliceLike(Rows.In(graph), 0, like, axis);
}
