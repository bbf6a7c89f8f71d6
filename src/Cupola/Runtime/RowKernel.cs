using System.Runtime.Intrinsics;

namespace Cupola.Runtime;

/// <summary>
/// What is worked out between two integer products, row by row. Every kind of kernel gives the same bytes: sums have sixteen
/// parts whatever the registers, and each operation is rounded once.
/// </summary>
internal abstract unsafe class RowKernel
{
    /// <summary>Numbers that are worked on together; rows of a kernel's own are whole blocks, zeros behind the width.</summary>
    public const int Block = 16;

    /// <summary>At most so many channels of a product are kept in float32.</summary>
    public const int MostKept = 16;

    /// <summary>What stands in a product's table before the kept channels: scale, scale · sum, bias.</summary>
    public const int TableRows = 3;

    /// <summary>What stands in a row's statistics before the kept numbers: scale, zero point.</summary>
    public const int StatisticNumbers = 2;

    /// <summary>One for each width of registers, the widest first; each runs on every processor.</summary>
    public static IReadOnlyList<RowKernel> All { get; } =
    [new RowKernel<Lanes512>(), new RowKernel<Lanes256>(), new RowKernel<Lanes128>()];

    /// <summary>The one for this processor.</summary>
    public static RowKernel Fastest { get; } =
        All[
            Vector512.IsHardwareAccelerated ? 0
            : Vector256.IsHardwareAccelerated ? 1
            : 2
        ];

    /// <summary>The numbers that a row of an integer product stands for.</summary>
    /// <param name="product">[width], whole numbers.</param>
    /// <param name="statistics">Of the row that was multiplied: scale, zero point, kept numbers.</param>
    /// <param name="kept">How many numbers were kept.</param>
    /// <param name="table">
    /// [3 + kept, width]: each column's scale, scale · sum of weights, bias, weights of kept channels.
    /// </param>
    /// <param name="width">Columns.</param>
    /// <param name="numbers">Where they go, a row of whole blocks.</param>
    public abstract void Dequantize(int* product, float* statistics, int kept, float* table, int width, float* numbers);

    /// <summary>The numbers behind two digits: high · its scale + low · its scale + bias.</summary>
    /// <param name="product">[2 · width]: the high digits, then the low ones.</param>
    /// <param name="table">[3, width]: scale of the high digit, of the low digit, bias.</param>
    /// <param name="width">Columns.</param>
    /// <param name="numbers">Where they go, a row of whole blocks.</param>
    public abstract void JoinDigits(int* product, float* table, int width, float* numbers);

    /// <summary>Goes over a row of whole blocks in place; 0 stays 0.</summary>
    public abstract void Activate(RowActivation activation, float* numbers, int width);

    /// <summary>Adds one row of whole blocks to another.</summary>
    public abstract void Add(float* numbers, float* addends, int width);

    /// <summary>(x − mean) ÷ √(variance + ε) · weight + bias (arXiv 1607.06450), over a row of whole blocks in place.</summary>
    /// <param name="numbers">The row.</param>
    /// <param name="weight">[width].</param>
    /// <param name="bias">[width].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="width">Numbers in the row.</param>
    public abstract void Norm(float* numbers, float* weight, float* bias, float epsilon, int width);

    /// <summary>
    /// A row as bytes round(x ÷ scale) + zero point, where scale is (largest − smallest) ÷ 254 and 0 is always in the range.
    /// </summary>
    /// <param name="numbers">A row of whole blocks; kept channels are made 0.</param>
    /// <param name="channels">The channels that are kept, [kept].</param>
    /// <param name="kept">How many.</param>
    /// <param name="width">Numbers in the row.</param>
    /// <param name="bytes">[width].</param>
    /// <param name="statistics">Scale, zero point, kept numbers.</param>
    /// <returns>Whether all numbers are finite; if not, the bytes mean nothing.</returns>
    public abstract bool Quantize(float* numbers, int* channels, int kept, int width, byte* bytes, float* statistics);

    /// <summary>A width in whole blocks.</summary>
    public static int Padded(int width) => (width + Block - 1) / Block * Block;
}
