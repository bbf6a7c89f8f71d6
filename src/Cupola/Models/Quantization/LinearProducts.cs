using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models.Quantization;

/// <summary>
/// Linear layers of a graph that become one integer product, because they read the same rows and are equally wide: query, key and
/// value, or one layer alone.
/// </summary>
/// <param name="Layers">Their nodes, x Wᵀ + b.</param>
/// <param name="Rows">What they read, [rows, from].</param>
/// <param name="Bytes">The same as bytes, where it is bytes that were widened.</param>
internal sealed record LinearProduct(IReadOnlyList<Node> Layers, Value Rows, Value? Bytes)
{
    /// <summary>The name of the first layer's weight.</summary>
    public string Name => Weights[0];

    /// <summary>The weights' names, each [to, from].</summary>
    public IReadOnlyList<string> Weights => [.. Layers.Select(static layer => layer.Inputs[1]!.Name)];

    /// <summary>The biases' names, each [to]; null for a layer without one.</summary>
    public IReadOnlyList<string?> Biases =>
        [.. Layers.Select(static layer => layer.Inputs.Length > 2 ? layer.Inputs[2]?.Name : null)];

    /// <summary>Numbers in a row.</summary>
    public int From => (int)Rows.Shape[1].Factor;

    /// <summary>Numbers out of each layer.</summary>
    public int To => (int)Layers[0].Output.Shape[1].Factor;

    /// <summary>Columns of the integer product; bytes are multiplied by weights of two digits.</summary>
    public int Columns => To * (Bytes is null ? Layers.Count : 2);
}

/// <summary>Finds the linear layers that can be worked out in integers.</summary>
internal static class LinearProducts
{
    /// <summary>
    /// Those whose weight is a declared matrix, or folded from one. A layer whose rows are the graph's answer stays in float32:
    /// nothing behind it evens its rounding out, and it is a ten-thousandth of the work.
    /// </summary>
    public static IReadOnlyList<LinearProduct> Find(Graph graph, IReadOnlyList<Parameter> declared)
    {
        HashSet<string> parameters = [.. graph.Parameters.Select(static parameter => parameter.Name)];
        HashSet<string> answers = [.. graph.Outputs.Select(static output => output.Name)];
        answers.UnionWith(
            graph
                .Nodes.Where(node => node.Operator == "Identity" && answers.Contains(node.Output.Name))
                .Select(static node => node.Inputs[0]!.Name)
        );
        Parameter[] matrices = [.. declared.Where(static parameter => parameter.Kind == ParameterKind.Matrix)];
        bool IsLinear(Node node) =>
            node is { Operator: "Gemm", Domain: "" }
            && node.Inputs[1] is { } weight
            && parameters.Contains(weight.Name)
            && (node.Inputs.Length < 3 || node.Inputs[2] is null || parameters.Contains(node.Inputs[2]!.Name))
            && node.Attributes["transA"] is 0L
            && node.Attributes["transB"] is 1L
            && node.Attributes["alpha"] is 1f
            && matrices.Any(matrix => IsOf(weight.Name, matrix.Name))
            && !answers.Contains(node.Output.Name);
        Dictionary<string, Node> casts = graph
            .Nodes.Where(static node => node.Operator == "Cast" && node.Inputs[0]!.Type == ElementType.UInt8)
            .ToDictionary(static node => node.Output.Name, StringComparer.Ordinal);
        return
        [
            .. from node in graph.Nodes.Where(IsLinear)
            group node by (Rows: node.Inputs[0]!, To: node.Output.Shape[1].Factor) into alike
            let bytes = casts.GetValueOrDefault(alike.Key.Rows.Name)?.Inputs[0]
            from layers in alike.Chunk(bytes is null ? Runtime.Dequantize.MostParts : 1)
            select new LinearProduct(layers, alike.Key.Rows, bytes),
        ];
    }

    private static bool IsOf(string weight, string matrix) =>
        weight.StartsWith(matrix, StringComparison.Ordinal) && (weight.Length == matrix.Length || weight[matrix.Length] == '.');
}
