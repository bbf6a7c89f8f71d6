using Cupola.Checkpoints;
using Cupola.Cli;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training.Losses;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

/// <summary>Trainings from their first step to their last.</summary>
public sealed class TrainerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, LossKind.InfoNce, true)]
    [InlineData(0.9, null, LossKind.SigLip, true)]
    [InlineData(null, 4, LossKind.InfoNce, false)]
    public void ARunThatIsStoppedAndGoesOnGivesTheSameBytesAndTheSameLog(
        double? average,
        int? hardNegatives,
        LossKind loss,
        bool maskSameLabel
    )
    {
        TrainingSettings settings = Settings with
        {
            Optimizer = Settings.Optimizer with { EmaDecay = average },
            HardNegatives = hardNegatives,
            Loss = loss,
            MaskSameLabel = maskSameLabel,
            Augmentation = Settings.Augmentation with { MinimumScale = 0.5f, ColorJitter = 0.3f },
            Run = Settings.Run with { CheckpointMinutes = 1000 },
        };
        string undisturbed = Train(settings),
            stopped = TestFolder.New();
        // Three steps an epoch: in the middle of one, at its end, and at its beginning.
        foreach (int step in (int[])[1, 4, 6, 7])
        {
            using CancellationTokenSource stop = new();
            using Trainer trainer = Open(stopped, settings);
            Assert.Throws<OperationCanceledException>(() =>
                trainer.Run(new Heard<TrainingProgress>(made => Stop(made.Step, step, stop)), cancellationToken: stop.Token)
            );
            Assert.Equal(step, trainer.Step);
        }

        using (Trainer rest = Open(stopped, settings))
        {
            rest.Run(cancellationToken: Cancellation);
            Assert.True(rest.IsFinished);
        }

        Assert.Equal(Bytes(undisturbed).Model, Bytes(stopped).Model);
        Assert.Equal(Bytes(undisturbed).Checkpoint, Bytes(stopped).Checkpoint);
        Assert.Equal(Log(undisturbed), Log(stopped));
        Assert.Equal(Enumerable.Range(1, 10), Log(stopped).Select(static line => (int)line.Step));
    }

    [Fact]
    public void HardNegativesAreOtherBatchesThanRandomOnesAndTheOldOrderIsNeeded()
    {
        TrainingSettings settings = Settings with { HardNegatives = 4, Steps = 5 };
        string mined = Train(settings),
            random = Train(Settings with { Steps = 5 });
        Assert.NotEqual(Bytes(random).Model, Bytes(mined).Model);

        string run = TestFolder.New();
        using (Trainer trainer = Open(run, settings))
        {
            using CancellationTokenSource stop = new();
            Assert.Throws<OperationCanceledException>(() =>
                trainer.Run(new Heard<TrainingProgress>(made => Stop(made.Step, 4, stop)), cancellationToken: stop.Token)
            );
        }

        File.Delete(Path.Combine(run, "mined.json"));
        using Trainer rest = Open(run, settings);
        Assert.Contains(
            "cannot go on in the middle of an epoch",
            Assert.Throws<InvalidDataException>(() => rest.Run(cancellationToken: Cancellation)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void LinesOfStepsBehindTheCheckpointAreWrittenAgainAndAHalfLineIsDropped()
    {
        string run = Train(Settings),
            log = Path.Combine(run, "log.jsonl");
        IReadOnlyList<LoggedStep> whole = Log(run);
        byte[] checkpoint = Bytes(run).Checkpoint;
        string[] lines = File.ReadAllLines(log);

        // As a crash leaves it: the log of all steps and half a line more, the checkpoint of an earlier step.
        string other = TestFolder.New();
        using (Trainer trainer = Open(other))
        {
            using CancellationTokenSource stop = new();
            Assert.Throws<OperationCanceledException>(() =>
                trainer.Run(new Heard<TrainingProgress>(made => Stop(made.Step, 6, stop)), cancellationToken: stop.Token)
            );
        }

        File.WriteAllText(Path.Combine(other, "log.jsonl"), string.Join('\n', lines) + "\n{\"step\":11,\"ep");
        using (Trainer trainer = Open(other))
        {
            Assert.Equal(6, trainer.Step);
            Assert.Equal(whole.Take(6), Log(other));
            trainer.Run(cancellationToken: Cancellation);
        }

        Assert.Equal(whole, Log(other));
        Assert.Equal(checkpoint, Bytes(other).Checkpoint);
    }

    [Fact]
    public void ARunIsAModelThatLearnedItsPairs()
    {
        string run = Train(
            Settings with
            {
                Steps = 150,
                Optimizer = Settings.Optimizer with { LearningRate = 3e-3 },
                Run = Settings.Run with { LogEvery = 50, CheckpointMinutes = 1000 },
                Augmentation = Settings.Augmentation with { MinimumScale = 1 },
            }
        );

        IReadOnlyList<LoggedStep> log = Log(run);
        Assert.Equal([1L, 50, 100, 150], log.Select(static line => line.Step));
        Assert.True(log[^1].Loss < 0.25 * log[0].Loss, $"The loss went from {log[0].Loss} to {log[^1].Loss}.");
        using ClipEmbedder embedder = ClipEmbedder.Load(run);
        Assert.Equal(540, embedder.Tokenizer.VocabularySize);
        Assert.Equal(16, embedder.EmbedTexts(["a red disc"])[0].Length);
        Assert.Equal(Math.Exp(embedder.LogitScale), log[^1].LogitScale, 1e-4);
        Assert.Contains(
            $"How {Path.GetFileName(run)} was trained",
            File.ReadAllText(Path.Combine(run, "training.html")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WhatComesOutDependsNeitherOnThreadsNorOnMemory()
    {
        // So wide that the engine would cut its sums otherwise, if a run had several threads.
        TrainingSettings wide = Settings with
        {
            Steps = 3,
            Model = Settings.Model with { ImageWidth = 256, EmbeddingDimension = 128 },
        };
        byte[] expected = Bytes(Train(wide)).Model;

        Assert.Equal(expected, Bytes(Train(wide, threads: 1)).Model);
        Assert.Equal(
            expected,
            Bytes(Train(wide with { Memory = wide.Memory with { ActivationMegabytes = 0 } }, threads: 3)).Model
        );
    }

    [Fact]
    public void WhereAnAverageIsKeptItIsTheModel()
    {
        string run = Train(Settings with { Optimizer = Settings.Optimizer with { EmaDecay = 0.9 } });

        using SafetensorsFile checkpoint = new(Path.Combine(run, "checkpoint.safetensors"));
        using ClipModel model = ClipModel.Load(run, new Engine(new()));
        foreach (string name in model.Network.Shapes.Keys)
        {
            float[] stored = model.Parameters[name].AsSpan<float>().ToArray();
            Assert.Equal(checkpoint.Tensors[$"average/{name}"].ToArray<float>(), stored);
            Assert.NotEqual(checkpoint.Tensors[$"parameter/{name}"].ToArray<float>(), stored);
        }

        // It moves: after fewer steps it was elsewhere.
        Assert.NotEqual(
            Bytes(Train(Settings with { Optimizer = Settings.Optimizer with { EmaDecay = 0.9 }, Steps = 1 })).Model,
            Bytes(run).Model
        );
    }

    [Fact]
    public void WhatIsFrozenStaysAndTheRestLearns()
    {
        string start = Train(Settings with { Steps = 1 }),
            run = Train(Tuning(start) with { Frozen = ["text", "image.blocks.0", "logit_scale"] });

        using ClipModel before = ClipModel.Load(start, new Engine(new())),
            after = ClipModel.Load(run, new Engine(new()));
        foreach (string name in before.Network.Shapes.Keys)
        {
            bool isFrozen =
                name == "logit_scale"
                || name.StartsWith("text.", StringComparison.Ordinal)
                || name.StartsWith("image.blocks.0.", StringComparison.Ordinal);
            Assert.Equal(isFrozen, before.Parameters[name].AsSpan<float>().SequenceEqual(after.Parameters[name].AsSpan<float>()));
        }
    }

    [Fact]
    public void ALearningRateThatDivergesStopsWithStepFilesAndTheWayOutAndTheRunIsKept()
    {
        string run = TestFolder.New();
        TrainingSettings settings = Settings with { Optimizer = Settings.Optimizer with { LearningRate = 1e39, WarmUp = 0 } };
        using Trainer trainer = Open(run, settings);
        byte[] before = Bytes(run).Checkpoint;

        string message = FailureSentence.Write(
            Assert.Throws<TrainingDivergedException>(() => trainer.Run(cancellationToken: Cancellation))
        );

        Assert.Contains("astray at step 1: a parameter is no finite number, on ", message, StringComparison.Ordinal);
        Assert.Contains(".bmp, ", message, StringComparison.Ordinal);
        Assert.Contains("and 5 more", message, StringComparison.Ordinal);
        Assert.Contains("begin again with a lower one or a limit", message, StringComparison.Ordinal);
        // A tenth of what is far too high is too high as well, so no more than what a model from nothing begins with is named.
        Assert.Contains("--learning-rate 0.0005;", message, StringComparison.Ordinal);
        Assert.Contains("keeps the checkpoint of step 0", message, StringComparison.Ordinal);
        Assert.Equal(8, File.ReadAllLines(Path.Combine(run, "failed-batch.txt")).Length);
        Assert.Equal(before, Bytes(run).Checkpoint);
    }

    [Fact]
    public void ALossThatIsNoNumberStopsAtItsStep()
    {
        string run = TestFolder.New();
        using Trainer trainer = Open(
            run,
            Settings with
            {
                Optimizer = Settings.Optimizer with { LearningRate = 1e30, WarmUp = 0 },
                Run = Settings.Run with { CheckpointMinutes = 1000 },
            }
        );

        Assert.Contains(
            "astray at step 2: the loss is no finite number",
            Assert.Throws<TrainingDivergedException>(() => trainer.Run(cancellationToken: Cancellation)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ScaleAndBiasOfASigmoidLossBeginAsInThePaperAndGoOnWithTheModel()
    {
        TrainingSettings settings = Settings with
        {
            Loss = LossKind.SigLip,
            MaskSameLabel = false,
            Optimizer = Settings.Optimizer with { LearningRate = 1e-2 },
        };
        TrainingSettings still = settings with
        {
            Steps = 1,
            Optimizer = settings.Optimizer with { LearningRate = 1e-30 },
            Model = new(),
        };
        string clip = Train(Settings),
            first = Train(settings with { Steps = 1, Optimizer = settings.Optimizer with { LearningRate = 1e-30 } }),
            run = Train(settings);
        string tuned = Train(still with { Init = run }),
            taught = Train(still with { Init = clip });

        Assert.Equal((MathF.Log(10), -10f), ScaleAndBias(first));
        Assert.Equal((MathF.Log(10), -10f), ScaleAndBias(taught));
        Assert.NotEqual(-10f, ScaleAndBias(run).Bias);
        Assert.Equal(ScaleAndBias(run), ScaleAndBias(tuned));
        Assert.Null(ScaleAndBias(clip).Bias);
        Assert.True(Log(run)[^1].Loss < Log(run)[0].Loss);

        static (float Scale, float? Bias) ScaleAndBias(string run)
        {
            using ClipEmbedder embedder = ClipEmbedder.Load(run);
            return (embedder.LogitScale, embedder.Model.LogitBias);
        }
    }

    [Fact]
    public void OtherSettingsOrOtherPairsAreNoWayToGoOn()
    {
        string run = Train(Settings with { Steps = 2 });

        string settings = Assert.Throws<InvalidDataException>(() => Open(run, Settings with { Steps = 3, Seed = 4 })).Message;
        Assert.Contains("begun with other settings (steps 2, not 3; seed 0, not 4)", settings, StringComparison.Ordinal);
        string pairs = Assert.Throws<InvalidDataException>(() => Open(run, Settings with { Steps = 2 }, WriteTable(12))).Message;
        Assert.Contains("begun with other pairs: 30 of pairs.csv, where pairs.csv has 12;", pairs, StringComparison.Ordinal);
        Assert.Equal(
            Settings with
            {
                Steps = 2,
                Loss = LossKind.InfoNce,
            },
            TrainingSettings.ReadRun(run)! with
            {
                Frozen = Settings.Frozen,
            }
        );
        Assert.Null(TrainingSettings.ReadRun(TestFolder.New()));
    }

    [Fact]
    public void AFolderOfSomethingElseIsLeftAsItIs()
    {
        string folder = TestFolder.New();
        File.WriteAllText(Path.Combine(folder, "thesis.txt"), "all my work");

        Assert.Contains(
            "holds something else than a run",
            Assert.Throws<IOException>(() => Open(folder)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void TwoTrainingsOfOneRunAreRefused()
    {
        string run = TestFolder.New();
        using Trainer first = Open(run);

        Assert.Contains(
            "in use: another process trains there",
            Assert.Throws<IOException>(() => Open(run)).Message,
            StringComparison.Ordinal
        );
    }

    private static void Stop(long made, int step, CancellationTokenSource stop)
    {
        if (made == step)
        {
            stop.Cancel();
        }
    }
}
