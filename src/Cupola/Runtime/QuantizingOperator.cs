using System.Runtime.CompilerServices;
using Cupola.Graphs;

namespace Cupola.Runtime;

/// <summary>
/// An operator whose last outputs are rows as bytes [rows, width] and their statistics [rows, 2 + kept]: scale, zero point, and
/// the numbers of the channels that are kept in float32, which its last input names (int32, [1 + kept]: how many, and which).
/// </summary>
/// <param name="name">As nodes of a graph name it.</param>
/// <param name="inputs">How many tensors it reads.</param>
/// <param name="outputsLike">For each output, the input whose shape it has; of the statistics, the rows alone.</param>
internal abstract class QuantizingOperator(string name, int inputs, params IReadOnlyList<int> outputsLike)
    : CustomOperator(name, inputs, outputsLike)
{
    private int BytesPlace => OutputsLike.Count - 2;

    private int StatisticsPlace => OutputsLike.Count - 1;

    public override ElementType InputType(int place) => place == Inputs - 1 ? ElementType.Int32 : ElementType.Float32;

    public override ElementType OutputType(int place) => place == BytesPlace ? ElementType.UInt8 : ElementType.Float32;

    public override long[] OutputShape(int place, IReadOnlyList<Tensor> given)
    {
        long[] shape = base.OutputShape(place, given);
        return place == StatisticsPlace ? [shape[0], RowKernel.StatisticNumbers + given[Inputs - 1].Shape[0] - 1] : shape;
    }

    /// <summary>Where it writes bytes.</summary>
    protected QuantizedRows Output(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs) =>
        new(outputs[BytesPlace], outputs[StatisticsPlace], given[Inputs - 1]);
}

/// <summary>Rows as bytes. Inputs: rows [rows, width], kept channels.</summary>
internal sealed unsafe class QuantizeRows() : QuantizingOperator(nameof(QuantizeRows), inputs: 2, outputsLike: [0, 0])
{
    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        int rows = (int)given[0].Shape[0],
            width = (int)given[0].Shape[1];
        float* numbers = (float*)given[0].Address;
        QuantizedRows output = Output(given, outputs);
        using ScratchRows scratch = new(1, width);
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlock(scratch[0], numbers + ((long)row * width), (uint)(width * sizeof(float)));
            output.Write(row, scratch[0]);
        }
    }
}

/// <summary>
/// The layer norm of rows as bytes. Inputs: rows [rows, width], weight [width], bias [width], ε [1], kept channels.
/// </summary>
internal sealed unsafe class NormQuantize() : QuantizingOperator(nameof(NormQuantize), inputs: 5, outputsLike: [0, 0])
{
    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        int rows = (int)given[0].Shape[0],
            width = (int)given[0].Shape[1];
        float* numbers = (float*)given[0].Address,
            weight = (float*)given[1].Address,
            bias = (float*)given[2].Address;
        float epsilon = given[3].AsSpan<float>()[0];
        QuantizedRows output = Output(given, outputs);
        using ScratchRows scratch = new(1, width);
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlock(scratch[0], numbers + ((long)row * width), (uint)(width * sizeof(float)));
            RowKernel.Fastest.Norm(scratch[0], weight, bias, epsilon, width);
            output.Write(row, scratch[0]);
        }
    }
}

/// <summary>
/// A product added to rows, and the layer norm of the sum as bytes. Inputs: a product's three, rows [rows, width], weight
/// [width], bias [width], ε [1], kept channels. Outputs: the sum, bytes, statistics.
/// </summary>
internal sealed unsafe class AddNormQuantize()
    : QuantizingOperator(nameof(AddNormQuantize), ProductRows.Inputs + 5, outputsLike: [ProductRows.Inputs, 0, 0])
{
    public override ElementType InputType(int place) => place == 0 ? ElementType.Int32 : base.InputType(place);

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ProductRows product = new(given);
        float* addends = (float*)given[ProductRows.Inputs].Address,
            weight = (float*)given[ProductRows.Inputs + 1].Address,
            bias = (float*)given[ProductRows.Inputs + 2].Address,
            sums = (float*)outputs[0].Address;
        float epsilon = given[ProductRows.Inputs + 3].AsSpan<float>()[0];
        QuantizedRows output = Output(given, outputs);
        using ScratchRows scratch = new(2, product.Width);
        uint rowBytes = (uint)(product.Width * sizeof(float));
        for (int row = 0; row < product.Rows; row++)
        {
            long start = (long)row * product.Width;
            product.Read(row, scratch[0]);
            Unsafe.CopyBlock(scratch[1], addends + start, rowBytes);
            RowKernel.Fastest.Add(scratch[0], scratch[1], product.Width);
            Unsafe.CopyBlock(sums + start, scratch[0], rowBytes);
            RowKernel.Fastest.Norm(scratch[0], weight, bias, epsilon, product.Width);
            output.Write(row, scratch[0]);
        }
    }
}

/// <summary>A non-linearity over a product, as bytes. Inputs: a product's three, kept channels.</summary>
internal sealed unsafe class ActivateQuantize(RowActivation activation)
    : QuantizingOperator(NameOf(activation), ProductRows.Inputs + 1, outputsLike: [0, 0])
{
    /// <summary>The operator's name for a non-linearity.</summary>
    public static string NameOf(RowActivation activation) => $"{activation}Quantize";

    public override ElementType InputType(int place) => place == 0 ? ElementType.Int32 : base.InputType(place);

    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ProductRows product = new(given);
        QuantizedRows output = Output(given, outputs);
        using ScratchRows scratch = new(1, product.Width);
        for (int row = 0; row < product.Rows; row++)
        {
            product.Read(row, scratch[0]);
            RowKernel.Fastest.Activate(activation, scratch[0], product.Width);
            output.Write(row, scratch[0]);
        }
    }
}
