using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Models.Layers;
using Cupola.Runtime;
using Cupola.Tests.Graphs;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Training.Optimization;

/// <summary>The gradients of whole towers against finite differences, parameter by parameter.</summary>
public sealed class TowerGradientTests
{
    /// <summary>Directions in which each parameter is moved.</summary>
    private const int Directions = 3;

    /// <summary>How far a number of a parameter moves, as a share of the parameter's largest.</summary>
    private const double Step = 0.002;

    /// <summary>How far gradient and slope may be apart, as a share of the gradient's length.</summary>
    private const double Tolerance = 2e-3;

    /// <summary>
    /// What the rounding of all layers leaves uncertain of a sum, as a share of its terms; a slope sees it over its step.
    /// </summary>
    private const double Rounding = 5e-7;

    private const int Rows = 6;

    private static readonly TransformerConfig Transformer = new(16, 2, 2, 32, Activation.QuickGelu);

    private static readonly Dictionary<string, (ClipConfig Config, bool IsText, bool Follows)> Towers = new(
        StringComparer.Ordinal
    )
    {
        ["vision transformer"] = (Config(new VisionTransformerConfig(16, 8, Transformer)), false, false),
        ["vision transformer with the exact GELU"] = (
            Config(new VisionTransformerConfig(16, 8, Transformer with { Activation = Activation.Gelu })),
            false,
            false
        ),
        ["residual network by its images"] = (Config(new ResNetConfig(64, [1, 1, 1, 1], 4, 2)), false, true),
        ["residual network by running statistics"] = (Config(new ResNetConfig(64, [1, 2, 1, 1], 4, 2)), false, false),
        ["text transformer"] = (Config(new VisionTransformerConfig(16, 8, Transformer)), true, false),
        ["vision transformer with an attention head"] = (Siglip(), false, false),
        ["text transformer of fixed length"] = (Siglip(), true, false),
    };

    public static TheoryData<string> Names => [.. Towers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheGradientOfATowerIsItsSlopeForEachParameter(string name)
    {
        (ClipConfig config, bool isText, bool follows) = Towers[name];
        Engine engine = new(new() { Threads = 1 });
        Random random = new(5);
        using TrainableParameters parameters = Parameters(config, isText ? "text." : "image.", follows, random);
        using TensorPool pool = new();
        TrainableTower Create(bool byImages) =>
            TrainableTower.Create(engine, parameters, pool, new(), graph =>
                Describe(graph, config, isText, parameter => byImages && parameter.IsStatistic)
            );
        using TrainableTower tower = Create(follows);
        using Tensor images = Images(config, random);
        MicroBatch chunk = Assert.Single(
            isText
                ? Texts(config, [.. Enumerable.Range(0, Rows).Select(row => new[] { 1, 2 + row, 3 + (row / 2), 9 })])
                : MicroBatch.FromImages(images, 0, Rows, 1, TowerDescription.Images, ImageTower.Batch)
        );
        using Tensor seed = Tensor.Allocate(ElementType.Float32, Rows, config.EmbeddingDimension);
        Fill(seed, () => FiniteDifferences.Normal(random));
        using (TrainableTower byImages = Create(byImages: true))
        using (ForwardPass pass = byImages.Embed(chunk))
        {
            // Running means are those of the images, as at the end of a training, so that their channels too stay on one side of
            // their kinks.
            foreach (
                (string running, Tensor statistic) in byImages
                    .Statistics.Zip(pass.Statistics)
                    .Where(static pair => pair.First.EndsWith("mean", StringComparison.Ordinal))
            )
            {
                statistic.AsSpan<float>().CopyTo(parameters.Values[running].AsSpan<float>());
            }
        }

        using (ForwardPass pass = tower.Forward(chunk))
        {
            tower.Backward(pass, seed, tower.BeginSums(new(1), new Alone()).PlaceOf(0))();
        }

        double[] Terms()
        {
            using ForwardPass pass = tower.Embed(chunk);
            return
            [
                .. pass
                    .Embeddings.AsSpan<float>()
                    .ToArray()
                    .Zip(seed.AsSpan<float>().ToArray(), static (embedding, weight) => (double)embedding * weight),
            ];
        }

        double rounding = Rounding * Terms().Sum(Math.Abs);
        Dictionary<string, double> lengths = parameters.Gradients.ToDictionary(
            static gradient => gradient.Key,
            static gradient => Length(gradient.Value.AsSpan<float>())
        );
        Assert.All(parameters.Gradients, gradient =>
        {
            for (int direction = 0; direction < Directions; direction++)
            {
                (double along, double slope, double step) = Slope(parameters.Values[gradient.Key], gradient.Value, random, () =>
                    Terms().Sum()
                );
                // A random direction sees about the gradient's length.
                double tolerance = (Tolerance * lengths[gradient.Key]) + (rounding / step);
                Assert.True(
                    Math.Abs(along - slope) <= tolerance,
                    $"The gradient says {along}, the slope is {slope} (length {lengths[gradient.Key]}, step {step})."
                );
            }
        });
    }

    [Fact]
    public void EveryOperatorBetweenAParameterAndAnEmbeddingIsHeldAgainstItsSlope()
    {
        IReadOnlySet<string> known = GradientTests.CheckedOperators;
        Assert.All(Towers, tower =>
        {
            GraphBuilder graph = new(OperatorSet.Trainable);
            Describe(graph, tower.Value.Config, tower.Value.IsText, parameter => tower.Value.Follows && parameter.IsStatistic);
            HashSet<string> learned = [.. new ClipNetwork(tower.Value.Config).Shapes.Keys];
            foreach (
                Node node in graph.Nodes.Where(node =>
                    node.Inputs.Any(input => input is not null && learned.Contains(input.Name))
                )
            )
            {
                learned.Add(node.Output.Name);
                Assert.True(known.Contains(node.Operator), $"{node.Operator} has no check in GradientTests.");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ATowersGraphsDoNothingForNothing(string name)
    {
        (ClipConfig config, bool isText, bool follows) = Towers[name];
        GraphBuilder graph = new(OperatorSet.Trainable);
        TowerDescription tower = Describe(graph, config, isText, parameter => follows && parameter.IsStatistic);
        HashSet<string> learned =
        [
            .. new ClipNetwork(config)
                .Parameters.Where(static parameter => !parameter.IsStatistic)
                .Select(static parameter => parameter.Name),
        ];
        Value[] sources =
        [
            .. graph.Subgraph(tower.Inputs, [tower.Outputs.Embedding]).Inputs.Where(input => learned.Contains(input.Name)),
        ];
        DifferentiatedGraph differentiated = DifferentiatedGraph.Create(
            graph,
            tower.Inputs,
            tower.Outputs.Embedding,
            [],
            sources
        );

        foreach (Graph half in (Graph[])[differentiated.Forward, differentiated.Backward])
        {
            // What no one reads is not worked out.
            HashSet<string> read =
            [
                .. half
                    .Nodes.SelectMany(static node => node.Inputs)
                    .OfType<Value>()
                    .Concat(half.Outputs)
                    .Select(static value => value.Name),
            ];
            Assert.All(half.Nodes, node => Assert.Contains(node.Outputs, output => read.Contains(output.Name)));
            Assert.All(half.Inputs, input => Assert.Contains(input.Name, read));

            // What is read twice is worked out once; a gradient of two parameters has two names.
            Assert.Equal(
                half.Nodes.Length,
                half.Nodes.Select(static node => node.Operator == "Identity" ? node.Output.Name : Written(node))
                    .Distinct(StringComparer.Ordinal)
                    .Count()
            );

            // Products turn their operands themselves.
            Dictionary<string, Node> makers = half.Nodes.ToDictionary(static node => node.Output.Name, StringComparer.Ordinal);
            Assert.All(
                half.Nodes.Where(static node => node.Operator is "Gemm" or "MatMul" or "FusedMatMul")
                    .SelectMany(static node => node.Inputs)
                    .OfType<Value>(),
                operand =>
                    Assert.False(
                        makers.TryGetValue(operand.Name, out Node? maker) && TurnsLastTwo(maker),
                        $"{operand} is turned for a product."
                    )
            );
        }
    }

    [Fact]
    public void AGradientThatTwoParametersShareHasTwoNames()
    {
        GraphBuilder graph = new();
        Value rows = graph.Input("rows", ElementType.Float32, ["n", 4]),
            first = graph.Parameter("first", 4),
            second = graph.Parameter("second", 4);

        DifferentiatedGraph differentiated = DifferentiatedGraph.Create(
            graph,
            [rows],
            graph.Add(graph.Add(rows, first), second),
            [],
            [first, second]
        );

        Assert.Equal(
            2,
            differentiated.Backward.Outputs.Select(static output => output.Name).Distinct(StringComparer.Ordinal).Count()
        );
    }

    private static IReadOnlyList<MicroBatch> Texts(ClipConfig config, int[][] texts) =>
        config.Text.Reading == TextReading.FixedLength
            ? MicroBatch.FromRows(texts, microBatchTexts: 1000, config.Text.ContextLength)
            : MicroBatch.FromTexts(texts, microBatchTokens: 1000);

    private static string Written(Node node)
    {
        string inputs = string.Join(", ", node.Inputs.Select(static input => input?.Name));
        IEnumerable<string> attributes = node.Attributes.Select(static attribute =>
            $"{attribute.Key}={(attribute.Value is long[] numbers ? string.Join(' ', numbers) : attribute.Value)}"
        );
        return $"{node.Operator}({inputs}) {string.Join(", ", attributes)}";
    }

    private static bool TurnsLastTwo(Node node)
    {
        if (node.Operator != "Transpose")
        {
            return false;
        }

        long[] order = (long[])node.Attributes["perm"];
        int rank = order.Length;
        return order[^1] == rank - 2
            && order[^2] == rank - 1
            && order.Take(rank - 2).Index().All(static axis => axis.Item == axis.Index);
    }

    /// <summary>Its image is a pixel larger than the patches cover.</summary>
    private static ClipConfig Siglip()
    {
        TransformerConfig tower = Transformer with { Activation = Activation.GeluTanh };
        return new(
            new TextConfig(12, 4, tower) { Reading = TextReading.FixedLength, Projection = TextProjection.Layer },
            new VisionTransformerConfig(17, 8, tower) { Pooling = ImagePooling.AttentionHead },
            tower.Width,
            []
        )
        {
            Score = ScoreKind.Sigmoid,
        };
    }

    private static ClipConfig Config(ImageConfig image) => new(new TextConfig(12, 8, Transformer), image, 8, []);

    private static TowerDescription Describe(GraphBuilder graph, ClipConfig config, bool isText, Func<Parameter, bool> follows) =>
        isText
            ? TowerDescription.ForTexts(graph, new ClipNetwork(config).Text)
            : TowerDescription.ForImages(
                graph,
                new ClipNetwork(config).Image,
                new(config.Image.ImageSize),
                ImageForm.PixelValues,
                follows
            );

    /// <summary>
    /// Random numbers. The biases of batch norms keep each channel well above the kink of the rectifier behind it, or well below,
    /// because a slope over a kink is none of both sides; that the kink is right is seen where operators are checked.
    /// </summary>
    private static TrainableParameters Parameters(ClipConfig config, string tower, bool follows, Random random)
    {
        ClipNetwork network = new(config);
        IReadOnlyDictionary<string, long[]> shapes = network.Shapes;
        float[] Draw(string name)
        {
            long[] shape = shapes[name];
            var numbers = new float[shape.Aggregate(1L, static (product, extent) => product * extent)];
            for (int index = 0; index < numbers.Length; index++)
            {
                float normal = FiniteDifferences.Normal(random);
                numbers[index] =
                    name.EndsWith("running_variance", StringComparison.Ordinal) ? 0.5f + random.NextSingle()
                    : name.EndsWith("batch_norm.bias", StringComparison.Ordinal) ? (index % 2 == 0 ? 6 : -6) + (0.1f * normal)
                    : name.Contains("norm.weight", StringComparison.Ordinal) ? 1 + (0.1f * normal)
                    : shape.Length > 1 ? normal / MathF.Sqrt(numbers.Length / (float)shape[0])
                    : 0.1f * normal;
            }

            return numbers;
        }

        return new(
            network.Parameters.Where(parameter => parameter.Name.StartsWith(tower, StringComparison.Ordinal)),
            name => Draw(name),
            parameter => !follows && parameter.IsStatistic
        );
    }

    private static Tensor Images(ClipConfig config, Random random)
    {
        Tensor images = Tensor.Allocate(ElementType.Float32, Rows, 3, config.Image.ImageSize, config.Image.ImageSize);
        Fill(images, () => FiniteDifferences.Normal(random));
        return images;
    }

    /// <summary>
    /// What the gradient says of a random direction, every number up or down alike, and the slope there by four points.
    /// </summary>
    private static (double Along, double Slope, double Step) Slope(Tensor values, Tensor gradient, Random random, Func<double> at)
    {
        float[] there = values.AsSpan<float>().ToArray();
        float step = (float)(Step * there.Max(MathF.Abs));
        int[] signs = [.. there.Select(_ => random.Next(2) == 0 ? 1 : -1)];
        double along = gradient.AsSpan<float>().ToArray().Zip(signs).Sum(static pair => (double)pair.First * pair.Second);
        double At(int steps)
        {
            Span<float> moved = values.AsSpan<float>();
            for (int index = 0; index < there.Length; index++)
            {
                moved[index] = there[index] + (steps * step * signs[index]);
            }

            double value = at();
            there.CopyTo(values.AsSpan<float>());
            return value;
        }

        return (along, ((8 * (At(1) - At(-1))) - (At(2) - At(-2))) / (12 * (double)step), step);
    }

    private static double Length(ReadOnlySpan<float> numbers) =>
        Math.Sqrt(numbers.ToArray().Sum(static number => (double)number * number));

    private static void Fill(Tensor tensor, Func<float> draw)
    {
        foreach (ref float number in tensor.AsSpan<float>())
        {
            number = draw();
        }
    }
}
