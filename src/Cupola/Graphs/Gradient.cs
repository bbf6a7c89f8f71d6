namespace Cupola.Graphs;

/// <summary>
/// Reverse-mode differentiation: extends a graph by the vector–Jacobian product of one of its values, operator by operator from
/// the end (Griewank and Walther, Evaluating Derivatives, chapter 3). The result is an ordinary graph.
/// </summary>
internal sealed partial class Gradient
{
    private readonly GraphBuilder _graph;

    /// <summary>Values that depend on a source; only their gradients are computed.</summary>
    private readonly HashSet<string> _needed;

    private readonly Dictionary<string, Value> _gradients = new(StringComparer.Ordinal);

    private Gradient(GraphBuilder graph, HashSet<string> needed)
    {
        _graph = graph;
        _needed = needed;
    }

    /// <summary>The gradient of Σ upstream · output with respect to each source.</summary>
    /// <param name="graph">The graph of output and sources, which is extended by the gradient.</param>
    /// <param name="output">A value that depends on the sources.</param>
    /// <param name="upstream">The upstream gradient, that is, the gradient with respect to the output; of its shape.</param>
    /// <param name="sources">Inputs, parameters or values between them and the output.</param>
    /// <exception cref="InvalidOperationException">
    /// The output does not depend on a source, or depends on it by an operator without a derivative here.
    /// </exception>
    public static IReadOnlyList<Value> Compute(GraphBuilder graph, Value output, Value upstream, IReadOnlyList<Value> sources)
    {
        if (!upstream.Shape.Equals(output.Shape))
        {
            throw new InvalidOperationException($"The gradient of {output} cannot begin with {upstream}: the shapes differ.");
        }

        Node[] nodes = [.. graph.Nodes];
        HashSet<string> needed = [.. sources.Select(static source => source.Name)];
        foreach (Node node in nodes.Where(node => node.Inputs.Any(input => input is not null && needed.Contains(input.Name))))
        {
            needed.Add(node.Output.Name);
        }

        Gradient gradient = new(graph, needed);
        gradient._gradients[output.Name] = upstream;
        foreach (Node node in Enumerable.Reverse(nodes))
        {
            if (gradient._gradients.TryGetValue(node.Output.Name, out Value? ofOutput) && needed.Contains(node.Output.Name))
            {
                gradient.Propagate(node, ofOutput);
            }
        }

        return
        [
            .. sources.Select(source =>
                gradient._gradients.TryGetValue(source.Name, out Value? found)
                    ? found
                    : throw new InvalidOperationException($"{output} does not depend on {source}, so there is no gradient.")
            ),
        ];
    }

    private void Propagate(Node node, Value upstream)
    {
        switch (node.Operator)
        {
            case "Add" or "Sub" or "Mul" or "Div":
                AddArithmetic(node, upstream);
                break;
            case "QuickGelu" when _graph.IsTrainable && node.Attributes["alpha"] is 1f:
                Add(node.Inputs[0], () => _graph.SwishGradient(upstream, node.Inputs[0]!));
                break;
            case "Sigmoid" or "Tanh" or "Exp" or "Erf" or "Relu" or "Sqrt" or "QuickGelu":
                Add(node.Inputs[0], () => _graph.Multiply(upstream, Derivative(node)));
                break;
            case "ReduceMean" or "ReduceSum" or "ReduceL2":
                AddReduction(node, upstream);
                break;
            case "MatMul" or "FusedMatMul" or "Gemm":
                AddProduct(node, upstream);
                break;
            case "Softmax" or "LayerNormalization":
                AddNormalization(node, upstream);
                break;
            case "Reshape" or "Transpose" or "Expand" or "Identity":
                AddLayout(node, upstream);
                break;
            case "Slice" or "Concat" or "Gather" or "GatherND":
                AddSelection(node, upstream);
                break;
            case "Conv" or "AveragePool":
                AddWindows(node, upstream);
                break;
            default:
                throw new InvalidOperationException(
                    $"The operator {node.Operator}, which gives {node.Output}, has no derivative here."
                );
        }
    }

    /// <summary>Adds to the gradient of an operator's input, if it is needed.</summary>
    private void Add(Value? input, Func<Value> gradient)
    {
        if (input is null || !IsNeeded(input))
        {
            return;
        }

        Value more = gradient();
        if (!more.Shape.Equals(input.Shape))
        {
            throw new InvalidOperationException($"The gradient of {input} has the shape {more.Shape}.");
        }

        _gradients[input.Name] = _gradients.TryGetValue(input.Name, out Value? known) ? _graph.Add(known, more) : more;
    }

    private bool IsNeeded(Value? value) => value is not null && _needed.Contains(value.Name);

    /// <summary>Reduces the gradient of a value that an operator broadcast to a larger shape, by summing.</summary>
    private Value ReduceTo(Value gradient, Value like)
    {
        int more = gradient.Shape.Rank - like.Shape.Rank;
        int[] axes =
        [
            .. Enumerable
                .Range(0, gradient.Shape.Rank)
                .Where(axis => axis < more || (like.Shape[axis - more] == 1 && gradient.Shape[axis] != 1)),
        ];
        return axes.Length == 0 ? gradient
            : axes is [0] && gradient.Shape.Rank == 2 && like.Shape.Rank == 1 ? _graph.SumOfRows(gradient, like)
            : _graph.ReshapeAs(_graph.Sum(gradient, axes), like);
    }
}
