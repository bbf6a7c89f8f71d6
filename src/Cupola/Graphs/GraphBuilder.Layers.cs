using static System.FormattableString;

namespace Cupola.Graphs;

internal sealed partial class GraphBuilder
{
    /// <summary>x Wᵀ + b over rows: [rows, in], weight [out, in], bias [out] → [rows, out].</summary>
    public Value Linear(Value rows, Value weight, Value? bias = null)
    {
        if (rows.Shape.Rank != 2 || weight.Shape.Rank != 2 || rows.Shape[1] != weight.Shape[1])
        {
            throw Mismatch("Linear", rows, weight, "the rows' width is not the weight's second extent");
        }

        if (bias is not null && !bias.Shape.Equals([weight.Shape[0]]))
        {
            throw Mismatch("Linear", weight, bias, "there is not one bias per output");
        }

        return AddProduct(rows, weight, bias, transposeLeft: false, transposeRight: true);
    }

    /// <summary>The product of two matrices, each optionally transposed: a b, aᵀ b, a bᵀ or aᵀ bᵀ.</summary>
    public Value Product(Value left, Value right, bool transposeLeft = false, bool transposeRight = false, float factor = 1)
    {
        Dimension inner = left.Shape[transposeLeft ? 0 : 1],
            other = right.Shape[transposeRight ? 1 : 0];
        if (left.Shape.Rank != 2 || right.Shape.Rank != 2 || inner != other)
        {
            throw Mismatch("Product", left, right, $"{inner} columns do not match {other} rows");
        }

        return AddProduct(left, right, bias: null, transposeLeft, transposeRight, factor);
    }

    /// <summary>aᵀ b, summed over the common rows: [rows, a], [rows, b] → [a, b]; for training, as one custom operator.</summary>
    public Value ProductOverRows(Value left, Value right, float factor = 1)
    {
        if (!IsTrainable)
        {
            return Product(left, right, transposeLeft: true, factor: factor);
        }

        (left, factor) = WithoutFactor(left, factor);
        (right, factor) = WithoutFactor(right, factor);
        return AddNode(
            CustomDomain,
            "ProductOverRows",
            left.Type,
            [left.Shape[1], right.Shape[1]],
            [left, right, Constant([factor])]
        );
    }

    /// <summary>The gradients of a linear layer with respect to weight and bias, as one custom operator.</summary>
    public (Value OfWeight, Value OfBias) LinearGradient(Value upstream, Value rows, Value bias, float factor)
    {
        (rows, factor) = WithoutFactor(rows, factor);
        Value ofWeight = AddNode(
            CustomDomain,
            "LinearGradient",
            upstream.Type,
            [upstream.Shape[1], rows.Shape[1]],
            [upstream, rows, Constant([factor]), bias]
        );
        AddOutputs(ofWeight, ("of_bias", bias.Shape));
        return (ofWeight, ProducerOf(ofWeight)!.MoreOutputs[0]);
    }

    /// <summary>The weighted sum of rows: [rows, width], [rows, 1] → [width].</summary>
    public Value WeightedSumOfRows(Value rows, Value weights) =>
        Reshape(Product(Reshape(weights, [1, rows.Shape[0]]), rows), [rows.Shape[1]]);

    /// <summary>(x − mean) ÷ √(variance + ε) · weight + bias over the last axis (arXiv 1607.06450, equation 4).</summary>
    public Value LayerNorm(Value value, Value weight, Value bias, float epsilon)
    {
        if (!weight.Shape.Equals([value.Shape[^1]]))
        {
            throw Mismatch("LayerNorm", value, weight, "there is not one weight per entry of the last axis");
        }

        if (!bias.Shape.Equals(weight.Shape))
        {
            throw Mismatch("LayerNorm", weight, bias, "weight and bias differ in shape");
        }

        Value normed = AddNode(
            "LayerNormalization",
            value.Type,
            value.Shape,
            [value, weight, bias],
            ("axis", -1L),
            ("epsilon", epsilon)
        );
        TensorShape statistics = value.Shape.With(^1, 1);
        AddOutputs(normed, ("mean", statistics), ("inverse_deviation", statistics));
        return normed;
    }

    /// <summary>The gradients of a layer norm with respect to its rows, weight and bias, as one custom operator.</summary>
    public (Value OfRows, Value OfWeight, Value OfBias) LayerNormGradient(
        Value upstream,
        Value rows,
        Value mean,
        Value inverseDeviation,
        Value weight
    )
    {
        Value ofRows = AddNode(
            CustomDomain,
            "LayerNormGradient",
            upstream.Type,
            upstream.Shape,
            [upstream, rows, mean, inverseDeviation, weight]
        );
        AddOutputs(ofRows, ("of_weight", weight.Shape), ("of_bias", weight.Shape));
        Node node = ProducerOf(ofRows)!;
        return (ofRows, node.MoreOutputs[0], node.MoreOutputs[1]);
    }

    /// <summary>The sum of all rows, [rows, width] → [width], if that is the shape of another value.</summary>
    public Value SumOfRows(Value rows, Value like) =>
        IsTrainable ? AddNode(CustomDomain, "SumOfRows", rows.Type, like.Shape, [rows, like]) : Sum(rows, 0);

    /// <summary>The gradient of z · sigmoid(z), as one custom operator.</summary>
    public Value SwishGradient(Value upstream, Value argument) =>
        AddNode(CustomDomain, "SwishGradient", upstream.Type, upstream.Shape, [upstream, argument]);

    /// <summary>
    /// x · sigmoid(1.702 x): the approximation of GELU that OpenAI trained with (CLIP, model.py). For training it is written as z
    /// · sigmoid(z) ÷ 1.702 with z = 1.702 x, and both factors are folded into the products before and after it.
    /// </summary>
    public Value QuickGelu(Value value) =>
        operators switch
        {
            OperatorSet.Quantizable => AddNode(CustomDomain, "QuickGelu", value.Type, value.Shape, [value]),
            OperatorSet.Fused => AddNode(FusedDomain, "QuickGelu", value.Type, value.Shape, [value], ("alpha", 1.702f)),
            OperatorSet.Trainable => Multiply(
                AddNode(FusedDomain, "QuickGelu", value.Type, value.Shape, [Scale(value, 1.702f)], ("alpha", 1f)),
                1 / 1.702f
            ),
            _ => Multiply(value, Sigmoid(Multiply(value, 1.702f))),
        };

    /// <summary>x · ½ (1 + erf(x ÷ √2)): the exact GELU (arXiv 1606.08415).</summary>
    public Value Gelu(Value value)
    {
        if (operators == OperatorSet.Quantizable)
        {
            return AddNode(CustomDomain, "Gelu", value.Type, value.Shape, [value]);
        }

        Value error = Erf(Multiply(value, 0.70710678f));
        return Multiply(Multiply(value, Add(error, 1)), 0.5f);
    }

    /// <summary>x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))): the tanh approximation of GELU (arXiv 1606.08415).</summary>
    public Value GeluTanh(Value value)
    {
        if (operators == OperatorSet.Quantizable)
        {
            return AddNode(CustomDomain, "GeluTanh", value.Type, value.Shape, [value]);
        }

        Value cube = Multiply(Multiply(value, value), value);
        Value inner = Multiply(Add(value, Multiply(cube, 0.044715f)), 0.79788456f);
        return Multiply(Multiply(value, Add(Tanh(inner), 1)), 0.5f);
    }

    /// <summary>
    /// softmax(q kᵀ ÷ √d + mask) v, head by head (arXiv 1706.03762, section 3.2): query [n, q, width], key and value [n, k,
    /// width] → [n, q, width]. An optional mask is added to the scores: [q, k], or [n, 1, q, k].
    /// </summary>
    public Value Attention(Value query, Value key, Value value, int heads, Value? mask = null)
    {
        CheckAttention(query, key, value, heads);
        if (operators is OperatorSet.Fused or OperatorSet.Quantizable)
        {
            return AddNode(
                FusedDomain,
                "MultiHeadAttention",
                query.Type,
                query.Shape,
                mask is null ? [query, key, value] : [query, key, value, null, null, mask],
                ("num_heads", (long)heads)
            );
        }

        return AttentionWithWeights(query, key, value, heads, mask).Mixed;
    }

    /// <summary>
    /// The same by composed operators, and how much each query sees of each key: softmax(q kᵀ ÷ √d + mask), [n, heads, q, k].
    /// </summary>
    public (Value Mixed, Value Weights) AttentionWithWeights(Value query, Value key, Value value, int heads, Value? mask = null)
    {
        CheckAttention(query, key, value, heads);
        long headWidth = query.Shape[2].Factor / heads;
        Value SplitHeads(Value rows) => Transpose(Reshape(rows, [rows.Shape[0], rows.Shape[1], heads, headWidth]), 0, 2, 1, 3);

        Value scores = MatMul(SplitHeads(Scale(query, 1 / MathF.Sqrt(headWidth))), SplitHeads(key), transposeRight: true);
        Value weights = Softmax(mask is null ? scores : Add(scores, mask)); // [n, heads, q, k]
        Value mixed = MatMul(weights, SplitHeads(value)); // [n, heads, q, headWidth]
        return (Reshape(Transpose(mixed, 0, 2, 1, 3), query.Shape), weights);
    }

    /// <summary>The mask of causal attention: 0 on and below the diagonal, −∞ above; [length, length].</summary>
    public Value CausalMask(int length)
    {
        var mask = new float[length * length];
        for (int row = 0; row < length; row++)
        {
            mask.AsSpan((row * length) + row + 1, length - row - 1).Fill(float.NegativeInfinity);
        }

        return Constant(mask, length, length);
    }

    /// <summary>The product of two matrices; a factor on an operand becomes a factor of the product.</summary>
    private Value AddProduct(Value left, Value right, Value? bias, bool transposeLeft, bool transposeRight, float factor = 1)
    {
        if (operators == OperatorSet.Trainable)
        {
            (left, factor) = WithoutFactor(left, factor);
            (right, factor) = WithoutFactor(right, factor);
        }

        TensorShape shape = [left.Shape[transposeLeft ? 1 : 0], right.Shape[transposeRight ? 0 : 1]];
        return AddNode(
            "Gemm",
            left.Type,
            shape,
            bias is null ? [left, right] : [left, right, bias],
            ("alpha", factor),
            ("transA", transposeLeft ? 1L : 0L),
            ("transB", transposeRight ? 1L : 0L)
        );
    }

    private (Value Value, float Factor) WithoutFactor(Value value, float factor) =>
        ProducerOf(value) is { Operator: "Mul" } producer && Number(producer.Inputs[1]!) is { } number
            ? (producer.Inputs[0]!, factor * number)
            : (value, factor);

    private static void CheckAttention(Value query, Value key, Value value, int heads)
    {
        if (!key.Shape.Equals(value.Shape) || query.Shape[0] != key.Shape[0] || query.Shape[2] != key.Shape[2])
        {
            throw Mismatch("Attention", query, key, "rows or widths differ");
        }

        if (query.Shape[2].Factor % heads != 0)
        {
            throw new InvalidOperationException(
                Invariant($"Attention of {query}: its width is not a multiple of {heads} heads.")
            );
        }
    }
}
