using static System.FormattableString;

namespace Cupola.Runtime;

/// <summary>
/// factor · aᵀ b, summed over the common rows: [rows, a], [rows, b], [1] → [a, b]. It is what a linear layer's weight has for its
/// gradient, and is added to what stands in the result where the run says so (<see cref="OrderedSums"/>).
/// </summary>
internal sealed class ProductOverRows() : CustomOperator(nameof(ProductOverRows), inputs: 3, outputsLike: [0])
{
    public override long[] OutputShape(int place, IReadOnlyList<Tensor> given) => [given[0].Shape[1], given[1].Shape[1]];

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs) => Multiply(given, outputs[0]);

    /// <summary>Works out the product.</summary>
    public static unsafe void Multiply(IReadOnlyList<Tensor> given, Tensor result)
    {
        int rows = (int)given[0].Shape[0],
            height = (int)result.Shape[0],
            width = (int)result.Shape[1];
        if (given[1].Shape[0] != rows)
        {
            throw new ArgumentException(Invariant($"{rows} rows cannot be multiplied with {given[1].Shape[0]}."));
        }

        OrderedSums.Write(result.Address, adds =>
            ProductKernel.Fastest.Multiply(
                new(given[0].Address, 1, height),
                new(given[1].Address, width, 1),
                (float*)result.Address,
                height,
                rows,
                width,
                given[2].AsSpan<float>()[0],
                bias: null,
                adds
            )
        );
    }
}

/// <summary>
/// The gradients of a linear layer's weight and bias from the seed [rows, to] and the layer's rows [rows, from]: factor · seedᵀ
/// rows, and the sum of the seed's rows while they lie in the cache. The last input is only there for the shape of the bias.
/// </summary>
internal sealed class LinearGradient() : CustomOperator(nameof(LinearGradient), inputs: 4, outputsLike: [0, 3])
{
    public override long[] OutputShape(int place, IReadOnlyList<Tensor> given) =>
        place == 0 ? [given[0].Shape[1], given[1].Shape[1]] : base.OutputShape(place, given);

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        SumOfRows.Add(given[0].AsSpan<float>(), outputs[1].AsSpan<float>());
        ProductOverRows.Multiply(given, outputs[0]);
    }
}
