using Cupola.Evaluation;
using Cupola.Training.Data;
using Cupola.Training.Losses;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

/// <summary>How a run is evaluated while it learns, and when it stops early.</summary>
public sealed class TrainerEvaluationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void TrainingStopsWhenEvaluationsGetNoBetterAndTheBestModelIsKept()
    {
        string run = TestFolder.New();
        double[] losses = [3, 2, 2.5, 2.4, 1];
        List<byte[]> models = [];
        List<LoggedEvaluation> told = [];
        // 30 pairs in batches of 8: three steps an epoch.
        using Trainer trainer = Open(
            run,
            Settings with
            {
                Steps = 15,
                Run = Settings.Run with { Patience = 2 },
            },
            evaluate: Evaluate
        );
        trainer.Run(EvaluationsInto(told), cancellationToken: Cancellation);

        Assert.True(trainer.StoppedEarly);
        Assert.Equal(12, trainer.Step);
        Assert.Equal([3L, 6, 9, 12], told.Select(static line => line.Step));
        Assert.Equal(losses[..4], told.Select(static line => line.ValidationLoss!.Value));
        Assert.Equal(models[1], Bytes(run).Model);
        Assert.NotEqual(models[3], Bytes(run).Model);
        Assert.False(Directory.Exists(Path.Combine(run, "candidate")));
        Assert.Equal(told[1], trainer.KeptEvaluation);
        Assert.Equal(told, TrainingLog<LoggedEvaluation>.Read(Path.Combine(run, "evaluations.jsonl")));

        ModelScore Evaluate(ClipEmbedder embedder, CancellationToken cancellationToken)
        {
            models.Add(File.ReadAllBytes(embedder.WeightsPath));
            return new(losses[models.Count - 1], null);
        }
    }

    [Fact]
    public void PatienceWithoutAnythingToJudgeByIsRefusedBeforeTheFolderIsBegun()
    {
        string run = Path.Combine(TestFolder.New(), "run");

        string message = Assert
            .Throws<ArgumentException>(() => Open(run, Settings with { Run = Settings.Run with { Patience = 2 } }))
            .Message;

        Assert.Contains("'patience' stops when evaluations get no better, and there are none", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void AnEvaluationThatIsInterruptedIsMadeWhenTheRunGoesOn()
    {
        TrainingSettings settings = Settings with { Steps = 6, Run = Settings.Run with { EvaluateEvery = 1 } };
        string run = TestFolder.New();
        using (Trainer trainer = Open(run, settings, evaluate: static (_, _) => throw new OperationCanceledException()))
        {
            Assert.Throws<OperationCanceledException>(() => trainer.Run(cancellationToken: Cancellation));
            Assert.Equal(3, trainer.Step);
        }

        List<LoggedEvaluation> told = [];
        using (Trainer trainer = Open(run, settings, evaluate: static (_, _) => new(null, new Accuracy(7, 10))))
        {
            trainer.Run(EvaluationsInto(told), cancellationToken: Cancellation);
        }

        Assert.Equal([3L, 6], told.Select(static line => line.Step));
        Assert.All(told, line =>
            Assert.Equal(
                (0.7, WilsonInterval.Compute(7, 10).Low, WilsonInterval.Compute(7, 10).High, 10),
                (line.Top1, line.Top1Low, line.Top1High, line.Images)
            )
        );
    }

    [Theory]
    [InlineData(LossKind.InfoNce, true)]
    [InlineData(LossKind.InfoNce, false)]
    [InlineData(LossKind.SigLip, true)]
    [InlineData(LossKind.SigLip, false)]
    public void TheValidationLossIsTheTrainingLossOfAModelThatDoesNotLearn(LossKind loss, bool maskSameLabel)
    {
        // Eight pairs in one batch, without augmentation and with a learning rate that changes nothing: both look at the same.
        string table = WriteTable(8),
            run = TestFolder.New();
        TrainingSettings settings = Settings with
        {
            Steps = 1,
            Augmentation = Settings.Augmentation with { MinimumScale = 1 },
            Optimizer = Settings.Optimizer with { LearningRate = 1e-30 },
            Run = Settings.Run with { EvaluateEvery = 1 },
            Loss = loss,
            MaskSameLabel = maskSameLabel,
        };
        ValidationLoss validation = new(TrainingPairs.Read(table), settings, threads: 2);
        List<LoggedEvaluation> told = [];
        using Trainer trainer = Open(run, settings, table, evaluate: (embedder, cancellationToken) =>
            new(validation.Compute(embedder, cancellationToken), null)
        );
        trainer.Run(EvaluationsInto(told), cancellationToken: Cancellation);

        Assert.Equal(Assert.Single(Log(run)).Loss, Assert.Single(told).ValidationLoss!.Value, 1e-5);
    }

    private static Heard<TrainingProgress> EvaluationsInto(List<LoggedEvaluation> told) =>
        new(made =>
        {
            if (made.Evaluated is { } line)
            {
                told.Add(line);
            }
        });
}
