using Cupola.Checkpoints;
using Cupola.Files;
using Cupola.Graphs;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

/// <summary>What a run reads and writes: images that fail, damaged files, and numbers of half precision.</summary>
public sealed class TrainerFilesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("checkpoint.safetensors")]
    [InlineData("run.json")]
    public void ADamagedRunIsASentence(string file)
    {
        string run = Train(Settings with { Steps = 2 }),
            path = Path.Combine(run, file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^10]);

        Assert.Contains(
            file,
            Assert.Throws<InvalidDataException>(() => Open(run, Settings with { Steps = 2 })).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    public void TheImageThatCannotBeReadIsNamedOnceAndTheRestLearns(int? hardNegatives)
    {
        string table = WriteTable(12),
            run = TestFolder.New();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(table)!, "5.bmp"), "no image");
        List<string> broken = [];
        using Trainer trainer = Open(run, Settings with { Steps = 9, Batch = 4, HardNegatives = hardNegatives }, table);

        trainer.Run(logger: new SentenceLogger(broken.Add), cancellationToken: Cancellation);

        Assert.Contains("5.bmp", Assert.Single(broken), StringComparison.Ordinal);
        Assert.Equal(9, trainer.Step);
    }

    [Fact]
    public void HalfPrecisionHalvesTheFileAndARunGoesOnFromAllDigits()
    {
        TrainingSettings half = Settings with { Run = Settings.Run with { WeightsType = WeightsType.Float16 } };
        string run = Train(half),
            whole = Train(Settings);

        using SafetensorsFile stored = new(Path.Combine(run, "model.safetensors"));
        Assert.All(stored.Tensors.Values, static tensor => Assert.Equal(ElementType.Float16, tensor.Type));
        Assert.Equal(Bytes(whole).Checkpoint, Bytes(run).Checkpoint);
    }
}
