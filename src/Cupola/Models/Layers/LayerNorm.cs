using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>Layer norm over the last axis (arXiv 1607.06450); it begins as one that changes no scale.</summary>
internal sealed class LayerNorm(ParameterScope scope, long width, float epsilon)
{
    public Parameter Weight { get; } = scope.Parameter("weight", [width], Initialization.Ones, ParameterKind.Gain);

    public Parameter Bias { get; } = scope.Parameter("bias", [width], Initialization.Zeros, ParameterKind.Bias);

    /// <summary>What is added to the variance.</summary>
    public float Epsilon => epsilon;

    // [rows, width] → [rows, width]
    public Value Describe(GraphBuilder graph, Value rows) => graph.LayerNorm(rows, Weight.In(graph), Bias.In(graph), epsilon);
}
