namespace Cupola.Graphs;

internal sealed partial class Gradient
{
    private void AddLayout(Node node, Value upstream)
    {
        Value input = node.Inputs[0]!;
        Add(input, () => node.Operator switch
            {
                "Transpose" => _graph.Transpose(upstream, Inverse((long[])node.Attributes["perm"])),
                "Reshape" => _graph.ReshapeAs(upstream, input),
                "Expand" => ReduceTo(upstream, input),
                _ => upstream,
            });
    }

    private void AddSelection(Node node, Value upstream)
    {
        Value input = node.Inputs[0]!;
        switch (node.Operator)
        {
            case "Slice":
                Add(input, () =>
                    _graph.PadAs(upstream, input, (int)_graph.Integers(node.Inputs[3]!)![0], _graph.Integers(node.Inputs[1]!)![0])
                );
                break;
            case "Concat":
                int axis = (int)(long)node.Attributes["axis"];
                long start = 0;
                foreach (Value part in node.Inputs.OfType<Value>())
                {
                    long from = start,
                        size = part.Shape[axis].Factor;
                    Add(part, () => _graph.Slice(upstream, axis, from, from + size));
                    start += size;
                }

                break;
            case "Gather" when (long)node.Attributes["axis"] == 0:
                Add(input, () => _graph.ScatterAdd(upstream, node.Inputs[1]!, input));
                break;
            case "GatherND":
                Add(input, () => _graph.ScatterRows(upstream, IndicesOfPairs(node.Inputs[1]!), input));
                break;
            default:
                throw new InvalidOperationException(
                    $"Gather has a derivative only for the first axis, and {node.Output} gathers on another."
                );
        }
    }

    /// <summary>The indices [n] that are reshaped to [n, 1] for GatherND.</summary>
    private Value IndicesOfPairs(Value pairs) => _graph.Reshape(pairs, [pairs.Shape[0]]);

    private static long[] Inverse(long[] order)
    {
        var inverse = new long[order.Length];
        foreach ((int index, long axis) in order.Index())
        {
            inverse[axis] = index;
        }

        return inverse;
    }
}
