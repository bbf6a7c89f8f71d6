using System.Runtime.CompilerServices;
using Cupola.Graphs;
using static System.FormattableString;

namespace Cupola.Runtime;

/// <summary>
/// A product as float32, split into parts of equal width, such as query, key and value. Inputs: a product's three.
/// </summary>
/// <param name="parts">How many.</param>
internal sealed unsafe class Dequantize(int parts)
    : CustomOperator(NameOf(parts), ProductRows.Inputs, outputsLike: [.. Enumerable.Repeat(0, parts)])
{
    /// <summary>Parts at most.</summary>
    public const int MostParts = 3;

    /// <summary>The operator's name for so many parts.</summary>
    public static string NameOf(int parts) => Invariant($"Dequantize{parts}");

    public override ElementType InputType(int place) => place == 0 ? ElementType.Int32 : ElementType.Float32;

    public override long[] OutputShape(int place, IReadOnlyList<Tensor> given) => [given[0].Shape[0], given[0].Shape[1] / parts];

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ProductRows product = new(given);
        int width = product.Width / parts;
        using ScratchRows scratch = new(1, product.Width);
        for (int row = 0; row < product.Rows; row++)
        {
            product.Read(row, scratch[0]);
            for (int part = 0; part < parts; part++)
            {
                Unsafe.CopyBlock(
                    (float*)outputs[part].Address + ((long)row * width),
                    scratch[0] + ((long)part * width),
                    (uint)(width * sizeof(float))
                );
            }
        }
    }
}

/// <summary>A product added to rows. Inputs: a product's three, rows [rows, width].</summary>
internal sealed unsafe class AddDequantized()
    : CustomOperator(nameof(AddDequantized), ProductRows.Inputs + 1, outputsLike: [ProductRows.Inputs])
{
    public override ElementType InputType(int place) => place == 0 ? ElementType.Int32 : ElementType.Float32;

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ProductRows product = new(given);
        float* addends = (float*)given[ProductRows.Inputs].Address,
            sums = (float*)outputs[0].Address;
        using ScratchRows scratch = new(2, product.Width);
        uint rowBytes = (uint)(product.Width * sizeof(float));
        for (int row = 0; row < product.Rows; row++)
        {
            long start = (long)row * product.Width;
            product.Read(row, scratch[0]);
            Unsafe.CopyBlock(scratch[1], addends + start, rowBytes);
            RowKernel.Fastest.Add(scratch[0], scratch[1], product.Width);
            Unsafe.CopyBlock(sums + start, scratch[0], rowBytes);
        }
    }
}

/// <summary>
/// A product with weights of two digits as float32. Inputs: whole numbers [rows, 2 · width], table [3, width]; output [rows,
/// width].
/// </summary>
internal sealed unsafe class JoinDigits() : CustomOperator(nameof(JoinDigits), inputs: 2, outputsLike: [0])
{
    public override ElementType InputType(int place) => place == 0 ? ElementType.Int32 : ElementType.Float32;

    public override long[] OutputShape(int place, IReadOnlyList<Tensor> given) => [given[0].Shape[0], given[1].Shape[1]];

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        int rows = (int)given[0].Shape[0],
            width = (int)given[1].Shape[1];
        int* product = (int*)given[0].Address;
        float* table = (float*)given[1].Address,
            numbers = (float*)outputs[0].Address;
        using ScratchRows scratch = new(1, width);
        for (int row = 0; row < rows; row++)
        {
            RowKernel.Fastest.JoinDigits(product + ((long)row * 2 * width), table, width, scratch[0]);
            Unsafe.CopyBlock(numbers + ((long)row * width), scratch[0], (uint)(width * sizeof(float)));
        }
    }
}
