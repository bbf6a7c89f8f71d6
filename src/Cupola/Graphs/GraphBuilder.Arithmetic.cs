namespace Cupola.Graphs;

internal sealed partial class GraphBuilder
{
    /// <summary>
    /// Element by element, with the shorter shape broadcast to the longer (extents equal or 1, from the right).
    /// </summary>
    public Value Add(Value left, Value right) => Elementwise("Add", left, right);

    /// <inheritdoc cref="Add(Value, Value)"/>
    public Value Multiply(Value left, Value right) => Elementwise("Mul", left, right);

    /// <inheritdoc cref="Add(Value, Value)"/>
    public Value Subtract(Value left, Value right) => Elementwise("Sub", left, right);

    /// <inheritdoc cref="Add(Value, Value)"/>
    public Value Divide(Value left, Value right) => Elementwise("Div", left, right);

    /// <summary>The elementwise maximum, broadcast like <see cref="Add(Value, Value)"/>.</summary>
    public Value Maximum(Value left, Value right) => Elementwise("Max", left, right);

    public Value Multiply(Value value, float factor) => Multiply(value, Constant([factor]));

    /// <summary>
    /// Multiplies a value that no other node reads: in training, the factor becomes part of the product that gives the value.
    /// </summary>
    public Value Scale(Value value, float factor) =>
        operators == OperatorSet.Trainable && ProducerOf(value) is { } producer && Scaled(producer, factor) is { } scaled
            ? scaled
            : Multiply(value, factor);

    public Value Add(Value value, float summand) => Add(value, Constant([summand]));

    public Value Sqrt(Value value) => AddNode("Sqrt", value.Type, value.Shape, [value]);

    public Value Tanh(Value value) => AddNode("Tanh", value.Type, value.Shape, [value]);

    /// <summary>2 ÷ √π · ∫ exp(−t²) dt from 0 to the value.</summary>
    public Value Erf(Value value) => AddNode("Erf", value.Type, value.Shape, [value]);

    /// <summary>−1, 0 or 1.</summary>
    public Value Sign(Value value) => AddNode("Sign", value.Type, value.Shape, [value]);

    public Value Sigmoid(Value value) => AddNode("Sigmoid", value.Type, value.Shape, [value]);

    /// <summary>log(1 + exp(x)), without overflow.</summary>
    public Value Softplus(Value value) => AddNode("Softplus", value.Type, value.Shape, [value]);

    public Value Relu(Value value) => AddNode("Relu", value.Type, value.Shape, [value]);

    public Value Cast(Value value, ElementType type) =>
        AddNode("Cast", type, value.Shape, [value], ("to", OnnxWriter.TypeNumber(type)));

    /// <summary>
    /// The product of the last two axes, for each index of the axes before: [..., m, k] · [..., k, n] = [..., m, n]. Either
    /// operand may be transposed first: it then has the shape [..., k, m] or [..., n, k].
    /// </summary>
    public Value MatMul(Value left, Value right, bool transposeLeft = false, bool transposeRight = false, float factor = 1)
    {
        TensorShape leftShape = transposeLeft ? Transposed(left.Shape) : left.Shape,
            rightShape = transposeRight ? Transposed(right.Shape) : right.Shape;
        if (
            leftShape.Rank != rightShape.Rank
            || leftShape.Rank < 2
            || !leftShape.SkipLast(2).SequenceEqual(rightShape.SkipLast(2))
        )
        {
            throw Mismatch("MatMul", left, right, "the axes before the last two differ");
        }

        if (leftShape[^1] != rightShape[^2])
        {
            throw Mismatch("MatMul", left, right, $"{leftShape[^1]} columns do not match {rightShape[^2]} rows");
        }

        TensorShape shape = leftShape.With(^1, rightShape[^1]);
        if (operators == OperatorSet.Trainable && (transposeLeft || transposeRight || factor != 1))
        {
            return AddNode(
                FusedDomain,
                "FusedMatMul",
                left.Type,
                shape,
                [left, right],
                ("alpha", factor),
                ("transA", transposeLeft ? 1L : 0L),
                ("transB", transposeRight ? 1L : 0L)
            );
        }

        Value product = AddNode(
            "MatMul",
            left.Type,
            shape,
            [transposeLeft ? TransposeLast(left) : left, transposeRight ? TransposeLast(right) : right]
        );
        return factor == 1 ? product : Multiply(product, factor);
    }

    /// <summary>exp(x) ÷ Σ exp(x) over the last axis.</summary>
    public Value Softmax(Value value) => AddNode("Softmax", value.Type, value.Shape, [value], ("axis", -1L));

    /// <summary>The mean over one axis, which is removed.</summary>
    public Value Mean(Value value, int axis) =>
        AddNode("ReduceMean", value.Type, Without(value.Shape, axis), [value], ("axes", new long[] { axis }), ("keepdims", 0L));

    /// <summary>The mean over some axes, which stay with the extent 1.</summary>
    public Value MeanOver(Value value, params int[] axes) =>
        AddNode(
            "ReduceMean",
            value.Type,
            [.. value.Shape.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)],
            [value],
            ("axes", axes.Select(static axis => (long)axis).ToArray()),
            ("keepdims", 1L)
        );

    /// <summary>The sum over some axes, which are removed.</summary>
    public Value Sum(Value value, params int[] axes) =>
        AddNode(
            "ReduceSum",
            value.Type,
            [.. value.Shape.Where((_, axis) => !axes.Contains(axis))],
            [value, Constant([.. axes.Select(static axis => (long)axis)], axes.Length)],
            ("keepdims", 0L)
        );

    /// <summary>
    /// log Σ exp(x) over one axis, which is removed; the largest element is subtracted first to avoid overflow.
    /// </summary>
    public Value LogSumExp(Value value, int axis) =>
        AddNode(
            "ReduceLogSumExp",
            value.Type,
            Without(value.Shape, axis),
            [value],
            ("axes", new long[] { axis }),
            ("keepdims", 0L)
        );

    /// <summary>Elementwise equality, broadcast like <see cref="Add(Value, Value)"/>.</summary>
    public Value AreEqual(Value left, Value right) => Elementwise("Equal", left, right, ElementType.Boolean);

    /// <summary>Elementwise choice by a condition, broadcast like <see cref="Add(Value, Value)"/>.</summary>
    public Value Where(Value condition, Value then, Value otherwise)
    {
        RequireType("Where", condition, ElementType.Boolean);
        return AddNode("Where", then.Type, condition.Shape, [condition, then, otherwise]);
    }

    /// <summary>The sum over the last axis, which stays with the extent 1.</summary>
    public Value SumOfLast(Value value) =>
        AddNode("ReduceSum", value.Type, value.Shape.With(^1, 1), [value, Constant([-1L], 1)], ("keepdims", 1L));

    /// <summary>The number of elements of a value in a run, as a float.</summary>
    public Value SizeOf(Value value) =>
        value.Shape.ElementCount.IsFixed
            ? Constant([(float)value.Shape.ElementCount.Factor])
            : Cast(AddNode("Size", ElementType.Int64, [], [value]), ElementType.Float32);

    /// <summary>Broadcasts a value to the shape of another, like <see cref="Add(Value, Value)"/>.</summary>
    public Value ExpandTo(Value value, Value like)
    {
        if (value.Shape.Equals(like.Shape))
        {
            return value;
        }

        Value shape = like.Shape.All(static extent => extent.IsFixed)
            ? Constant([.. like.Shape.Select(static extent => extent.Factor)], like.Shape.Rank)
            : AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like]);
        return AddNode("Expand", value.Type, like.Shape, [value, shape]);
    }

    /// <summary>value ÷ ‖value‖ over the last axis.</summary>
    public Value Normalize(Value value)
    {
        Value norm = AddNode(
            "ReduceL2",
            value.Type,
            value.Shape.With(^1, 1),
            [value],
            ("axes", new long[] { -1 }),
            ("keepdims", 1L)
        );
        return Elementwise("Div", value, norm);
    }

    public Value Exp(Value value) => AddNode("Exp", value.Type, value.Shape, [value]);

    /// <summary>The index of the largest element of the last axis; the first of equal ones.</summary>
    public Value ArgMax(Value value) =>
        AddNode(
            "ArgMax",
            ElementType.Int64,
            Without(value.Shape, value.Shape.Rank - 1),
            [value],
            ("axis", -1L),
            ("keepdims", 0L)
        );

    private Value TransposeLast(Value value)
    {
        long[] order = [.. Enumerable.Range(0, value.Shape.Rank).Select(static axis => (long)axis)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return Transpose(value, order);
    }

    private static TensorShape Transposed(TensorShape shape) => shape.With(^1, shape[^2]).With(^2, shape[^1]);

    /// <summary>
    /// The output of an operator times a factor, applied within or before the operator; null if that is not possible.
    /// </summary>
    private Value? Scaled(Node producer, float factor)
    {
        switch (producer.Operator)
        {
            case "Gemm":
                Value? bias = producer.Inputs.Length == 3 ? Multiply(producer.Inputs[2]!, factor) : null;
                return AddProduct(
                    producer.Inputs[0]!,
                    producer.Inputs[1]!,
                    bias,
                    producer.Attributes["transA"] is 1L,
                    producer.Attributes["transB"] is 1L,
                    factor * (float)producer.Attributes["alpha"]
                );
            case "Reshape" or "Gather" when ProducerOf(producer.Inputs[0]!) is { } before && Scaled(before, factor) is { } scaled:
                return AddNode(
                    producer.Operator,
                    producer.Output.Type,
                    producer.Output.Shape,
                    [scaled, .. producer.Inputs.Skip(1)],
                    [.. producer.Attributes.Select(static attribute => (attribute.Key, attribute.Value))]
                );
            default:
                return null;
        }
    }

    private static TensorShape Without(TensorShape shape, int axis) => [.. shape.Where((_, index) => index != axis)];

    private Value Elementwise(string operation, Value left, Value right, ElementType? type = null)
    {
        RequireType(operation, right, left.Type);
        int rank = Math.Max(left.Shape.Rank, right.Shape.Rank);
        var dimensions = new Dimension[rank];
        for (int index = 1; index <= rank; index++)
        {
            Dimension first = index <= left.Shape.Rank ? left.Shape[^index] : 1;
            Dimension second = index <= right.Shape.Rank ? right.Shape[^index] : 1;
            if (first != second && first != 1 && second != 1)
            {
                throw Mismatch(operation, left, right, $"{first} and {second} cannot be broadcast");
            }

            dimensions[rank - index] = first == 1 ? second : first;
        }

        return AddNode(operation, type ?? left.Type, [.. dimensions], [left, right]);
    }
}
