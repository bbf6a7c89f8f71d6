using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>x Wᵀ + b over rows, or x Wᵀ where there is no bias.</summary>
internal sealed class Linear
{
    private Linear(Parameter weight, Parameter? bias) => (Weight, Bias) = (weight, bias);

    public Parameter Weight { get; } // [to, from]

    public Parameter? Bias { get; } // [to]

    /// <summary>A layer with a bias.</summary>
    public static Linear Create(ParameterScope scope, long from, long to, Initialization weight, Initialization bias) =>
        new(
            scope.Parameter("weight", [to, from], weight, ParameterKind.Matrix),
            scope.Parameter("bias", [to], bias, ParameterKind.Bias)
        );

    /// <summary>A matrix alone, which has the layer's name.</summary>
    public static Linear CreateProjection(ParameterScope scope, string name, long from, long to, Initialization weight) =>
        new(scope.Parameter(name, [to, from], weight, ParameterKind.Matrix), bias: null);

    // [rows, from] → [rows, to]
    public Value Describe(GraphBuilder graph, Value rows) => graph.Linear(rows, Weight.In(graph), Bias?.In(graph));
}
