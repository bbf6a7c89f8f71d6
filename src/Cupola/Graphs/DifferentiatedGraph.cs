using System.Collections.Immutable;
using static System.FormattableString;

namespace Cupola.Graphs;

/// <summary>
/// A network and its vector–Jacobian product as two graphs. The first gives the output and keeps what the second needs of the way
/// there; so the forward
/// pass is run once. Parameters are inputs of both, because they change from step to step.
/// </summary>
/// <param name="Forward">Gives the output, then what was asked for besides, then what is kept.</param>
/// <param name="Backward">
/// Reads the seed, what was kept, and of the inputs and parameters what it needs; gives the gradient of each source.
/// </param>
/// <param name="Kept">What the backward pass reads of the forward pass: the last of the forward graph's outputs.</param>
internal sealed record DifferentiatedGraph(Graph Forward, Graph Backward, ImmutableArray<Value> Kept)
{
    /// <summary>
    /// Operators that only say the same otherwise, or work on shapes and indices: what they give is worked out again and not
    /// kept.
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
    /// <param name="graph">Where it was described, nothing else.</param>
    /// <param name="inputs">What each run brings.</param>
    /// <param name="output">What it gives.</param>
    /// <param name="besides">What the forward pass gives besides, of which there is no gradient.</param>
    /// <param name="sources">With respect to what.</param>
    public static DifferentiatedGraph Create(
        GraphBuilder graph,
        IReadOnlyList<Value> inputs,
        Value output,
        IReadOnlyList<Value> besides,
        IReadOnlyList<Value> sources
    )
    {
        Dictionary<string, Node> forward = graph
            .Nodes.SelectMany(static node => node.Outputs.Select(output => (output.Name, node)))
            .ToDictionary(static output => output.Name, static output => output.node, StringComparer.Ordinal);
        Value seed = graph.Input("seed", output.Type, output.Shape);
        IReadOnlyList<Value> gradients = DistinctNames(graph, Gradient.Compute(graph, output, seed, sources));
        HashSet<string> ofRun = DependentOn(inputs, graph.Nodes);

        List<Value> kept = [];
        HashSet<string> seen = [];
        foreach (
            Value read in graph
                .Subgraph([seed], gradients)
                .Nodes.Where(node => !forward.ContainsKey(node.Output.Name))
                .SelectMany(static node => node.Inputs)
                .OfType<Value>()
        )
        {
            Keep(read);
        }

        return new(
            graph.Subgraph(inputs, [output, .. besides, .. kept]),
            graph.Subgraph([seed, .. kept, .. inputs], gradients),
            [.. kept]
        );

        void Keep(Value value)
        {
            if (!forward.TryGetValue(value.Name, out Node? node) || !seen.Add(value.Name))
            {
                return;
            }

            // What follows from the parameters alone is as large for a run of one image as for many, and is worked out again.
            if (!FreeToRecompute.Contains(node.Operator) && value.Type == ElementType.Float32 && ofRun.Contains(value.Name))
            {
                kept.Add(value);
                return;
            }

            foreach (Value input in node.Inputs.OfType<Value>())
            {
                Keep(input);
            }
        }
    }

    /// <summary>
    /// Values of their own: two sources that were added have one gradient, and a graph cannot give one value twice.
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
