using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Graphs;

/// <summary>
/// Holds the gradient of a graph against the slope that is seen when each number of its inputs is moved a little. Four points and
/// a weighted sum in float64 leave an error of about the fourth power of the step, so that float32 runs agree to a thousandth of
/// the largest slope with room to spare.
/// </summary>
internal sealed class FiniteDifferences
{
    private const double Step = 0.03;
    private const float Tolerance = 1e-3f;

    private readonly Engine _engine = new(new() { Threads = 1 });
    private readonly Random _random = new(7);
    private readonly (TensorShape Shape, float[] Numbers)[] _sources;
    private readonly (string Name, Tensor Numbers)[] _others;
    private readonly Func<GraphBuilder, Value[], Value> _describe;
    private readonly Dictionary<string, long> _symbols;

    private FiniteDifferences(
        Func<GraphBuilder, Value[], Value> describe,
        (string Name, Tensor Numbers)[] others,
        Dictionary<string, long> symbols,
        (TensorShape Shape, Func<Random, float> Draw)[] sources
    )
    {
        _describe = describe;
        _others = others;
        _symbols = symbols;
        _sources = [.. sources.Select(source => (source.Shape, Numbers(source.Shape, source.Draw)))];
    }

    /// <summary>Checks every number of every source; what else the description reads is given to it behind the sources.</summary>
    public static void Check(
        Func<GraphBuilder, Value[], Value> describe,
        (string Name, Tensor Numbers)[] others,
        Dictionary<string, long> symbols,
        (TensorShape Shape, Func<Random, float> Draw)[] sources
    ) => Check(describe, others, symbols, OperatorSet.Standard, sources);

    /// <summary>The same for another set of operators.</summary>
    public static void Check(
        Func<GraphBuilder, Value[], Value> describe,
        (string Name, Tensor Numbers)[] others,
        Dictionary<string, long> symbols,
        OperatorSet operators,
        (TensorShape Shape, Func<Random, float> Draw)[] sources
    ) => new FiniteDifferences(describe, others, symbols, sources).Check(operators);

    private void Check(OperatorSet operators)
    {
        GraphBuilder forward = new(operators),
            backward = new(operators);
        Value output = _describe(forward, Inputs(forward));
        forward.Output("output", output);
        Value[] inputs = Inputs(backward);
        Value again = _describe(backward, inputs);
        Value seed = backward.Input("seed", ElementType.Float32, again.Shape);
        foreach ((int index, Value gradient) in Gradient.Compute(backward, again, seed, inputs[.._sources.Length]).Index())
        {
            backward.Output($"gradient {index}", gradient);
        }

        float[] seeds = Numbers(output.Shape, Normal);
        using CompiledGraph runsForward = _engine.Compile(forward.Build(), new Dictionary<string, Tensor>());
        using CompiledGraph runsBackward = _engine.Compile(backward.Build(), new Dictionary<string, Tensor>());
        float[][] gradients = Run(runsBackward, [.. _sources.Select(static source => source.Shape)], (again.Shape, seeds));
        for (int source = 0; source < _sources.Length; source++)
        {
            float largest = gradients[source].Max(MathF.Abs);
            Assert.True(largest > 0, $"The gradient of source {source} is nothing.");
            for (int index = 0; index < gradients[source].Length; index++)
            {
                double slope = Slope(runsForward, output.Shape, seeds, _sources[source].Numbers, index);
                Assert.True(
                    Math.Abs(slope - gradients[source][index]) <= Tolerance * Math.Max(largest, 0.1f),
                    $"Source {source}, number {index}: the gradient says {gradients[source][index]}, the slope is {slope}."
                );
            }
        }
    }

    /// <summary>The slope of Σ seed · output as one number moves.</summary>
    private double Slope(CompiledGraph graph, TensorShape shape, float[] seeds, float[] numbers, int index)
    {
        float there = numbers[index];
        double At(double distance)
        {
            numbers[index] = (float)(there + distance);
            double sum = Run(graph, [shape])[0].Zip(seeds).Sum(static pair => (double)pair.First * pair.Second);
            numbers[index] = there;
            return sum;
        }

        return ((8 * (At(Step) - At(-Step))) - (At(2 * Step) - At(-2 * Step))) / (12 * Step);
    }

    private float[][] Run(CompiledGraph graph, TensorShape[] outputs, (TensorShape Shape, float[] Numbers)? seed = null)
    {
        List<Tensor> given =
        [
            .. _sources.Select(source => Tensor.Of<float>(ElementType.Float32, source.Numbers, source.Shape.Resolve(_symbols))),
        ];
        List<Tensor> owned = [.. given];
        given.AddRange(_others.Select(static other => other.Numbers));
        if (seed is { } last)
        {
            given.Add(Tensor.Of<float>(ElementType.Float32, last.Numbers, last.Shape.Resolve(_symbols)));
            owned.Add(given[^1]);
        }

        Tensor[] results = [.. outputs.Select(shape => Tensor.Allocate(ElementType.Float32, shape.Resolve(_symbols)))];
        owned.AddRange(results);
        try
        {
            graph.Run(SessionThreads.One, [.. given], results);
            return [.. results.Select(static result => result.AsSpan<float>().ToArray())];
        }
        finally
        {
            owned.ForEach(static tensor => tensor.Dispose());
        }
    }

    private Value[] Inputs(GraphBuilder graph) =>
        [
            .. _sources.Index().Select(source => graph.Input($"source {source.Index}", ElementType.Float32, source.Item.Shape)),
            .. _others.Select(other => graph.Input(other.Name, other.Numbers.Type, TensorShape.Create([.. other.Numbers.Shape]))),
        ];

    private float[] Numbers(TensorShape shape, Func<Random, float> draw) =>
        [.. Enumerable.Range(0, (int)shape.ElementCount.Resolve(_symbols)).Select(_ => draw(_random))];

    public static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>From 0.5 to 1.5: away from where a root or a quotient has no slope.</summary>
    public static float Positive(Random random) => 0.5f + random.NextSingle();

    /// <summary>Away from 0, where a kink has no slope: from −1.2 to −0.2 and from 0.2 to 1.2.</summary>
    public static float AwayFromZero(Random random) => (0.2f + random.NextSingle()) * (random.Next(2) == 0 ? -1 : 1);
}
