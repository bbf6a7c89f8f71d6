using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Graphs;

/// <summary>The gradient of every operator, against finite differences.</summary>
public sealed class GradientTests
{
    /// <summary>Rows are only known in a run, as the images and texts of a batch are.</summary>
    private static readonly Dictionary<string, long> Symbols = new() { ["n"] = 3 };

    private static readonly Dictionary<string, Case> Operators = new()
    {
        ["Add, repeated"] = new(static (graph, given) => graph.Add(given[0], given[1]), [(["n", 4], Normal), ([4], Normal)]),
        ["Add to itself"] = new(static (graph, given) => graph.Add(given[0], given[0]), [(["n", 4], Normal)]),
        ["Subtract, repeated"] = new(
            static (graph, given) => graph.Subtract(given[0], given[1]),
            [(["n", 2, 1], Normal), (["n", 1, 4], Normal)]
        ),
        ["Multiply, repeated"] = new(
            static (graph, given) => graph.Multiply(given[0], given[1]),
            [(["n", 4], Normal), ([1], Normal)]
        ),
        ["Divide"] = new(static (graph, given) => graph.Divide(given[0], given[1]), [(["n", 4], Normal), (["n", 1], Positive)]),
        ["Sigmoid"] = new(static (graph, given) => graph.Sigmoid(given[0]), [(["n", 4], Normal)]),
        ["Tanh"] = new(static (graph, given) => graph.Tanh(given[0]), [(["n", 4], Normal)]),
        ["Exp"] = new(static (graph, given) => graph.Exp(given[0]), [(["n", 4], Normal)]),
        ["Erf"] = new(static (graph, given) => graph.Erf(given[0]), [(["n", 4], Normal)]),
        ["Sqrt"] = new(static (graph, given) => graph.Sqrt(given[0]), [(["n", 4], Positive)]),
        ["Relu"] = new(static (graph, given) => graph.Relu(given[0]), [(["n", 4], AwayFromZero)]),
        ["QuickGelu"] = new(static (graph, given) => graph.QuickGelu(given[0]), [(["n", 4], Normal)]),
        ["Gelu"] = new(static (graph, given) => graph.Gelu(given[0]), [(["n", 4], Normal)]),
        ["GeluTanh"] = new(static (graph, given) => graph.GeluTanh(given[0]), [(["n", 4], Normal)]),
        ["Mean"] = new(static (graph, given) => graph.Mean(given[0], 0), [(["n", 4], Normal)]),
        ["MeanOver"] = new(static (graph, given) => graph.MeanOver(given[0], 0, 2), [(["n", 2, 4], Normal)]),
        ["Sum"] = new(static (graph, given) => graph.Sum(given[0], 1), [(["n", 2, 4], Normal)]),
        ["Normalize"] = new(static (graph, given) => graph.Normalize(given[0]), [(["n", 4], Normal)]),
        ["Linear"] = new(
            static (graph, given) => graph.Linear(given[0], given[1], given[2]),
            [(["n", 4], Normal), ([5, 4], Normal), ([5], Normal)]
        ),
        ["Linear, without a bias"] = new(
            static (graph, given) => graph.Linear(given[0], given[1]),
            [(["n", 4], Normal), ([5, 4], Normal)]
        ),
        ["Product"] = new(static (graph, given) => graph.Product(given[0], given[1]), [(["n", 4], Normal), ([4, 5], Normal)]),
        ["Product, left turned"] = new(
            static (graph, given) => graph.Product(given[0], given[1], transposeLeft: true),
            [(["n", 4], Normal), (["n", 5], Normal)]
        ),
        ["Product, both turned"] = new(
            static (graph, given) => graph.Product(given[0], given[1], transposeLeft: true, transposeRight: true),
            [(["n", 4], Normal), ([5, "n"], Normal)]
        ),
        ["MatMul"] = new(
            static (graph, given) => graph.MatMul(given[0], given[1]),
            [(["n", 2, 4, 3], Normal), (["n", 2, 3, 5], Normal)]
        ),
        ["Softmax"] = new(static (graph, given) => graph.Softmax(given[0]), [(["n", 4], Normal)]),
        ["LayerNorm"] = new(
            static (graph, given) => graph.LayerNorm(given[0], given[1], given[2], 1e-5f),
            [(["n", 6], Normal), ([6], Normal), ([6], Normal)]
        ),
        ["Attention"] = new(
            static (graph, given) => graph.Attention(given[0], given[1], given[2], 2, graph.CausalMask(3)),
            [(["n", 3, 4], Normal), (["n", 3, 4], Normal), (["n", 3, 4], Normal)]
        ),
        ["Reshape"] = new(static (graph, given) => graph.Reshape(given[0], [(Dimension)"n" * 2, 3]), [(["n", 6], Normal)]),
        ["Transpose"] = new(static (graph, given) => graph.Transpose(given[0], 2, 0, 1), [(["n", 2, 4], Normal)]),
        ["Concat"] = new(
            static (graph, given) => graph.Concat(given[0], given[1], 1),
            [(["n", 2, 3], Normal), (["n", 1, 3], Normal)]
        ),
        ["Slice"] = new(static (graph, given) => graph.Slice(given[0], 1, 1, 3), [(["n", 4, 2], Normal)]),
        ["Convolution"] = new(
            static (graph, given) => graph.Convolution(given[0], given[1], given[2], stride: 1, padding: 1),
            [(["n", 2, 4, 5], Normal), ([3, 2, 3, 3], Normal), ([3], Normal)]
        ),
        ["Convolution, in strides that leave a rest"] = new(
            static (graph, given) => graph.Convolution(given[0], given[1], null, stride: 2, padding: 1),
            [(["n", 2, 6, 5], Normal), ([3, 2, 3, 3], Normal)]
        ),
        ["Convolution of patches"] = new(
            static (graph, given) => graph.Convolution(given[0], given[1], null, stride: 2),
            [(["n", 3, 4, 4], Normal), ([2, 3, 2, 2], Normal)]
        ),
        ["BatchNorm"] = new(
            static (graph, given) => graph.BatchNorm(given[0], given[1], given[2], 1e-5f).Maps,
            [(["n", 2, 3, 2], Normal), ([2], Normal), ([2], Normal)]
        ),
        ["AveragePool"] = new(static (graph, given) => graph.AveragePool(given[0], 2), [(["n", 2, 4, 5], Normal)]),
        ["Gather, a row that several indices name"] = new(
            static (graph, given) => graph.Gather(given[0], given[1]),
            [([(Dimension)"n" * 2, 4], Normal)],
            ("indices", static () => Tensor.Of<int>(ElementType.Int32, [2, 0, 2, 4, 2, 1], 2, 3))
        ),
        ["GatherRows"] = new(
            static (graph, given) => graph.GatherRows(given[0], given[1]),
            [([3, 2, 4], Normal)],
            ("indices", static () => Tensor.Of<long>(ElementType.Int64, [1, 0, 1], 3))
        ),
        ["ReshapeLike"] = new(
            static (graph, given) => graph.ReshapeLike(given[0], given[1], 4),
            [([6, 4], Normal)],
            ("like", Like)
        ),
        ["SliceLike"] = new(
            static (graph, given) => graph.SliceLike(given[0], 0, given[1], 0),
            [([5, 2], Normal)],
            ("like", Like)
        ),
        ["RepeatRow"] = new(static (graph, given) => graph.RepeatRow(given[0], given[1]), [([4], Normal)], ("like", Like)),
    };

    public static TheoryData<string> Names => [.. Operators.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheGradientOfAnOperatorIsItsSlope(string name) => Operators[name].Check(OperatorSet.Standard);

    [Theory]
    [MemberData(nameof(Names))]
    public void TheGradientOfAnOperatorAsItIsWrittenForTrainingIsItsSlope(string name) =>
        Operators[name].Check(OperatorSet.Trainable);

    /// <summary>The operators that are held against their slopes, as they are written for training.</summary>
    public static IReadOnlySet<string> CheckedOperators =>
        Operators.Values.SelectMany(static checkedCase => checkedCase.Operators()).ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void FactorsAndTurnsGoIntoTheProductsOfATrainingGraph()
    {
        static Value Describe(GraphBuilder graph, Value[] given)
        {
            Value wide = graph.QuickGelu(graph.Linear(given[0], given[1], given[2]));
            return graph.Linear(wide, given[3]);
        }

        (TensorShape, Func<Random, float>)[] sources = [(["n", 3], Normal), ([5, 3], Normal), ([5], Normal), ([2, 5], Normal)];
        FiniteDifferences.Check(Describe, [], Symbols, OperatorSet.Trainable, sources);
        GraphBuilder graph = new(OperatorSet.Trainable);
        Value[] given =
        [
            graph.Input("rows", ElementType.Float32, ["n", 3]),
            graph.Parameter("expand", 5, 3),
            graph.Parameter("bias", 5),
            graph.Parameter("contract", 2, 5),
        ];
        graph.Output("output", Describe(graph, given));

        // The bias of a few numbers is all that is multiplied; the output's name takes the last place.
        Assert.Equal(
            ["Gemm", "Gemm", "Identity", "Mul", "QuickGelu"],
            graph.Build().Nodes.Select(static node => node.Operator).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void TheFusedQuickGeluHasTheGradientOfTheComposedOne() =>
        FiniteDifferences.Check(
            static (graph, given) => graph.QuickGelu(given[0]),
            [],
            Symbols,
            OperatorSet.Fused,
            [(["n", 4], Normal)]
        );

    [Fact]
    public void WhatHasNoDerivativeIsNamed()
    {
        GraphBuilder graph = new(OperatorSet.Fused);
        Value rows = graph.Input("rows", ElementType.Float32, [2, 3, 4]),
            apart = graph.Input("apart", ElementType.Float32, [2]);
        Value mixed = graph.Attention(rows, rows, rows, 2);
        Value seed = graph.Input("seed", ElementType.Float32, mixed.Shape);

        Assert.Contains(
            "MultiHeadAttention",
            Assert.Throws<InvalidOperationException>(() => Gradient.Compute(graph, mixed, seed, [rows])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "does not depend on 'apart'",
            Assert.Throws<InvalidOperationException>(() => Gradient.Compute(graph, rows, seed, [apart])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the shapes differ",
            Assert.Throws<InvalidOperationException>(() => Gradient.Compute(graph, rows, apart, [rows])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WhatTwoGradientsShareIsWorkedOutOnceAndWhatNoOneNeedsNotAtAll()
    {
        GraphBuilder graph = new();
        Value rows = graph.Input("rows", ElementType.Float32, ["n", 4]);
        Value weight = graph.Parameter("weight", 5, 4),
            bias = graph.Parameter("bias", 5);
        Value output = graph.Sigmoid(graph.Linear(rows, weight, bias));
        Value seed = graph.Input("seed", ElementType.Float32, output.Shape);

        foreach ((int index, Value gradient) in Gradient.Compute(graph, output, seed, [weight, bias]).Index())
        {
            graph.Output($"gradient {index}", gradient);
        }

        // Forward: a product and a sigmoid. Backward: 1 − y, its product with y, that with the seed, one product for the weight,
        // one sum for the bias.
        Assert.Equal(
            ["Gemm", "Gemm", "Identity", "Identity", "Mul", "Mul", "ReduceSum", "Sigmoid", "Sub"],
            graph.Build().Nodes.Select(static node => node.Operator).Order(StringComparer.Ordinal)
        );
    }

    private static float Normal(Random random) => FiniteDifferences.Normal(random);

    private static float Positive(Random random) => FiniteDifferences.Positive(random);

    private static float AwayFromZero(Random random) => FiniteDifferences.AwayFromZero(random);

    private static Tensor Like()
    {
        Tensor like = Tensor.Allocate(ElementType.Float32, 3, 2);
        like.AsSpan<float>().Clear();
        return like;
    }

    /// <summary>What is checked: a description, the sources it is differentiated by, and what it reads besides.</summary>
    private sealed record Case(
        Func<GraphBuilder, Value[], Value> Describe,
        (TensorShape Shape, Func<Random, float> Draw)[] Sources,
        params (string Name, Func<Tensor> Numbers)[] Others
    )
    {
        public void Check(OperatorSet operators)
        {
            (string Name, Tensor Numbers)[] others = [.. Others.Select(static other => (other.Name, other.Numbers()))];
            FiniteDifferences.Check(Describe, others, Symbols, operators, Sources);
            foreach ((_, Tensor numbers) in others)
            {
                numbers.Dispose();
            }
        }

        public IEnumerable<string> Operators()
        {
            GraphBuilder graph = new(OperatorSet.Trainable);
            List<Value> given =
            [
                .. Sources.Select((source, index) => graph.Input($"source {index}", ElementType.Float32, source.Shape)),
            ];
            foreach ((string name, Func<Tensor> numbers) in Others)
            {
                using Tensor tensor = numbers();
                given.Add(graph.Input(name, tensor.Type, TensorShape.Create([.. tensor.Shape])));
            }

            Describe(graph, [.. given]);
            return [.. graph.Nodes.Select(static node => node.Operator)];
        }
    }
}
