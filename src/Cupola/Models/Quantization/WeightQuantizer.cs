using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Models.Layers;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models.Quantization;

/// <summary>
/// Weights as signed bytes within ±64, each output with a scale of its own. A processor without instructions for it adds two
/// products of bytes in 16 bits: 2 · 255 · 64 fits there, and 2 · 255 · 127 would not.
/// </summary>
internal static unsafe class WeightQuantizer
{
    /// <summary>The largest byte.</summary>
    private const int Largest = 64;

    /// <summary>By how much the second of two digits is finer.</summary>
    private const int DigitRatio = 2 * Largest;

    /// <summary>Outputs that are transposed together: as many bytes as a cache line has.</summary>
    private const int OutputsTogether = 64;

    /// <summary>The weights of all products.</summary>
    public static QuantizedWeights Quantize(
        IReadOnlyList<LinearProduct> products,
        IReadOnlyDictionary<string, int[]> kept,
        ModelParameters parameters
    )
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        try
        {
            foreach (LinearProduct product in products)
            {
                int[] channels = kept[product.Name];
                Tensor weight = Add(QuantizedWeights.WeightName(product.Name), ElementType.Int8, product.From, product.Columns),
                    table = Add(
                        QuantizedWeights.TableName(product.Name),
                        ElementType.Float32,
                        RowKernel.TableRows + channels.Length,
                        product.Bytes is null ? product.Columns : product.To
                    );
                foreach ((int part, string name) in product.Weights.Index())
                {
                    int start = part * product.To;
                    Span<float> biases = table.AsSpan<float>().Slice((int)(2 * table.Shape[1]) + start, product.To);
                    if (product.Biases[part] is { } bias)
                    {
                        parameters[bias].AsSpan<float>().CopyTo(biases);
                    }
                    else
                    {
                        biases.Clear();
                    }

                    Tensor given = parameters[name];
                    if (product.Bytes is null)
                    {
                        OneDigit(given, channels, start, weight, table);
                    }
                    else
                    {
                        TwoDigits(given, weight, table);
                    }
                }
            }
        }
        catch
        {
            foreach (Tensor tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }

        return new(tensors, products.ToDictionary(static product => product.Name, product => kept[product.Name]));

        Tensor Add(string name, ElementType type, long rows, long columns) =>
            tensors[name] = Tensor.Allocate(type, rows, columns);
    }

    /// <summary>One layer's weight [to, from] into columns of the product's.</summary>
    private static void OneDigit(Tensor given, int[] kept, int start, Tensor weight, Tensor table)
    {
        int to = (int)given.Shape[0],
            from = (int)weight.Shape[0],
            columns = (int)weight.Shape[1];
        float* numbers = (float*)given.Address,
            rows = (float*)table.Address;
        sbyte* bytes = (sbyte*)weight.Address;
        Parallel.For(0, (to + OutputsTogether - 1) / OutputsTogether, block =>
        {
            int first = block * OutputsTogether,
                count = Math.Min(OutputsTogether, to - first);
            float[] row = new float[from];
            sbyte[] quantized = new sbyte[count * from];
            for (int output = 0; output < count; output++)
            {
                new ReadOnlySpan<float>(numbers + ((long)(first + output) * from), from).CopyTo(row);
                float* column = rows + start + first + output;
                for (int index = 0; index < kept.Length; index++)
                {
                    column[(long)(RowKernel.TableRows + index) * columns] = row[kept[index]];
                    row[kept[index]] = 0;
                }

                float scale = Scale(row),
                    inverse = scale > 0 ? 1 / scale : 0;
                Span<sbyte> line = quantized.AsSpan(output * from, from);
                int sum = 0;
                for (int index = 0; index < from; index++)
                {
                    line[index] = (sbyte)Digit(row[index] * inverse);
                    sum += line[index];
                }

                column[0] = scale;
                column[columns] = scale * sum;
            }

            Transpose(quantized, count, from, bytes + start + first, columns);
        });
    }

    /// <summary>The weight of bytes [to, from] as two digits, the high ones left of the low ones.</summary>
    private static void TwoDigits(Tensor given, Tensor weight, Tensor table)
    {
        int to = (int)given.Shape[0],
            from = (int)weight.Shape[0],
            columns = (int)weight.Shape[1];
        float* numbers = (float*)given.Address,
            rows = (float*)table.Address;
        sbyte* bytes = (sbyte*)weight.Address;
        Parallel.For(0, (to + OutputsTogether - 1) / OutputsTogether, block =>
        {
            int first = block * OutputsTogether,
                count = Math.Min(OutputsTogether, to - first);
            sbyte[] high = new sbyte[count * from],
                low = new sbyte[count * from];
            for (int output = 0; output < count; output++)
            {
                ReadOnlySpan<float> row = new(numbers + ((long)(first + output) * from), from);
                float scale = Scale(row),
                    fine = scale / DigitRatio,
                    inverse = scale > 0 ? 1 / scale : 0,
                    fineInverse = fine > 0 ? 1 / fine : 0;
                for (int index = 0; index < from; index++)
                {
                    float digit = Digit(row[index] * inverse);
                    high[(output * from) + index] = (sbyte)digit;
                    low[(output * from) + index] = (sbyte)Digit((row[index] - (digit * scale)) * fineInverse);
                }

                rows[first + output] = scale;
                rows[to + first + output] = fine;
            }

            Transpose(high, count, from, bytes + first, columns);
            Transpose(low, count, from, bytes + to + first, columns);
        });
    }

    private static float Scale(ReadOnlySpan<float> row) => MathF.Abs(TensorPrimitives.MaxMagnitude(row)) / Largest;

    private static float Digit(float number) => Math.Clamp(MathF.Round(number), -Largest, Largest);

    /// <summary>Lines [count, from] as columns of a matrix.</summary>
    private static void Transpose(sbyte[] lines, int count, int from, sbyte* columns, int stride)
    {
        for (int index = 0; index < from; index++, columns += stride)
        {
            for (int output = 0; output < count; output++)
            {
                columns[output] = lines[(output * from) + index];
            }
        }
    }
}
