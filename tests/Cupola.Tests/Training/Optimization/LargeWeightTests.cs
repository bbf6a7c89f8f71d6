using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Training.Optimization;

/// <summary>Weights whose gradients micro-batches add where they stand.</summary>
public sealed class LargeWeightTests
{
    private const int Pairs = 4;

    private static readonly TransformerConfig Transformer = new(256, 4, 2, 1024, Activation.QuickGelu);

    private static readonly ClipConfig Config = new(
        new(50, 8, Transformer),
        new VisionTransformerConfig(16, 8, Transformer),
        8,
        []
    );

    [Fact]
    public void TheirGradientsHaveTheSameBitsForAnyNumberOfThreadsAndAreThoseOfTheWholeBatch()
    {
        Dictionary<string, float[]> one = Gradients(threads: 1, microBatchSize: 1);
        Assert.Equal(one, Gradients(threads: 2, microBatchSize: 1));
        Assert.Equal(one, Gradients(threads: 5, microBatchSize: 1));
        Assert.All(Gradients(threads: 1, microBatchSize: Pairs), whole =>
        {
            float largest = whole.Value.Max(MathF.Abs);
            Assert.All(whole.Value.Zip(one[whole.Key]), pair =>
                Assert.True(MathF.Abs(pair.First - pair.Second) <= (1e-4f * largest) + 1e-7f, whole.Key)
            );
        });
    }

    /// <summary>Of a second step with the same parameters, in which nothing of the first may be left.</summary>
    private static Dictionary<string, float[]> Gradients(int threads, int microBatchSize)
    {
        Random random = new(4);
        ClipNetwork network = new(Config);
        float[] Draw(string name) =>
            [
                .. Enumerable
                    .Range(0, (int)network.Shapes[name].Aggregate(1L, static (product, extent) => product * extent))
                    .Select(_ => (random.NextSingle() - 0.5f) / 8),
            ];
        using TrainableParameters parameters = new(network.Parameters, name => Draw(name), static _ => false);
        using TrainableClip clip = new(
            new Engine(new() { Threads = threads }),
            Config,
            new(Config.Image.ImageSize),
            parameters,
            ImageForm.PixelValues,
            new(microBatchSize, microBatchSize * 8),
            LossKind.InfoNce,
            maskSameLabel: false
        );
        using Tensor images = Tensor.Allocate(ElementType.Float32, Pairs, 3, 16, 16);
        foreach (ref float number in images.AsSpan<float>())
        {
            number = random.NextSingle() - 0.5f;
        }

        int[][] texts = [.. Enumerable.Range(0, Pairs).Select(static row => new[] { 1, 2 + row, 20 + row, 49 })];
        int[][] others = [.. Enumerable.Range(0, Pairs).Select(static row => new[] { 1, 30 + row, 40 + row, 49 })];
        clip.Differentiate(images, others);
        clip.Differentiate(images, texts);
        return parameters.Gradients.ToDictionary(
            static gradient => gradient.Key,
            static gradient => gradient.Value.AsSpan<float>().ToArray(),
            StringComparer.Ordinal
        );
    }
}
