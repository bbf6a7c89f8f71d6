using System.Globalization;
using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>
/// An integer product as operators read it, their first three inputs: whole numbers [rows, width], the statistics of the rows
/// that were multiplied [rows, 2 + kept], and the weight's table [3 + kept, width].
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct ProductRows(IReadOnlyList<Tensor> given)
{
    /// <summary>How many inputs it takes.</summary>
    public const int Inputs = 3;

    private readonly int* _product = (int*)given[0].Address;
    private readonly float* _statistics = (float*)given[1].Address;
    private readonly float* _table = (float*)given[2].Address;
    private readonly int _statisticWidth = (int)given[1].Shape[1];

    public int Rows { get; } = (int)given[0].Shape[0];

    public int Width { get; } = (int)given[0].Shape[1];

    /// <summary>The numbers that a row stands for, into a row of whole blocks.</summary>
    public void Read(int row, float* numbers) =>
        RowKernel.Fastest.Dequantize(
            _product + ((long)row * Width),
            _statistics + ((long)row * _statisticWidth),
            _statisticWidth - RowKernel.StatisticNumbers,
            _table,
            Width,
            numbers
        );
}

/// <summary>
/// Rows as bytes with their statistics, as operators give them: bytes [rows, width], statistics [rows, 2 + kept]; channels are
/// the number of those that are kept and then their indices, because ONNX Runtime gives a tensor without elements no address.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct QuantizedRows(Tensor bytes, Tensor statistics, Tensor channels)
{
    private readonly byte* _bytes = (byte*)bytes.Address;
    private readonly float* _statistics = (float*)statistics.Address;
    private readonly int* _channels = (int*)channels.Address + 1;
    private readonly int _kept = (int)channels.Shape[0] - 1;
    private readonly int _rows = (int)bytes.Shape[0];
    private readonly int _width = (int)bytes.Shape[1];

    /// <summary>Writes a row, whose numbers are changed.</summary>
    /// <exception cref="InvalidDataException">Some of them are not finite.</exception>
    public void Write(int row, float* numbers)
    {
        if (
            !RowKernel.Fastest.Quantize(
                numbers,
                _channels,
                _kept,
                _width,
                _bytes + ((long)row * _width),
                _statistics + ((long)row * (RowKernel.StatisticNumbers + _kept))
            )
        )
        {
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"row {row + 1} of {_rows} holds NaN or an infinity, which has no byte"
                )
            );
        }
    }
}
