using Cupola.Checkpoints;
using Cupola.Collectives;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Tests.Cli;
using Cupola.Tests.Models;
using Cupola.Tests.Training.Optimization;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Collectives;

/// <summary>The reference's gradients, found by ranks together.</summary>
public sealed class MpiParityTests
{
    [Theory]
    [InlineData("openmpi", 2)]
    [InlineData("mpich", 2)]
    [InlineData("openmpi", 3)]
    public void RanksFindTheGradientsOfTheReference(string family, int ranks)
    {
        _ = ParityModel.Find("vit", "train.safetensors");
        Tool.Run run = MpiProgram.StartTests(
            family,
            ranks,
            "-method",
            $"{typeof(MpiParityTests).FullName}.{nameof(TheRanksThatThereAreFindTheGradientsOfTheReference)}"
        );

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("Total: 1,", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Skipped: 1", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Under mpirun, this process is one rank of several; else it is alone.</summary>
    [Fact]
    public void TheRanksThatThereAreFindTheGradientsOfTheReference()
    {
        using TensorFile golden = TensorFile.Open(ParityModel.Find("vit", "train.safetensors"));
        using ClipModel start = TrainingParityTests.Open("vit");
        using TrainableParameters parameters = TrainableParameters.CopyFrom(start, isFrozen: static _ => false);
        using ICollective ranks = Collective.Open();
        using TrainableClip clip = new(
            new Engine(new() { Threads = 1 }),
            start.Config,
            start.Preprocessing,
            parameters,
            ImageForm.PixelValues,
            new(MicroBatchSize: 2, MicroBatchTokens: start.Config.Text.ContextLength),
            LossKind.InfoNce,
            maskSameLabel: false,
            ranks
        );
        int[][] texts = TrainingParityTests.Texts(golden, step: 0);
        using Tensor images = TrainingParityTests.Images(golden, step: 0);
        (int first, int end) = clip.PairsOf(texts.Length);
        Assert.Equal(texts.Length, ranks.AllGather(end - first).Sum());

        double loss = clip.Differentiate(images.Rows(first, end - first), texts);

        Assert.Equal(TrainingParityTests.Read(golden, "losses")[0], loss, 1e-5);
        Assert.All(TrainingParityTests.Golden(golden, "grad.", resNet: false), gradient =>
            TrainingParityTests.Near(gradient.Name, gradient.Values, gradient.Largest, parameters.Gradients[gradient.Name], 2e-5f)
        );
    }
}
