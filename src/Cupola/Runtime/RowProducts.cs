using System.Numerics.Tensors;

namespace Cupola.Runtime;

/// <summary>The product of a matrix and a vector, on one thread.</summary>
internal static class RowProducts
{
    /// <summary>Multiplies each row with the vector: rows [count, width] · vector [width] → products [count].</summary>
    public static void Compute(ReadOnlySpan<float> rows, ReadOnlySpan<float> vector, Span<float> products)
    {
        int width = vector.Length;
        for (int row = 0; row < products.Length; row++)
        {
            products[row] = Compute(rows.Slice(row * width, width), vector);
        }
    }

    /// <summary>Multiplies one row with the vector.</summary>
    public static float Compute(ReadOnlySpan<float> row, ReadOnlySpan<float> vector) => TensorPrimitives.Dot(row, vector);
}
