using Cupola.Checkpoints;
using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Models.Layers;
using Cupola.Runtime;
using Cupola.Training.Optimization;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Optimization;

/// <summary>Trainings of models whose image tower is a residual network.</summary>
public sealed class ResidualNetworkTrainingTests
{
    private const string Weights = "open_clip_model.safetensors";
    private const string FirstMean = "visual.bn1.running_mean";
    private const string LastMean = "visual.layer4.0.bn3.running_mean";

    private static readonly TrainingSettings ResNet = Settings with
    {
        Model = Settings.Model with { Stages = [1, 1, 1, 1], ImageWidth = 4, ImageSize = 64 },
    };

    [Fact]
    public void AResidualNetworkLearnsFromNothingAndItsRunIsAModelInOpenClipsLayout()
    {
        string run = Train(
            ResNet with
            {
                Steps = 60,
                Optimizer = ResNet.Optimizer with { LearningRate = 3e-3 },
                Run = ResNet.Run with { LogEvery = 30, CheckpointMinutes = 1000 },
                Augmentation = ResNet.Augmentation with { MinimumScale = 1 },
            }
        );

        IReadOnlyList<LoggedStep> log = Log(run);
        Assert.True(log[^1].Loss < 0.5 * log[0].Loss, $"The loss went from {log[0].Loss} to {log[^1].Loss}.");
        Assert.Contains(Read(run, FirstMean), static mean => mean != 0);
        using ClipEmbedder embedder = ClipEmbedder.Load(run);
        Assert.IsType<ResNetConfig>(embedder.Config.Image);
        Assert.Equal(16, embedder.EmbedTexts(["a red disc"])[0].Length);
    }

    [Fact]
    public void ARunThatIsStoppedAndGoesOnGivesTheSameBytesRunningStatisticsIncluded()
    {
        TrainingSettings settings = ResNet with
        {
            Optimizer = ResNet.Optimizer with { EmaDecay = 0.9 },
            Memory = ResNet.Memory with { MicroBatchSize = 3 },
            Run = ResNet.Run with { CheckpointMinutes = 1000 },
            Model = ResNet.Model with { ImageWidth = 16 },
        };
        string undisturbed = Train(settings),
            stopped = TestFolder.New();
        using (Trainer trainer = Open(stopped, settings))
        {
            using CancellationTokenSource stop = new();
            Assert.Throws<OperationCanceledException>(() =>
                trainer.Run(
                    new Heard<TrainingProgress>(made =>
                    {
                        if (made.Step == 4)
                        {
                            stop.Cancel();
                        }
                    }),
                    cancellationToken: stop.Token
                )
            );
        }

        using (Trainer rest = Open(stopped, settings, threads: 1))
        {
            rest.Run(cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(File.ReadAllBytes(Path.Combine(undisturbed, Weights)), File.ReadAllBytes(Path.Combine(stopped, Weights)));
    }

    [Fact]
    public void AFineTunedModelKeepsItsRunningStatisticsUnlessTheyAreToFollow()
    {
        string start = Train(ResNet);

        TrainingSettings tuning = Tuning(start) with { Steps = 3 };
        string kept = Train(tuning),
            followed = Train(tuning with { FreezeBatchNorm = false }),
            stem = Train(tuning with { FreezeBatchNorm = false, Frozen = ["image.stem"] });

        Assert.Equal(Read(start, FirstMean), Read(kept, FirstMean));
        Assert.NotEqual(Read(start, "visual.bn1.weight"), Read(kept, "visual.bn1.weight"));
        Assert.NotEqual(Read(start, FirstMean), Read(followed, FirstMean));
        Assert.Equal(Read(start, FirstMean), Read(stem, FirstMean));
        Assert.NotEqual(Read(start, LastMean), Read(stem, LastMean));
    }

    [Fact]
    public void AStepOfSeveralRunsCountsOnceWithTheMeanOverItsImages()
    {
        const string Name = "image.stem.1.batch_norm.running_mean";
        using TrainableParameters parameters = new(
            [new ParameterScope().Parameter(Name, [2], Initialization.Zeros, ParameterKind.Statistic)],
            static _ => new float[] { 10, -10 },
            isFrozen: static _ => false
        );
        StepStatistics step = new(parameters, [Name], images: [3, 1]);
        using Tensor first = Tensor.Of<float>(ElementType.Float32, [1, 2], 2),
            second = Tensor.Of<float>(ElementType.Float32, [5, 6], 2);

        step.Take(1, [second]);
        step.Take(0, [first]);
        step.MoveRunning(new Alone(), counts: [2]);

        Assert.Equal([9.2f, -8.7f], parameters.Values[Name].AsSpan<float>().ToArray());
        Assert.Equal([Name], parameters.Statistics);
        Assert.Empty(parameters.Gradients);
    }

    [Fact]
    public void ARunOfOneImageWhoseLastMapHasOnePlaceStaysANumber()
    {
        string run = Train(
            ResNet with
            {
                Batch = 2,
                Memory = ResNet.Memory with { MicroBatchSize = 1 },
                Steps = 2,
                Model = ResNet.Model with { ImageSize = 32 },
            }
        );

        Assert.All(Read(run, "visual.layer4.0.bn3.running_var"), static variance => Assert.True(float.IsFinite(variance)));
    }

    [Fact]
    public void AStatisticOfWhichHalfIsFrozenStaysAsItIs()
    {
        string start = Train(ResNet),
            run = Train(
                Tuning(start) with
                {
                    Steps = 2,
                    FreezeBatchNorm = false,
                    Frozen = ["image.stem.1.batch_norm.running_variance"],
                }
            );

        Assert.Equal(Read(start, FirstMean), Read(run, FirstMean));
        Assert.Equal(Read(start, "visual.bn1.running_var"), Read(run, "visual.bn1.running_var"));
        Assert.NotEqual(Read(start, LastMean), Read(run, LastMean));
    }

    [Fact]
    public void FrozenStatisticsOfAVisionTransformerAreASentence() =>
        Assert.Contains(
            "which has none",
            Assert
                .Throws<ArgumentException>(static () => Open(TestFolder.New(), Settings with { FreezeBatchNorm = true }))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("{\"model\": {\"stages\": [1, 1, 1], \"imageSize\": 64}}", "'model.stages' has 3 entries")]
    [InlineData("{\"model\": {\"stages\": [1, 1, 1, 1]}}", "'model.imageSize' is 48")]
    [InlineData("{\"model\": {\"stages\": [1, 1, 1, 1], \"imageSize\": 64, \"imageWidth\": 5}}", "'model.imageWidth' is 5")]
    public void AResidualNetworkThatCannotBeIsASentence(string json, string sentence)
    {
        string file = TestFolder.NewFile("settings.json");
        File.WriteAllText(file, json);

        Assert.Contains(
            sentence,
            Assert.Throws<ArgumentException>(() => new TrainingSettings().With(file).Checked()).Message,
            StringComparison.Ordinal
        );
    }

    private static float[] Read(string run, string tensor)
    {
        using SafetensorsFile file = new(Path.Combine(run, Weights));
        var values = new float[file.Tensors[tensor].ElementCount];
        file.Tensors[tensor].CopyTo(values);
        return values;
    }
}
