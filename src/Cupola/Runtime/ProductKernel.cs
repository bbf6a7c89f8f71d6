using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cupola.Runtime;

/// <summary>A matrix in memory: element (row, column) stands at row · RowStep + column · ColumnStep.</summary>
/// <param name="Numbers">Where it begins.</param>
/// <param name="RowStep">From one row to the next.</param>
/// <param name="ColumnStep">From one column to the next; it or the other is 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct Matrix(nint Numbers, nint RowStep, nint ColumnStep)
{
    public float* At(nint row, nint column) => (float*)Numbers + (row * RowStep) + (column * ColumnStep);
}

/// <summary>
/// Products of float32 matrices on one thread. Every element is a sum in the order of the inner axis, in pieces of
/// <see cref="InnerBlock"/>, by fused multiply-adds, so it has the same bits whatever registers a processor has.
/// </summary>
internal abstract unsafe class ProductKernel
{
    /// <summary>The length of a sum that stays in registers: a panel of so many rows lies in the first cache.</summary>
    protected const int InnerBlock = 384;

    /// <summary>Rows of the left matrix that stay in the second cache: whole tiles.</summary>
    protected const int RowBlock = 30 * TileRows;

    /// <summary>Rows of a tile, whose sums stay in registers.</summary>
    protected const int TileRows = 6;

    /// <summary>One for each width of registers, the widest first; each runs on every processor.</summary>
    public static IReadOnlyList<ProductKernel> All { get; } =
    [new ProductKernel<Register512>(), new ProductKernel<Register256>(), new ProductKernel<Register128>()];

    /// <summary>The one for this processor.</summary>
    public static ProductKernel Fastest { get; } =
        All[
            Vector512.IsHardwareAccelerated ? 0
            : Vector256.IsHardwareAccelerated ? 1
            : 2
        ];

    /// <summary>result = factor · left · right + bias, or result += factor · left · right.</summary>
    /// <param name="left">[rows, inner].</param>
    /// <param name="right">[inner, columns].</param>
    /// <param name="result">[rows, columns], one row behind the other.</param>
    /// <param name="rows">Rows of left and result.</param>
    /// <param name="inner">What is summed over; 0 gives zeros and the bias.</param>
    /// <param name="columns">Columns of right and result.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="bias">[columns], or null.</param>
    /// <param name="adds">Whether the product is added to what stands in the result; then there is no bias.</param>
    public abstract void Multiply(
        Matrix left,
        Matrix right,
        float* result,
        int rows,
        int inner,
        int columns,
        float factor,
        float* bias,
        bool adds
    );
}
