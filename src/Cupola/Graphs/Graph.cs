using System.Collections.Immutable;

namespace Cupola.Graphs;

/// <summary>A tensor in a graph: an input, a parameter, a constant or what a node gives.</summary>
internal sealed record Value(string Name, ElementType Type, TensorShape Shape)
{
    public override string ToString() => $"'{Name}' {Shape}";
}

/// <summary>A constant of the graph, its bytes row-major and little-endian.</summary>
internal sealed record Constant(Value Value, ReadOnlyMemory<byte> Bytes);

/// <summary>One operator at work.</summary>
/// <param name="Operator">The ONNX name of the operator.</param>
/// <param name="Domain">Empty for ONNX's own operators.</param>
/// <param name="Inputs">What it reads; null where an optional input is left out.</param>
/// <param name="Output">What it gives.</param>
/// <param name="Attributes">Each a long, a float, a string or a list of longs.</param>
internal sealed record Node(
    string Operator,
    string Domain,
    ImmutableArray<Value?> Inputs,
    Value Output,
    IReadOnlyDictionary<string, object> Attributes
)
{
    /// <summary>
    /// What it can give besides, in the operator's order; a finished graph names them only where someone reads them.
    /// </summary>
    public ImmutableArray<Value> MoreOutputs { get; init; } = [];

    /// <summary>Everything it gives.</summary>
    public IEnumerable<Value> Outputs => MoreOutputs.Prepend(Output);
}

/// <summary>
/// A network as data: nodes in the order in which they can run. Parameters are named and shaped but have no numbers;
/// whoever runs the graph lends them.
/// </summary>
internal sealed record Graph(
    ImmutableArray<Value> Inputs,
    ImmutableArray<Value> Outputs,
    ImmutableArray<Value> Parameters,
    ImmutableArray<Constant> Constants,
    ImmutableArray<Node> Nodes
);
