using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>Layer norm over the last axis (arXiv 1607.06450); it begins as one that changes no scale.</summary>
internal sealed class LayerNorm(ParameterScope scope, long width, float epsilon)
{
    private readonly Parameter _weight = scope.Parameter("weight", [width], Initialization.Ones, ParameterKind.Gain);
    private readonly Parameter _bias = scope.Parameter("bias", [width], Initialization.Zeros, ParameterKind.Bias);

    // [rows, width] → [rows, width]
    public Value Describe(GraphBuilder graph, Value rows) => graph.LayerNorm(rows, _weight.In(graph), _bias.In(graph), epsilon);
}
