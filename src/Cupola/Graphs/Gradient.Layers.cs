namespace Cupola.Graphs;

internal sealed partial class Gradient
{
    private void OfProduct(Node node, Value seed)
    {
        Value left = node.Inputs[0]!, right = node.Inputs[1]!;
        if (node.Operator == "MatMul")
        {
            Add(left, () => _graph.MatMul(seed, TurnLast(right)));
            Add(right, () => _graph.MatMul(TurnLast(left), seed));
            return;
        }

        bool turnLeft = (long)node.Attributes.GetValueOrDefault("transA", 0L) == 1, turnRight = (long)node.Attributes.GetValueOrDefault("transB", 0L) == 1;
        Add(left, () => turnLeft ? _graph.Product(right, seed, turnRight, turnRight: true) : _graph.Product(seed, right, turnLeft: false, !turnRight));
        Add(right, () => turnRight ? _graph.Product(seed, left, turnLeft: true, turnLeft) : _graph.Product(left, seed, !turnLeft, turnRight: false));
        if (node.Inputs.Length == 3)
        {
            Add(node.Inputs[2], () => SumTo(seed, node.Inputs[2]!));
        }
    }

    private Value TurnLast(Value value)
    {
        long[] order = [.. Enumerable.Range(0, value.Shape.Rank).Select(static axis => (long)axis)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return _graph.Transpose(value, order);
    }

    private void OfNormalization(Node node, Value seed)
    {
        if (node.Operator == "Softmax")
        {
            // y (g − Σ g y), row by row.
            Add(node.Inputs[0], () => _graph.Multiply(node.Output, _graph.Subtract(seed, _graph.SumOfLast(_graph.Multiply(seed, node.Output)))));
            return;
        }

        OfLayerNorm(node, seed);
    }

    /// <summary>
    /// x̂ = (x − mean) ÷ √(variance + ε), y = w x̂ + b. With h = g w: dx = (h − mean(h) − x̂ mean(h x̂)) ÷ √(variance + ε), means over the last axis;
    /// dw = Σ g x̂ and db = Σ g over the rows.
    /// </summary>
    private void OfLayerNorm(Node node, Value seed)
    {
        Value input = node.Inputs[0]!, weight = node.Inputs[1]!, bias = node.Inputs[2]!;
        int last = input.Shape.Rank - 1;
        Value centred = _graph.Subtract(input, _graph.MeanOver(input, last));
        Value deviation = _graph.Sqrt(_graph.Add(_graph.MeanOver(_graph.Multiply(centred, centred), last), (float)node.Attributes["epsilon"]));
        Value normed = _graph.Divide(centred, deviation);
        Add(input, () =>
        {
            Value scaled = _graph.Multiply(seed, weight);
            Value along = _graph.Multiply(normed, _graph.MeanOver(_graph.Multiply(scaled, normed), last));
            return _graph.Divide(_graph.Subtract(_graph.Subtract(scaled, _graph.MeanOver(scaled, last)), along), deviation);
        });
        Add(weight, () => SumTo(_graph.Multiply(seed, normed), weight));
        Add(bias, () => SumTo(seed, bias));
    }
}
