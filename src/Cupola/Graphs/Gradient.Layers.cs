namespace Cupola.Graphs;

internal sealed partial class Gradient
{
    private void AddProduct(Node node, Value upstream)
    {
        Value left = node.Inputs[0]!,
            right = node.Inputs[1]!;
        bool transposeLeft = node.Attributes.GetValueOrDefault("transA", 0L) is 1L,
            transposeRight = node.Attributes.GetValueOrDefault("transB", 0L) is 1L;
        var factor = (float)node.Attributes.GetValueOrDefault("alpha", 1f);
        if (node.Operator is "MatMul" or "FusedMatMul")
        {
            Add(left, () =>
                transposeLeft
                    ? _graph.MatMul(right, upstream, transposeRight, transposeRight: true, factor)
                    : _graph.MatMul(upstream, right, transposeLeft: false, !transposeRight, factor)
            );
            Add(right, () =>
                transposeRight
                    ? _graph.MatMul(upstream, left, transposeLeft: true, transposeLeft, factor)
                    : _graph.MatMul(left, upstream, !transposeLeft, transposeRight: false, factor)
            );
            return;
        }

        Add(left, () =>
            transposeLeft
                ? _graph.Product(right, upstream, transposeRight, transposeRight: true, factor)
                : _graph.Product(upstream, right, transposeLeft: false, !transposeRight, factor)
        );
        if (IsLinear(node) && IsNeeded(right) && IsNeeded(node.Inputs[2]))
        {
            (Value ofWeight, Value ofBias) = _graph.LinearGradient(upstream, left, node.Inputs[2]!, factor);
            Add(right, () => ofWeight);
            Add(node.Inputs[2], () => ofBias);
            return;
        }

        Add(right, () => (transposeLeft, transposeRight) switch
            {
                (false, true) => _graph.ProductOverRows(upstream, left, factor),
                (false, false) => _graph.ProductOverRows(left, upstream, factor),
                (true, true) => _graph.Product(upstream, left, transposeLeft: true, transposeRight: true, factor),
                (true, false) => _graph.Product(left, upstream, transposeLeft: false, transposeRight: false, factor),
            });
        if (node.Inputs.Length == 3)
        {
            Add(node.Inputs[2], () => ReduceTo(upstream, node.Inputs[2]!));
        }
    }

    /// <summary>Whether a product is a linear layer with a bias for each column, whose gradients are one operator.</summary>
    private bool IsLinear(Node product) =>
        _graph.IsTrainable
        && product.Inputs.Length == 3
        && product.Inputs[2]!.Shape.Equals([product.Output.Shape[1]])
        && product.Attributes["transA"] is 0L
        && product.Attributes["transB"] is 1L;

    private void AddNormalization(Node node, Value upstream)
    {
        if (node.Operator == "Softmax")
        {
            // y (g − Σ g y), row by row.
            Add(node.Inputs[0], () =>
                _graph.Multiply(node.Output, _graph.Subtract(upstream, _graph.SumOfLast(_graph.Multiply(upstream, node.Output))))
            );
            return;
        }

        AddLayerNorm(node, upstream);
    }

    /// <summary>
    /// With c = x − mean and r = 1 ÷ √(variance + ε), both additional outputs of the operator, y = w c r + b. For the upstream
    /// gradient g: dw = Σ r g c and db = Σ g over the rows; dx = (g w − mean(g w) − c r² mean(g w c)) r, means over the last
    /// axis.
    /// </summary>
    private void AddLayerNorm(Node node, Value upstream)
    {
        Value input = node.Inputs[0]!,
            weight = node.Inputs[1]!,
            bias = node.Inputs[2]!;
        long width = weight.Shape[0].Factor;
        Value Rows(Value value) =>
            value.Shape.Rank == 2
                ? value
                : _graph.Reshape(
                    value,
                    [value.Shape.SkipLast(1).Aggregate((Dimension)1, static (count, extent) => count * extent), value.Shape[^1]]
                );
        Value rows = Rows(upstream),
            mean = Rows(node.MoreOutputs[0]),
            inverse = Rows(node.MoreOutputs[1]);
        if (_graph.IsTrainable)
        {
            (Value ofRows, Value ofWeight, Value ofBias) = _graph.LayerNormGradient(rows, Rows(input), mean, inverse, weight);
            Add(input, () => _graph.ReshapeAs(ofRows, input));
            Add(weight, () => ofWeight);
            Add(bias, () => ofBias);
            return;
        }

        Value centered = _graph.Subtract(Rows(input), mean);
        Value along = _graph.Multiply(rows, centered);
        Add(input, () =>
        {
            Value weighted = _graph.Multiply(rows, weight);
            Value coefficient = _graph.Multiply(
                _graph.Product(along, _graph.Reshape(weight, [width, 1]), factor: 1f / width),
                _graph.Multiply(inverse, inverse)
            );
            Value ofRows = _graph.Subtract(
                _graph.Subtract(weighted, _graph.MeanOver(weighted, 1)),
                _graph.Multiply(centered, coefficient)
            );
            return _graph.ReshapeAs(_graph.Multiply(ofRows, inverse), input);
        });
        Add(weight, () => _graph.WeightedSumOfRows(along, inverse));
        Add(bias, () => ReduceTo(upstream, bias));
    }
}
