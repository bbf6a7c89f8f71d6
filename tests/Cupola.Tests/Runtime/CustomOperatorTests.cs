using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>Operators that ONNX Runtime calls and Cupola works out, against the sums that they stand for.</summary>
public sealed class CustomOperatorTests
{
    /// <summary>float32 carries 6e-8 of a number; some hundred rows and columns are added up in another order.</summary>
    private const double Tolerance = 2e-6;

    [Fact]
    public void TheLibraryIsOfTheVersionThatItsPackageNames()
    {
        Version package = typeof(Microsoft.ML.OnnxRuntime.InferenceSession).Assembly.GetName().Version!;

        Assert.StartsWith($"{package.Major}.{package.Minor}.", OrtInterface.LibraryVersion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1003)]
    public void TheSlopeOfSwishIsRightWhereverANumberStands(int count)
    {
        float[] seed = Numbers(count, 1),
            argument = [.. Numbers(count, 2).Select(static number => number * 8)];
        float[] gradient = Run("SwishGradient", [(seed, [count]), (argument, [count])], 0)[0];
        for (int index = 0; index < count; index++)
        {
            double sigmoid = 1 / (1 + Math.Exp(-argument[index]));
            Near(seed[index] * (sigmoid + (argument[index] * sigmoid * (1 - sigmoid))), gradient[index]);
        }
    }

    [Fact]
    public void TheSlopeOfSwishIsZeroOrOneFarOutAndNoNumberOfNoNumber()
    {
        float[] argument = [-1e30f, -200, -88, 0, 88, 200, 1e30f, float.NaN, 30, -30];
        float[] gradient = Run("SwishGradient", [([.. argument.Select(static _ => 1f)], [10]), (argument, [10])], 0)[0];
        Assert.Equal([0, 0, 0, 0.5f, 1, 1, 1, float.NaN, 1, 0], gradient.Select(static slope => MathF.Round(slope, 6)));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(6, 17)]
    [InlineData(301, 128)]
    public void RowsAreSummedWhateverTheirNumberAndWidth(int count, int width)
    {
        float[] rows = Numbers(count * width, 3);
        float[] sums = Run("SumOfRows", [(rows, [count, width]), (new float[width], [width])], 1)[0];
        Assert.All(sums.Index(), sum =>
            Near(Enumerable.Range(0, count).Sum(row => (double)rows[(row * width) + sum.Index]), sum.Item)
        );
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(9, 24)]
    [InlineData(200, 131)]
    public void TheGradientOfALayerNormIsTheSumThatItStandsFor(int count, int width)
    {
        float[] seed = Numbers(count * width, 4),
            rows = Numbers(count * width, 5),
            weight = Numbers(width, 6);
        double[][] centered =
        [
            .. rows.Chunk(width)
                .Select(static row => row.Select(number => number - row.Average(static each => (double)each)).ToArray()),
        ];
        double[] inverse = [.. centered.Select(static row => 1 / Math.Sqrt(row.Average(static each => each * each) + 1e-5))];
        float[] means = [.. rows.Chunk(width).Select(static row => (float)row.Average(static each => (double)each))];

        float[][] outputs = Run(
            "LayerNormGradient",
            [
                (seed, [count, width]),
                (rows, [count, width]),
                (means, [count, 1]),
                ([.. inverse.Select(static each => (float)each)], [count, 1]),
                (weight, [width]),
            ],
            0,
            4,
            4
        );

        var ofWeight = new double[width];
        var ofBias = new double[width];
        for (int row = 0; row < count; row++)
        {
            double[] weighted = [.. seed.Skip(row * width).Take(width).Zip(weight, static (given, each) => (double)given * each)];
            double mean = weighted.Average(),
                along = weighted.Zip(centered[row], static (given, each) => given * each).Average();
            for (int column = 0; column < width; column++)
            {
                Near(
                    (weighted[column] - mean - (centered[row][column] * inverse[row] * inverse[row] * along)) * inverse[row],
                    outputs[0][(row * width) + column]
                );
                ofWeight[column] += seed[(row * width) + column] * centered[row][column] * inverse[row];
                ofBias[column] += seed[(row * width) + column];
            }
        }

        Assert.All(ofWeight.Zip(outputs[1]), static pair => Near(pair.First, pair.Second));
        Assert.All(ofBias.Zip(outputs[2]), static pair => Near(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(5, 9, 17)]
    [InlineData(4, 20000, 32)]
    public void RowsOfOnePlaceAreAllAddedHoweverManyThreadsTheRunHas(int places, int count, int width)
    {
        // Small whole numbers, whose sums float32 holds exactly.
        float[] rows = [.. Numbers(count * width, 7).Select(static number => MathF.Round(number * 8))];
        int[] indices = [.. Enumerable.Range(0, count).Select(row => row * row % places)];
        Tensor[] given =
        [
            Tensor.Of<float>(ElementType.Float32, rows, count, width),
            Tensor.Of<int>(ElementType.Int32, indices, count),
            Tensor.Of<float>(ElementType.Float32, new float[places * width], places, width),
        ];

        float[] sums = Run("ScatterAddRows", given, SessionThreads.All, 2)[0];

        var expected = new double[places * width];
        for (int place = 0; place < rows.Length; place++)
        {
            expected[(indices[place / width] * width) + (place % width)] += rows[place];
        }

        Assert.Equal(expected, sums.Select(static sum => (double)sum));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(9, 17, 24)]
    [InlineData(400, 33, 20)]
    public void TheGradientsOfALinearLayerAreTheSumsThatTheyStandFor(int count, int to, int from)
    {
        float[] seed = Numbers(count * to, 8),
            rows = Numbers(count * from, 9);
        Tensor[] given =
        [
            Tensor.Of<float>(ElementType.Float32, seed, count, to),
            Tensor.Of<float>(ElementType.Float32, rows, count, from),
            Tensor.Of<float>(ElementType.Float32, [0.5f], 1),
            Tensor.Of<float>(ElementType.Float32, new float[to], to),
        ];
        Value[] inputs =
        [
            .. given.Select(
                static (tensor, place) => new Value($"input {place}", tensor.Type, TensorShape.Create([.. tensor.Shape]))
            ),
        ];
        Value ofWeight = new("of weight", ElementType.Float32, [to, from]),
            ofBias = new("of bias", ElementType.Float32, [to]),
            alone = new("alone", ElementType.Float32, [to, from]);
        var none = new Dictionary<string, object>();
        using CompiledGraph graph = new Engine(new() { Threads = 2 }).Compile(
            new(
                [.. inputs],
                [ofWeight, ofBias, alone],
                [],
                [],
                [
                    new("LinearGradient", GraphBuilder.CustomDomain, [.. inputs], ofWeight, none) { MoreOutputs = [ofBias] },
                    new("ProductOverRows", GraphBuilder.CustomDomain, [.. inputs[..3]], alone, none),
                ]
            ),
            new Dictionary<string, Tensor>()
        );
        Tensor[] results =
        [
            Tensor.Allocate(ElementType.Float32, to, from),
            Tensor.Allocate(ElementType.Float32, to),
            Tensor.Allocate(ElementType.Float32, to, from),
        ];
        graph.Run(SessionThreads.One, given, results);

        Assert.Equal(results[0].AsSpan<float>().ToArray(), results[2].AsSpan<float>().ToArray());
        for (int row = 0; row < to; row++)
        {
            Near(Enumerable.Range(0, count).Sum(index => (double)seed[(index * to) + row]), results[1].AsSpan<float>()[row]);
            for (int column = 0; column < from; column++)
            {
                Near(
                    0.5
                        * Enumerable
                            .Range(0, count)
                            .Sum(index => (double)seed[(index * to) + row] * rows[(index * from) + column]),
                    results[0].AsSpan<float>()[(row * from) + column]
                );
            }
        }

        Array.ForEach([.. given, .. results], static tensor => tensor.Dispose());
    }

    [Fact]
    public void AnOperatorThatFailsSaysSoThroughTheEngine()
    {
        EngineException failure = Assert.Throws<EngineException>(static () =>
            Run(
                "LayerNormGradient",
                [
                    (new float[8], [2, 4]),
                    (new float[8], [2, 4]),
                    (new float[3], [3, 1]),
                    (new float[3], [3, 1]),
                    (new float[4], [4]),
                ],
                0,
                4,
                4
            )
        );
        Assert.Contains("LayerNormGradient", failure.Message, StringComparison.Ordinal);
    }

    private static void Near(double expected, float actual) =>
        Assert.True(
            Math.Abs(expected - actual) <= Tolerance * Math.Max(10, Math.Abs(expected)),
            $"{expected} was expected, and {actual} is there."
        );

    private static float[][] Run(string name, (float[] Numbers, long[] Shape)[] given, params int[] outputsLike) =>
        Run(
            name,
            [.. given.Select(static tensor => Tensor.Of<float>(ElementType.Float32, tensor.Numbers, tensor.Shape))],
            SessionThreads.One,
            outputsLike
        );

    /// <summary>Runs an operator as the only one of a graph, and disposes what it was given.</summary>
    private static float[][] Run(string name, Tensor[] given, SessionThreads width, params int[] outputsLike)
    {
        Value[] inputs =
        [
            .. given.Select(
                static (tensor, place) => new Value($"input {place}", tensor.Type, TensorShape.Create([.. tensor.Shape]))
            ),
        ];
        Value[] outputs =
        [
            .. outputsLike.Select((like, place) => new Value($"output {place}", ElementType.Float32, inputs[like].Shape)),
        ];
        Node node = new(name, GraphBuilder.CustomDomain, [.. inputs], outputs[0], new Dictionary<string, object>())
        {
            MoreOutputs = [.. outputs[1..]],
        };
        using CompiledGraph graph = new Engine(new() { Threads = 2 }).Compile(
            new([.. inputs], [.. outputs], [], [], [node]),
            new Dictionary<string, Tensor>()
        );
        Tensor[] results = [.. outputsLike.Select(like => Tensor.Allocate(ElementType.Float32, [.. given[like].Shape]))];
        try
        {
            graph.Run(width, given, results);
            return [.. results.Select(static result => result.AsSpan<float>().ToArray())];
        }
        finally
        {
            Array.ForEach([.. given, .. results], static tensor => tensor.Dispose());
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
