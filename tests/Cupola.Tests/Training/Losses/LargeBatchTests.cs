using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Tests.Graphs;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Training.Losses;

/// <summary>A batch far larger than what the towers see at once.</summary>
public sealed class LargeBatchTests
{
    private const int Pairs = 4096;
    private const int ImageSize = 16;

    private static readonly TransformerConfig Transformer = new(32, 2, 2, 64, Activation.QuickGelu);

    private static readonly ClipConfig Config = new(
        new TextConfig(600, 10, Transformer),
        new VisionTransformerConfig(ImageSize, 8, Transformer),
        24,
        []
    );

    [Theory]
    [InlineData(LossKind.InfoNce)]
    [InlineData(LossKind.SigLip)]
    public void TheGradientOf4096PairsInMicroBatchesOf64IsThatOfAllAtOnce(LossKind kind)
    {
        Random random = new(3);
        IReadOnlyDictionary<string, Tensor> initial = InitialParameters.Create(Config, seed: 1);
        using Tensor images = Tensor.Allocate(ElementType.Float32, Pairs, 3, ImageSize, ImageSize);
        foreach (ref float pixel in images.AsSpan<float>())
        {
            pixel = FiniteDifferences.Normal(random);
        }

        // No two texts have a beginning in common that a tree could share, so that the runs are as different as can be.
        int[][] texts =
        [
            .. Enumerable
                .Range(0, Pairs)
                .Select(pair =>
                    (int[])[1 + (pair % 597), .. Enumerable.Range(0, random.Next(2, 8)).Select(_ => random.Next(1, 598)), 599]
                ),
        ];

        (double wholeLoss, Dictionary<string, float[]> whole) = Gradients(
            new(MicroBatchSize: Pairs, MicroBatchTokens: Pairs * 10)
        );
        (double loss, Dictionary<string, float[]> parts) = Gradients(new(MicroBatchSize: 64, MicroBatchTokens: 64 * 10));
        (double loopedLoss, Dictionary<string, float[]> workedOutAgain) = Gradients(
            new(MicroBatchSize: 64, MicroBatchTokens: 64 * 10, ActivationBytes: 0)
        );

        Assert.Equal(wholeLoss, loss, 1e-6 * wholeLoss);
        Assert.Equal(wholeLoss, loopedLoss, 1e-6 * wholeLoss);
        float largestOfAll = whole.Values.Max(static gradient => gradient.Max(MathF.Abs));
        Assert.All(whole, gradient =>
        {
            // A key's bias changes no softmax, and its gradient is nothing but rounding.
            float largest = gradient.Key.EndsWith("key.bias", StringComparison.Ordinal)
                ? largestOfAll
                : gradient.Value.Max(MathF.Abs);
            Assert.True(largest > 0);
            float worst = gradient.Value.Zip(parts[gradient.Key], static (one, other) => MathF.Abs(one - other)).Max();
            Assert.True(worst <= 2e-5f * largest, $"{worst / largest} of its largest number away.");
            Assert.Equal(parts[gradient.Key], workedOutAgain[gradient.Key]);
        });

        (double Loss, Dictionary<string, float[]> Gradients) Gradients(TrainingMemory memory)
        {
            using TrainableParameters parameters = new(
                new ClipNetwork(Config, hasLogitBias: true).Parameters,
                name =>
                    name == TrainableParameters.LogitBiasName
                        ? new float[] { SigmoidLoss.InitialLogitBias }
                        : initial[name].AsSpan<float>(),
                isFrozen: parameter => parameter.Name == TrainableParameters.LogitBiasName && kind == LossKind.InfoNce
            );
            using TrainableClip clip = new(
                new Engine(new() { Threads = 2 }),
                Config,
                new(ImageSize),
                parameters,
                ImageForm.PixelValues,
                memory,
                kind,
                maskSameLabel: false
            );
            double found = clip.Differentiate(images, texts);
            return (
                found,
                parameters.Gradients.ToDictionary(
                    static gradient => gradient.Key,
                    static gradient => gradient.Value.AsSpan<float>().ToArray()
                )
            );
        }
    }
}
