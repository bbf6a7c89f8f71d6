namespace Cupola.Graphs;

internal sealed partial class Gradient
{
    private void AddArithmetic(Node node, Value upstream)
    {
        Value left = node.Inputs[0]!,
            right = node.Inputs[1]!;
        switch (node.Operator)
        {
            case "Add":
                Add(left, () => ReduceTo(upstream, left));
                Add(right, () => ReduceTo(upstream, right));
                break;
            case "Sub":
                Add(left, () => ReduceTo(upstream, left));
                Add(right, () => _graph.Multiply(ReduceTo(upstream, right), -1));
                break;
            case "Mul":
                Add(left, () => ReduceTo(_graph.Multiply(upstream, right), left));
                Add(right, () => ReduceTo(_graph.Multiply(upstream, left), right));
                break;
            default:
                Add(left, () => ReduceTo(_graph.Divide(upstream, right), left));
                Add(right, () =>
                    ReduceTo(_graph.Multiply(_graph.Divide(_graph.Multiply(upstream, node.Output), right), -1), right)
                );
                break;
        }
    }

    /// <summary>The derivative of an elementwise function, computed from its argument or its result.</summary>
    private Value Derivative(Node node)
    {
        Value argument = node.Inputs[0]!,
            result = node.Output;
        return node.Operator switch
        {
            "Sigmoid" => _graph.Multiply(result, OneMinus(result)),
            "Tanh" => OneMinus(_graph.Multiply(result, result)),
            "Exp" => result,
            "Erf" => _graph.Multiply(
                _graph.Exp(_graph.Multiply(_graph.Multiply(argument, argument), -1)),
                2 / MathF.Sqrt(MathF.PI)
            ),
            "Relu" => _graph.Sign(result),
            "Sqrt" => _graph.Divide(_graph.Constant([0.5f]), result),
            _ => DerivativeOfQuickGelu(argument, result, (float)node.Attributes["alpha"]),
        };
    }

    /// <summary>y = x s with s = sigmoid(a x): y' = s + a y (1 − s) = s + a (y − s y).</summary>
    private Value DerivativeOfQuickGelu(Value argument, Value result, float alpha)
    {
        Value Scaled(Value value) => alpha == 1 ? value : _graph.Multiply(value, alpha);
        Value sigmoid = _graph.Sigmoid(Scaled(argument));
        return _graph.Add(sigmoid, Scaled(_graph.Subtract(result, _graph.Multiply(result, sigmoid))));
    }

    private Value OneMinus(Value value) => _graph.Subtract(_graph.Constant([1f]), value);

    private void AddReduction(Node node, Value upstream)
    {
        Value input = node.Inputs[0]!;
        Add(input, () =>
        {
            // The reduced axes return with the extent 1.
            long[] axes =
            [
                .. ((long[]?)node.Attributes.GetValueOrDefault("axes") ?? _graph.Integers(node.Inputs[1]!)!).Select(axis =>
                    axis < 0 ? axis + input.Shape.Rank : axis
                ),
            ];
            TensorShape keptShape = [.. input.Shape.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)];
            Value whole = upstream.Shape.Equals(keptShape) ? upstream : _graph.Reshape(upstream, keptShape);
            return node.Operator switch
            {
                "ReduceSum" => _graph.ExpandTo(whole, input),
                "ReduceMean" => _graph.ExpandTo(
                    _graph.Multiply(whole, _graph.Divide(_graph.SizeOf(node.Output), _graph.SizeOf(input))),
                    input
                ),
                _ => _graph.Multiply(
                    input,
                    _graph.Divide(
                        whole,
                        node.Output.Shape.Equals(keptShape) ? node.Output : _graph.Reshape(node.Output, keptShape)
                    )
                ),
            };
        });
    }
}
