using Cupola.Graphs;
using Cupola.Models.Layers;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models.Layers;

public sealed class AttentionTests
{
    private const int Sequences = 3;
    private const int Length = 5;
    private const int Width = 12;
    private const int Heads = 3;

    /// <summary>Operators of float32 against a plain computation in double.</summary>
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WeightsAreTheSoftmaxOfScaledProductsAndRowsAreThoseOfTheFusedOperator(bool ofPooled)
    {
        Random random = new(3);
        ParameterScope scope = new();
        Attention layer = new(scope, Width, Heads, Initialization.Normal(0.4), Initialization.Normal(0.4));
        Dictionary<string, float[]> parameters = scope.Declared.ToDictionary(
            static parameter => parameter.Name,
            parameter => Draw(random, (int)parameter.ElementCount)
        );
        float[] rows = Draw(random, Sequences * Length * Width);
        int queries = ofPooled ? 1 : Length;

        (float[] mixed, float[] weights) = Run(layer, scope, parameters, rows, ofPooled, withWeights: true);
        (float[] fused, _) = Run(layer, scope, parameters, rows, ofPooled, withWeights: false);

        Assert.Equal(Sequences * Heads * queries * Length, weights.Length);
        Assert.All(weights.Chunk(Length), static row => Assert.Equal(1, row.Sum(), Tolerance));
        double[] expected = [.. Weights(parameters, rows, queries)];
        Assert.All(weights.Index(), weight => Assert.Equal(expected[weight.Index], weight.Item, Tolerance));
        Assert.All(mixed.Index(), number => Assert.Equal(fused[number.Index], number.Item, Tolerance));
    }

    private static (float[] Rows, float[] Weights) Run(
        Attention layer,
        ParameterScope scope,
        Dictionary<string, float[]> parameters,
        float[] rows,
        bool ofPooled,
        bool withWeights
    )
    {
        GraphBuilder builder = new(OperatorSet.Fused);
        Value input = builder.Input("rows", ElementType.Float32, [Sequences * Length, Width]);
        FixedLength layout = new(builder, Sequences, Length, Width);
        (Value mixed, Value? weights) = layer.Describe(builder, input, layout, ofPooled, withWeights);
        builder.Output("mixed", mixed);
        if (weights is not null)
        {
            builder.Output("weights", weights);
        }

        int queries = ofPooled ? 1 : Length;
        Dictionary<string, Tensor> tensors = scope.Declared.ToDictionary(
            static parameter => parameter.Name,
            parameter => Tensor.Of<float>(ElementType.Float32, parameters[parameter.Name], [.. parameter.Shape])
        );
        using Tensor given = Tensor.Of<float>(ElementType.Float32, rows, Sequences * Length, Width);
        using Tensor first = Tensor.Allocate(ElementType.Float32, Sequences * queries, Width);
        using Tensor second = Tensor.Allocate(ElementType.Float32, Sequences, Heads, queries, Length);
        using CompiledGraph graph = new Engine(new() { Threads = 1 }).Compile(builder.Build(), tensors);
        graph.Run(SessionThreads.One, [given], weights is null ? [first] : [first, second]);
        foreach (Tensor tensor in tensors.Values)
        {
            tensor.Dispose();
        }

        return (first.AsSpan<float>().ToArray(), second.AsSpan<float>().ToArray());
    }

    /// <summary>softmax(q kᵀ ÷ √d), sequence by sequence, head by head, query by query.</summary>
    private static IEnumerable<double> Weights(Dictionary<string, float[]> parameters, float[] rows, int queries)
    {
        const int HeadWidth = Width / Heads;
        double[][] asked = Layer(parameters, "query", rows),
            keys = Layer(parameters, "key", rows);
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            for (int head = 0; head < Heads; head++)
            {
                for (int query = 0; query < queries; query++)
                {
                    double[] scores = new double[Length];
                    for (int key = 0; key < Length; key++)
                    {
                        for (int index = head * HeadWidth; index < (head + 1) * HeadWidth; index++)
                        {
                            scores[key] += asked[(sequence * Length) + query][index] * keys[(sequence * Length) + key][index];
                        }
                    }

                    double[] exponentials = [.. scores.Select(static score => Math.Exp(score / Math.Sqrt(HeadWidth)))];
                    double sum = exponentials.Sum();
                    foreach (double exponential in exponentials)
                    {
                        yield return exponential / sum;
                    }
                }
            }
        }
    }

    private static double[][] Layer(Dictionary<string, float[]> parameters, string name, float[] rows) =>
        [
            .. rows.Chunk(Width)
                .Select(row =>
                    Enumerable
                        .Range(0, Width)
                        .Select(to =>
                            parameters[$"{name}.bias"][to]
                            + row.Index().Sum(from => (double)from.Item * parameters[$"{name}.weight"][(to * Width) + from.Index])
                        )
                        .ToArray()
                ),
        ];

    private static float[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
}
