using System.Collections.Immutable;

namespace Cupola.Graphs;

/// <summary>A tensor in a graph: an input, a parameter, a constant or the output of a node.</summary>
internal sealed record Value(string Name, ElementType Type, TensorShape Shape)
{
    public override string ToString() => $"'{Name}' {Shape}";
}

/// <summary>A constant of the graph, its bytes row-major and little-endian.</summary>
internal sealed record Constant(Value Value, ReadOnlyMemory<byte> Bytes);

/// <summary>One use of an operator.</summary>
/// <param name="Operator">The ONNX name of the operator.</param>
/// <param name="Domain">Empty for ONNX's own operators.</param>
/// <param name="Inputs">Its inputs; null for an omitted optional input.</param>
/// <param name="Output">Its first output.</param>
/// <param name="Attributes">Each a long, a float, a string or a list of longs.</param>
internal sealed record Node(
    string Operator,
    string Domain,
    ImmutableArray<Value?> Inputs,
    Value Output,
    IReadOnlyDictionary<string, object> Attributes
)
{
    /// <summary>Its optional outputs, in the operator's order; a finished graph names them only if one is read.</summary>
    public ImmutableArray<Value> MoreOutputs { get; init; } = [];

    /// <summary>All its outputs.</summary>
    public IEnumerable<Value> Outputs => MoreOutputs.Prepend(Output);
}

/// <summary>
/// A network as data: nodes in execution order. Parameters have names and shapes but no numbers; the code that runs the graph
/// provides them.
/// </summary>
internal sealed record Graph(
    ImmutableArray<Value> Inputs,
    ImmutableArray<Value> Outputs,
    ImmutableArray<Value> Parameters,
    ImmutableArray<Constant> Constants,
    ImmutableArray<Node> Nodes
);
