using System.Collections.Immutable;
using static System.FormattableString;

namespace Cupola.Graphs;

/// <summary>
/// A network and its vector–Jacobian product as two graphs. The first gives the output and the saved activations that the second
/// needs, so the forward pass is run once. Parameters are inputs of both, because they change from step to step.
/// </summary>
/// <param name="Forward">Gives the output, then the additional outputs, then the saved activations.</param>
/// <param name="Backward">
/// Reads the upstream gradient, the saved activations, and the inputs and parameters it needs; gives the gradient of each source.
/// </param>
/// <param name="Saved">The saved activations: the last outputs of the forward graph, which the backward pass reads.</param>
internal sealed record DifferentiatedGraph(Graph Forward, Graph Backward, ImmutableArray<Value> Saved)
{
    /// <summary>
    /// Operators that only change the layout, or work on shapes and indices: their outputs are recomputed and not saved.
    /// </summary>
    private static readonly HashSet<string> FreeToRecompute =
    [
        "Reshape",
        "Unsqueeze",
        "Shape",
        "Size",
        "ConstantOfShape",
        "Identity",
        "OneHot",
    ];

    /// <summary>Differentiates a network.</summary>
    /// <param name="graph">The description of the network, and of nothing else.</param>
    /// <param name="inputs">The inputs of each run.</param>
    /// <param name="output">The output.</param>
    /// <param name="extraOutputs">Additional outputs of the forward pass, without gradients.</param>
    /// <param name="sources">The values with respect to which it is differentiated.</param>
    public static DifferentiatedGraph Create(
        GraphBuilder graph,
        IReadOnlyList<Value> inputs,
        Value output,
        IReadOnlyList<Value> extraOutputs,
        IReadOnlyList<Value> sources
    )
    {
        Dictionary<string, Node> forward = graph
            .Nodes.SelectMany(static node => node.Outputs.Select(output => (output.Name, node)))
            .ToDictionary(static output => output.Name, static output => output.node, StringComparer.Ordinal);
        Value upstream = graph.Input("seed", output.Type, output.Shape);
        IReadOnlyList<Value> gradients = DistinctNames(graph, Gradient.Compute(graph, output, upstream, sources));
        HashSet<string> ofRun = DependentOn(inputs, graph.Nodes);

        List<Value> saved = [];
        HashSet<string> seen = [];
        foreach (
            Value read in graph
                .Subgraph([upstream], gradients)
                .Nodes.Where(node => !forward.ContainsKey(node.Output.Name))
                .SelectMany(static node => node.Inputs)
                .OfType<Value>()
        )
        {
            Save(read);
        }

        return new(
            graph.Subgraph(inputs, [output, .. extraOutputs, .. saved]),
            graph.Subgraph([upstream, .. saved, .. inputs], gradients),
            [.. saved]
        );

        void Save(Value value)
        {
            if (!forward.TryGetValue(value.Name, out Node? node) || !seen.Add(value.Name))
            {
                return;
            }

            // Values that depend on parameters alone are as large for one image as for many, and are recomputed.
            if (!FreeToRecompute.Contains(node.Operator) && value.Type == ElementType.Float32 && ofRun.Contains(value.Name))
            {
                saved.Add(value);
                return;
            }

            foreach (Value input in node.Inputs.OfType<Value>())
            {
                Save(input);
            }
        }
    }

    /// <summary>
    /// Copies gradients that are the same value: two sources that were added share one gradient, and a graph cannot return a
    /// value twice.
    /// </summary>
    private static Value[] DistinctNames(GraphBuilder graph, IReadOnlyList<Value> gradients)
    {
        HashSet<string> given = [];
        return
        [
            .. gradients.Select(
                (gradient, index) => given.Add(gradient.Name) ? gradient : graph.Copy(gradient, Invariant($"gradient {index}"))
            ),
        ];
    }

    private static HashSet<string> DependentOn(IReadOnlyList<Value> inputs, IEnumerable<Node> nodes)
    {
        HashSet<string> dependent = [.. inputs.Select(static input => input.Name)];
        foreach (Node node in nodes.Where(node => node.Inputs.Any(input => input is not null && dependent.Contains(input.Name))))
        {
            dependent.UnionWith(node.Outputs.Select(static output => output.Name));
        }

        return dependent;
    }
}
