using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>Two large layers with a non-linearity between them.</summary>
/// <param name="scope">Where it stands.</param>
/// <param name="width">Numbers a row.</param>
/// <param name="inner">Numbers a row between the layers.</param>
/// <param name="activate">The non-linearity.</param>
/// <param name="expand">How the first layer's weight begins; its bias begins as wide as its inputs say.</param>
/// <param name="contract">How the second layer's weight begins; its bias likewise.</param>
internal sealed class Mlp(
    ParameterScope scope,
    long width,
    long inner,
    Func<GraphBuilder, Value, Value> activate,
    Initialization expand,
    Initialization contract
)
{
    private readonly Linear _expand = Linear.Create(scope.At("expand"), width, inner, expand, Initialization.UniformOver(width));
    private readonly Linear _contract = Linear.Create(
        scope.At("contract"),
        inner,
        width,
        contract,
        Initialization.UniformOver(inner)
    );

    public Value Describe(GraphBuilder graph, Value rows) // [rows, width]
    {
        Value wide = activate(graph, _expand.Describe(graph, rows)); // [rows, inner]
        return _contract.Describe(graph, wide); // [rows, width]
    }
}
