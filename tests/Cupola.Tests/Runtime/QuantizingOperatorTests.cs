using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>Operators around integer products, as ONNX Runtime calls them.</summary>
public sealed class QuantizingOperatorTests
{
    private const int Rows = 5;

    /// <summary>
    /// The whole way: rows to bytes, an integer product, and back. What is lost is half a step of each number and no more.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(3, 7, 1)]
    [InlineData(64, 48, 0)]
    [InlineData(131, 77, 3)]
    [InlineData(768, 96, 16)]
    public void AProductOfBytesIsTheProductOfTheNumbersThatTheyStandFor(int from, int to, int kept)
    {
        Random random = new(from);
        float[] rows = [.. Enumerable.Range(0, Rows * from).Select(_ => (random.NextSingle() * 2) - 0.7f)];
        sbyte[] weight = [.. Enumerable.Range(0, from * to).Select(_ => (sbyte)random.Next(-64, 65))];
        int[] channels = [.. Enumerable.Range(0, kept).Select(index => index * from / kept)];
        float[] table = new float[(RowKernel.TableRows + kept) * to];
        for (int column = 0; column < to; column++)
        {
            float scale = 0.01f + (random.NextSingle() * 0.01f);
            table[column] = scale;
            table[(2 * to) + column] = random.NextSingle();
            for (int index = 0; index < kept; index++)
            {
                weight[(channels[index] * to) + column] = 0;
                table[((RowKernel.TableRows + index) * to) + column] = random.NextSingle() - 0.5f;
            }

            table[to + column] = scale * Enumerable.Range(0, from).Sum(row => weight[(row * to) + column]);
        }

        float[] found = Run(rows, from, weight, to, table, channels);

        for (int row = 0; row < Rows; row++)
        {
            float[] given = rows[(row * from)..((row + 1) * from)];
            float step = (Math.Max(0, given.Max()) - Math.Min(0, given.Min())) / 254;
            for (int column = 0; column < to; column++)
            {
                double expected = table[(2 * to) + column],
                    error = 1e-4;
                for (int index = 0; index < from; index++)
                {
                    int channel = Array.IndexOf(channels, index);
                    double factor =
                        channel >= 0
                            ? table[((RowKernel.TableRows + channel) * to) + column]
                            : table[column] * (double)weight[(index * to) + column];
                    expected += given[index] * factor;
                    error += channel >= 0 ? 0 : Math.Abs(factor) * step * 0.51;
                }

                Assert.Equal(expected, found[(row * to) + column], error);
            }
        }
    }

    /// <summary>Where two products of bytes are added in 16 bits, ±127 would be cut off; within ±64 every sum is exact.</summary>
    [Fact]
    public void SumsOfTheLargestBytesAreExactOnThisProcessor()
    {
        const int from = 768,
            to = 32;
        float[] rows = [.. Enumerable.Repeat(1f, Rows * from)];
        sbyte[] weight = [.. Enumerable.Range(0, from * to).Select(static index => (sbyte)(index % to % 2 == 0 ? 64 : -64))];
        float[] table = [.. Enumerable.Repeat(1f, to), .. Enumerable.Repeat(0f, 2 * to)];

        float[] found = Run(rows, from, weight, to, table, []);

        // A row of ones is 254 steps of 1 ÷ 254.
        Assert.All(found.Index(), sum => Assert.Equal(sum.Index % to % 2 == 0 ? 64 * from : -64 * from, sum.Item, 0.05));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void ARowThatHasNoBytesIsASentenceWithItsNumber(float number)
    {
        float[] rows = new float[Rows * 4];
        rows[9] = number;

        EngineException refusal = Assert.Throws<EngineException>(() => Run(rows, 4, new sbyte[8], 2, new float[6], []));

        Assert.Equal(
            "The model cannot run in int8 on this input: before blocks.0, row 3 of 5 holds NaN or an infinity.",
            refusal.Message
        );
    }

    private static float[] Run(float[] rows, int from, sbyte[] weight, int to, float[] table, int[] channels)
    {
        Tensor[] given =
        [
            Tensor.Of<float>(ElementType.Float32, rows, Rows, from),
            Tensor.Of<int>(ElementType.Int32, [channels.Length, .. channels], channels.Length + 1),
            Tensor.Of<sbyte>(ElementType.Int8, weight, from, to),
            Tensor.Of<float>(ElementType.Float32, table, table.Length / to, to),
        ];
        Value[] inputs =
        [
            .. given.Select(
                static (tensor, place) => new Value($"input {place}", tensor.Type, TensorShape.Create([.. tensor.Shape]))
            ),
        ];
        Value bytes = new("blocks.0.bytes", ElementType.UInt8, [Rows, from]),
            statistics = new("statistics", ElementType.Float32, [Rows, RowKernel.StatisticNumbers + channels.Length]),
            product = new("product", ElementType.Int32, [Rows, to]),
            numbers = new("numbers", ElementType.Float32, [Rows, to]);
        Dictionary<string, object> none = [];
        Node[] nodes =
        [
            new("QuantizeRows", GraphBuilder.CustomDomain, [inputs[0], inputs[1]], bytes, none) { MoreOutputs = [statistics] },
            new("MatMulInteger", "", [bytes, inputs[2]], product, none),
            new("Dequantize1", GraphBuilder.CustomDomain, [product, statistics, inputs[3]], numbers, none),
        ];
        // The weight is a parameter, as in a model, so that the engine rearranges it.
        using CompiledGraph graph = new Engine(new() { Threads = 2 }).Compile(
            new([inputs[0], inputs[1], inputs[3]], [numbers], [inputs[2]], [], [.. nodes]),
            new Dictionary<string, Tensor> { [inputs[2].Name] = given[2] }
        );
        using Tensor found = Tensor.Allocate(ElementType.Float32, Rows, to);
        try
        {
            graph.Run(SessionThreads.One, [given[0], given[1], given[3]], [found]);
            return found.AsSpan<float>().ToArray();
        }
        finally
        {
            Array.ForEach(given, static tensor => tensor.Dispose());
        }
    }
}
