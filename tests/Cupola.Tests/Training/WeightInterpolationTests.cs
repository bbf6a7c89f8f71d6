using Cupola.Embedding;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training;
using static Cupola.Tests.Training.TrainingFixture;

namespace Cupola.Tests.Training;

/// <summary>WiSE-FT.</summary>
public sealed class WeightInterpolationTests
{
    private static readonly Lazy<(string Start, string FineTuned)> Models = new(() =>
    {
        string start = Train(Settings with { Steps = 3 });
        return (start, Train(Tuning(start) with { Steps = 3 }));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void EachParameterLiesBetweenAndTheEndsAreTheModels(double alpha)
    {
        (string start, string fineTuned) = Models.Value;
        string folder = TestFolder.New();

        WeightInterpolation.Write(start, fineTuned, alpha, folder);

        using ClipModel first = Load(start), second = Load(fineTuned), between = Load(folder);
        foreach (string name in first.ParameterShapes.Keys)
        {
            float[] one = first.Parameters[name].AsSpan<float>().ToArray(), other = second.Parameters[name].AsSpan<float>().ToArray(), mixed = between.Parameters[name].AsSpan<float>().ToArray();
            Assert.All(mixed.Index(), number => Assert.Equal(((1 - alpha) * one[number.Index]) + (alpha * other[number.Index]), number.Item, alpha is 0 or 1 ? 0 : 1e-6));
        }

        Assert.False(first.Parameters["image.projection"].AsSpan<float>().SequenceEqual(second.Parameters["image.projection"].AsSpan<float>()));
        using ClipEmbedder embedder = ClipEmbedder.Load(folder);
        Assert.Single(Enumerable.Range(0, embedder.EmbedTexts(["a red disc"]).Count));
    }

    [Fact]
    public void TheBiasOfASigmoidLossLiesBetweenTooWhereBothHaveOne()
    {
        string start = Train(Settings with { Steps = 1, Loss = LossKind.Sigmoid }), folder = TestFolder.New(), other = TestFolder.New();
        string fineTuned = Train(Tuning(start) with { Steps = 5, LearningRate = 0.1, Loss = LossKind.Sigmoid });

        WeightInterpolation.Write(start, fineTuned, 0.25, folder);
        WeightInterpolation.Write(Models.Value.Start, fineTuned, 0.25, other);

        using ClipModel first = Load(start), second = Load(fineTuned), between = Load(folder), apart = Load(other);
        Assert.NotEqual(first.LogitBias, second.LogitBias);
        Assert.Equal((0.75f * first.LogitBias!.Value) + (0.25f * second.LogitBias!.Value), between.LogitBias!.Value, 1e-5f);
        Assert.Null(apart.LogitBias);
    }

    [Fact]
    public void ModelsOfDifferentArchitecturesHaveNothingBetweenThem()
    {
        string other = Train(Settings with { Steps = 1, Model = Settings.Model with { ImageLayers = 1 } });

        Assert.Contains("of different architectures", Assert.Throws<InvalidDataException>(() => WeightInterpolation.Write(Models.Value.Start, other, 0.5, TestFolder.New())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WeightInterpolation.Write(Models.Value.Start, Models.Value.FineTuned, 1.5, TestFolder.New()));
    }

    private static ClipModel Load(string path) => ClipModel.Load(path, new Engine(new()));
}
