using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training.Losses;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

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

        using ClipModel first = Load(start),
            second = Load(fineTuned),
            between = Load(folder);
        foreach (string name in first.Network.Shapes.Keys)
        {
            float[] one = first.Parameters[name].AsSpan<float>().ToArray(),
                other = second.Parameters[name].AsSpan<float>().ToArray(),
                mixed = between.Parameters[name].AsSpan<float>().ToArray();
            Assert.All(mixed.Index(), number =>
                Assert.Equal(
                    ((1 - alpha) * one[number.Index]) + (alpha * other[number.Index]),
                    number.Item,
                    alpha is 0 or 1 ? 0 : 1e-6
                )
            );
        }

        Assert.False(
            first
                .Parameters["image.projection"]
                .AsSpan<float>()
                .SequenceEqual(second.Parameters["image.projection"].AsSpan<float>())
        );
        using ClipEmbedder embedder = ClipEmbedder.Load(folder);
        Assert.Single(Enumerable.Range(0, embedder.EmbedTexts(["a red disc"]).Count));
    }

    [Fact]
    public void TheBiasOfASigmoidLossLiesBetweenTooWhereBothHaveOne()
    {
        string start = Train(Settings with { Steps = 1, Loss = LossKind.SigLip, MaskSameLabel = false }),
            folder = TestFolder.New(),
            other = TestFolder.New();
        string fineTuned = Train(
            Tuning(start) with
            {
                Steps = 5,
                Optimizer = Tuning(start).Optimizer with { LearningRate = 0.1 },
                Loss = LossKind.SigLip,
                MaskSameLabel = false,
            }
        );

        WeightInterpolation.Write(start, fineTuned, 0.25, folder);
        WeightInterpolation.Write(Models.Value.Start, fineTuned, 0.25, other);

        using ClipModel first = Load(start),
            second = Load(fineTuned),
            between = Load(folder),
            apart = Load(other);
        Assert.NotEqual(first.LogitBias, second.LogitBias);
        Assert.Equal((0.75f * first.LogitBias!.Value) + (0.25f * second.LogitBias!.Value), between.LogitBias!.Value, 1e-5f);
        Assert.Null(apart.LogitBias);
    }

    [Fact]
    public void ModelsOfDifferentArchitecturesHaveNothingBetweenThem()
    {
        string other = Train(Settings with { Steps = 1, Model = Settings.Model with { ImageLayers = 1 } });

        Assert.Contains(
            "of different architectures",
            Assert
                .Throws<InvalidDataException>(() => WeightInterpolation.Write(Models.Value.Start, other, 0.5, TestFolder.New()))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
            WeightInterpolation.Write(Models.Value.Start, Models.Value.FineTuned, 1.5, TestFolder.New())
        );
    }

    [Theory]
    [InlineData("config.json", "quick_gelu", "gelu", "have different activations")]
    [InlineData("preprocessor_config.json", "\"resample\": 3", "\"resample\": 2", "prepare images differently")]
    [InlineData("preprocessor_config.json", "0.48145", "0.5", "prepare images differently")]
    [InlineData("merges.txt", "", "", "have different tokenizers")]
    public void ModelsThatReadOtherwiseHaveNothingBetweenThem(string file, string from, string to, string sentence)
    {
        (string start, string fineTuned) = Models.Value;
        string other = TestFolder.New();
        foreach (string path in Directory.EnumerateFiles(fineTuned))
        {
            File.Copy(path, Path.Combine(other, Path.GetFileName(path)));
        }

        string text = File.ReadAllText(Path.Combine(other, file));
        string changed =
            from.Length > 0
                ? text.Replace(from, to, StringComparison.Ordinal)
                : string.Join('\n', text.Split('\n').SkipLast(2)) + "\n";
        Assert.NotEqual(text, changed);
        File.WriteAllText(Path.Combine(other, file), changed);

        string message = Assert
            .Throws<InvalidDataException>(() => WeightInterpolation.Write(start, other, 0.5, TestFolder.New()))
            .Message;

        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    private static ClipModel Load(string path) => ClipModel.Load(path, new Engine(new()));
}
