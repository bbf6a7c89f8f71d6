using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Tests.Models;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Training.Optimization;

/// <summary>
/// Steps of training against those of the PyTorch reference: train.safetensors of the vision transformers and the residual
/// networks that <see cref="ParityModel"/> finds.
/// </summary>
public sealed class TrainingParityTests
{
    private const float Rate = 5e-4f;

    [Theory]
    [InlineData("vit", 8, long.MaxValue)]
    [InlineData("vit", 4, long.MaxValue)]
    [InlineData("vit", 2, long.MaxValue)]
    [InlineData("vit", 1, long.MaxValue)]
    [InlineData("vit", 4, 0)]
    [InlineData("vit", 1, 0)]
    [InlineData("own vit", 8, long.MaxValue)]
    [InlineData("own vit", 2, long.MaxValue)]
    [InlineData("own vit", 1, 0)]
    public void FourStepsAreThoseOfTheReferenceWhateverTheMicroBatches(string name, int pairs, long keptBytes)
    {
        using TensorFile golden = TensorFile.Open(ParityModel.Find(name, "train.safetensors"));
        using ClipModel start = Open(name);
        using TrainableParameters parameters = TrainableParameters.CopyFrom(start, isFrozen: static _ => false);
        using TrainableClip clip = new(
            new Engine(new() { Threads = 2 }),
            start.Config,
            start.Preprocessing,
            parameters,
            ImageForm.PixelValues,
            new(pairs, start.Config.Text.ContextLength * pairs, keptBytes),
            LossKind.InfoNce,
            maskSameLabel: false
        );
        using AdamW optimizer = new(parameters, new());
        float[] losses = Read(golden, "losses");
        for (int step = 0; step < losses.Length; step++)
        {
            using Tensor images = Images(golden, step);
            double loss = clip.Differentiate(images, Texts(golden, step));

            Assert.Equal(losses[step], loss, 1e-5);
            if (step == 0)
            {
                Assert.All(Golden(golden, "grad.", resNet: false), gradient =>
                    Near(gradient.Name, gradient.Values, gradient.Largest, parameters.Gradients[gradient.Name], 2e-5f)
                );
            }

            optimizer.Step(static _ => Rate);
            Span<float> scale = parameters.Values["logit_scale"].AsSpan<float>();
            scale[0] = Math.Clamp(scale[0], 0, ImageTextLoss.LargestLogitScale);
        }

        Assert.All(Golden(golden, "final.", resNet: false), parameter =>
            Near(parameter.Name, parameter.Values, parameter.Largest, parameters.Values[parameter.Name], 3e-4f)
        );
    }

    [Theory]
    [InlineData("resnet", 8, long.MaxValue)]
    [InlineData("resnet", 8, 0)]
    [InlineData("resnet", 1, long.MaxValue)]
    [InlineData("own resnet", 8, long.MaxValue)]
    [InlineData("own resnet", 1, 0)]
    public void AStepOfAResidualNetworkIsThatOfTheReferenceRunningStatisticsIncluded(string name, int textsOfARun, long keptBytes)
    {
        using TensorFile golden = TensorFile.Open(ParityModel.Find(name, "train.safetensors"));
        using ClipModel start = Open(name);
        using TrainableParameters parameters = TrainableParameters.CopyFrom(start, isFrozen: static _ => false);
        using TrainableClip clip = new(
            new Engine(new() { Threads = 2 }),
            start.Config,
            start.Preprocessing,
            parameters,
            ImageForm.PixelValues,
            new(8, start.Config.Text.ContextLength * textsOfARun, keptBytes),
            LossKind.InfoNce,
            maskSameLabel: false
        );
        using Tensor images = Images(golden, step: 0);

        double loss = clip.Differentiate(images, Texts(golden, step: 0));

        // Cosines are float32 near 1, and the scale multiplies their last bit: with AVX2's order of sums the loss of our own
        // small network is 1.2e-6 off, with AVX-512's less than 1e-6.
        double lastBit = Math.Exp(parameters.LogitScale) * Math.Pow(2, -23);
        Assert.Equal(Read(golden, "losses")[0], loss, name == "resnet" ? 1e-6 : lastBit);
        (string Name, float[] Values, float Largest)[] gradients = [.. Golden(golden, "grad.", resNet: true)];
        Assert.Equal(parameters.Gradients.Keys, gradients.Select(static gradient => gradient.Name).Order(StringComparer.Ordinal));
        float largestOfAll = gradients.Max(static gradient => gradient.Largest);
        // A key's bias changes no softmax, and its gradient is nothing but rounding.
        Assert.All(gradients, gradient =>
            Near(
                gradient.Name,
                gradient.Values,
                gradient.Name == "image.pool.key.bias" ? largestOfAll : gradient.Largest,
                parameters.Gradients[gradient.Name],
                1e-4f
            )
        );
        (string Name, float[] Values, float Largest)[] statistics = [.. Golden(golden, "first.", resNet: true)];
        Assert.Equal(
            parameters.Statistics.Order(StringComparer.Ordinal),
            statistics.Select(static statistic => statistic.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(statistics, statistic =>
            Near(statistic.Name, statistic.Values, statistic.Largest, parameters.Values[statistic.Name], 1e-5f)
        );
    }

    [Theory]
    [InlineData("resnet")]
    [InlineData("own resnet")]
    public void WithFrozenStatisticsTheGradientOfAResidualNetworkIsThatOfTheWholeBatchWhateverTheMicroBatches(string name)
    {
        using TensorFile golden = TensorFile.Open(ParityModel.Find(name, "train.safetensors"));
        using ClipModel start = Open(name);
        using Tensor images = Images(golden, step: 0);
        Dictionary<string, float[]> Gradients(int pairs)
        {
            using TrainableParameters parameters = TrainableParameters.CopyFrom(start, static parameter => parameter.IsStatistic);
            using TrainableClip clip = new(
                new Engine(new() { Threads = 2 }),
                start.Config,
                start.Preprocessing,
                parameters,
                ImageForm.PixelValues,
                new(pairs, start.Config.Text.ContextLength * pairs),
                LossKind.InfoNce,
                maskSameLabel: false
            );
            clip.Differentiate(images, Texts(golden, step: 0));
            return parameters.Gradients.ToDictionary(
                static gradient => gradient.Key,
                static gradient => gradient.Value.AsSpan<float>().ToArray()
            );
        }

        Dictionary<string, float[]> whole = Gradients(8);
        float largestOfAll = whole.Values.Max(static gradient => gradient.Max(MathF.Abs));
        foreach (int pairs in new[] { 4, 2, 1 })
        {
            Dictionary<string, float[]> parts = Gradients(pairs);
            Assert.All(whole, gradient =>
                Near(
                    $"{gradient.Key} in runs of {pairs}",
                    gradient.Value,
                    gradient.Key.EndsWith("key.bias", StringComparison.Ordinal) ? largestOfAll : gradient.Value.Max(MathF.Abs),
                    parts[gradient.Key],
                    1e-4f
                )
            );
        }
    }

    internal static ClipModel Open(string name) =>
        ClipModel.Load(ParityModel.Find(name, "open_clip"), new Engine(new() { Threads = 2 }), ImageForm.PixelValues);

    internal static void Near(string name, float[] expected, float largest, Tensor actual, float tolerance) =>
        Near(name, expected, largest, actual.AsSpan<float>(), tolerance);

    private static void Near(string name, float[] expected, float largest, ReadOnlySpan<float> values, float tolerance)
    {
        Assert.Equal(expected.Length, values.Length);
        float worst = 0;
        for (int index = 0; index < expected.Length; index++)
        {
            worst = MathF.Max(worst, MathF.Abs(expected[index] - values[index]) / largest);
        }

        Assert.True(worst <= tolerance, $"{name} is {worst} of its largest number away.");
    }

    /// <summary>
    /// The file's parameters under our names: fused ones apart, turned ones turned back. The largest number is that of the file's
    /// whole parameter: a key's bias alone, a third of one, changes no softmax, and its gradient is nothing but rounding.
    /// </summary>
    internal static IEnumerable<(string Name, float[] Values, float Largest)> Golden(TensorFile file, string prefix, bool resNet)
    {
        foreach (
            (string name, StoredTensor stored) in file.Tensors.Where(tensor =>
                tensor.Key.StartsWith(prefix, StringComparison.Ordinal)
            )
        )
        {
            float[] values = Read(file, name);
            foreach (
                ParameterNames.Target target in (resNet ? OpenAiNames.ResNet : OpenAiNames.ViT).TargetsOf(name[prefix.Length..])
            )
            {
                int third = values.Length / 3;
                yield return (
                    target.Name,
                    target.Part >= 0 ? values[(target.Part * third)..((target.Part + 1) * third)]
                    : target.IsTransposed ? Turned(values, (int)stored.Shape[0], (int)stored.Shape[1])
                    : values,
                    values.Max(MathF.Abs)
                );
            }
        }
    }

    private static float[] Turned(float[] values, int rows, int columns) =>
        [
            .. Enumerable
                .Range(0, columns)
                .SelectMany(column => Enumerable.Range(0, rows).Select(row => values[(row * columns) + column])),
        ];

    internal static Tensor Images(TensorFile file, int step)
    {
        IReadOnlyList<long> shape = file.Tensors["pixel_values"].Shape;
        float[] all = Read(file, "pixel_values");
        int size = all.Length / (int)shape[0];
        return Tensor.Of<float>(ElementType.Float32, all.AsSpan(step * size, size), [.. shape.Skip(1)]);
    }

    internal static int[][] Texts(TensorFile file, int step)
    {
        StoredTensor stored = file.Tensors["input_ids"];
        int pairs = (int)stored.Shape[1],
            length = (int)stored.Shape[2];
        return [.. stored.ToArray<long>().Select(static id => (int)id).Chunk(length).Skip(step * pairs).Take(pairs)];
    }

    internal static float[] Read(TensorFile file, string name)
    {
        var values = new float[file.Tensors[name].ElementCount];
        file.Tensors[name].CopyTo(values);
        return values;
    }
}
