using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Runtime;
using Cupola.Training.Losses;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

/// <summary>What attempts leave behind that did not come far.</summary>
public sealed class TrainingAttemptsTests
{
    [Fact]
    public void AnAttemptThatNeverBeganBindsNoOne()
    {
        string start = Train(Settings with { Steps = 1 }),
            run = TestFolder.New();

        Assert.ThrowsAny<IOException>(() => Open(run, Tuning("no such model")));
        Assert.Throws<ArgumentException>(() => Open(run, Tuning(start) with { Frozen = ["txt"] }));
        Assert.Null(TrainingSettings.ReadRun(run));

        using Trainer trainer = Open(run, Tuning(start));
        Assert.Equal(start, TrainingSettings.ReadRun(run)!.Init);
    }

    [Fact]
    public void ARunThatLostItsCheckpointIsLeftAsItIs()
    {
        string run = Train(Settings with { Steps = 2 });
        byte[] model = Bytes(run).Model;
        File.Delete(Path.Combine(run, "checkpoint.safetensors"));

        Assert.Contains(
            "without its checkpoint",
            Assert.Throws<InvalidDataException>(() => Open(run, Settings with { Steps = 2 })).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(model, File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
    }

    [Fact]
    public void AModelWithoutItsTokenizerIsASentenceThatNamesItsFolder()
    {
        string start = Train(Settings with { Steps = 1 }),
            other = Train(Settings with { Steps = 1, Model = Settings.Model with { Vocabulary = 530 } }),
            run = TestFolder.New();
        foreach (string file in (string[])["tokenizer.json", "vocab.json", "merges.txt"])
        {
            File.Copy(Path.Combine(start, file), Path.Combine(other, file), overwrite: true);
            File.Delete(Path.Combine(start, file));
        }

        Assert.Contains(
            $"There is no tokenizer in {start}",
            Assert.Throws<FileNotFoundException>(() => Open(run, Tuning(start))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"The tokenizer in {other} has 540 tokens, and the model knows 530",
            Assert.Throws<InvalidDataException>(() => Open(run, Tuning(other))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AScaleThatIsFrozenStaysThoughItIsBeyondTheBound()
    {
        string start = Train(Settings with { Steps = 1 }),
            run = TestFolder.New();
        SetScale(start, 4.7f);

        using (Trainer trainer = Open(run, Tuning(start) with { Steps = 2, Frozen = ["logit_scale"] }))
        {
            trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        }

        using ClipEmbedder embedder = ClipEmbedder.Load(run);
        Assert.Equal(4.7f, embedder.LogitScale);
    }

    [Fact]
    public void APieceOfWorkThatFailsLeavesNoMemoryBehind()
    {
        using TensorPool pool = new();

        Assert.Throws<AggregateException>(() => OrderedReduction.Run(20, 2, place =>
            {
                TensorBlock block = pool.Allocate([
                    [1000],
                ]);
                if (place == 2)
                {
                    // Those behind it are ready meanwhile, and wait for it.
                    Thread.Sleep(50);
                    block.Dispose();
                    throw new InvalidOperationException("a piece fails");
                }

                return block.Dispose;
            }));

        pool.Dispose();
        Assert.Equal(0, pool.HeldBytes);
    }

    private static void SetScale(string model, float scale)
    {
        string path = Path.Combine(model, "model.safetensors");
        List<(string, IReadOnlyList<long>, Action<Stream>)> tensors = [];
        using (SafetensorsFile file = new(path))
        {
            foreach ((string name, StoredTensor stored) in file.Tensors)
            {
                float[] numbers = name == "logit_scale" ? [scale] : stored.ToArray<float>();
                tensors.Add(
                    (name, stored.Shape, stream =>
                        stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(numbers))
                    )
                );
            }
        }

        SafetensorsFile.Write(path, ElementType.Float32, tensors, new Dictionary<string, string>());
    }
}
