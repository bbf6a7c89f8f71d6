using System.Text.Json;
using Cupola.Data;
using Cupola.Files;
using FlagWorld;
using FlagWorld.Designs;
using FlagWorld.Grammar;
using FlagWorld.Output;
using FlagWorld.Phrasing;
using FlagWorld.Real;

namespace Cupola.Tests.Flags;

public sealed class RandomPairsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void EqualSeedsGiveEqualShardsAndALongerRunBeginsAsAShorterOne()
    {
        (string few, string many, string other) = (TestFolder.New(), TestFolder.New(), TestFolder.New());
        Write(new ShardWriter(few), 40, seed: 4);
        Write(new ShardWriter(many), 90, seed: 4);
        Write(new ShardWriter(other), 40, seed: 5);

        byte[] shorter = File.ReadAllBytes(Path.Combine(few, "flags-000000.tar")),
            longer = File.ReadAllBytes(Path.Combine(many, "flags-000000.tar"));
        // Two blocks of zeros, and what fills the last record, end an archive.
        int length = shorter.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        Assert.Equal(shorter[..length], longer[..length]);
        Assert.NotEqual(shorter[..length], File.ReadAllBytes(Path.Combine(other, "flags-000000.tar"))[..length]);
    }

    [Fact]
    public void AFolderHoldsTheImagesAndCaptionsOfTheShards()
    {
        (string shards, string folder) = (TestFolder.New(), TestFolder.New());
        Write(new ShardWriter(shards), 30, seed: 4);
        Write(new FolderWriter(folder), 30, seed: 4);

        List<(byte[] Image, string Captions)> samples = [];
        foreach (
            ShardSample sample in ShardSample.Read(Path.Combine(shards, "flags-000000.tar"), new SentenceLogger(Assert.Fail))
        )
        {
            using JsonDocument json = JsonDocument.Parse(sample.Text("json")!);
            samples.Add((sample.Image!.Read(Cancellation), json.RootElement.GetProperty("caption").GetRawText()));
        }

        JsonElement[] lines =
        [
            .. File.ReadLines(Path.Combine(folder, "captions.jsonl"))
                .Select(static line => JsonSerializer.Deserialize<JsonElement>(line)),
        ];
        Assert.Equal(samples.Select(sample => sample.Captions), lines.Select(line => line.GetProperty("caption").GetRawText()));
        Assert.Equal(
            samples.Select(sample => sample.Image),
            lines.Select(line => File.ReadAllBytes(Path.Combine(folder, line.GetProperty("image").GetString()!)))
        );
        Assert.Equal(30, samples.Count);
    }

    [Fact]
    public void DistinctPairsShowEachCombinationOnce()
    {
        string folder = TestFolder.New();
        Write(new FolderWriter(folder), 500, seed: 4, distinct: true);

        (CounterRandom Random, Design Design)[] drawn =
        [
            .. Enumerable
                .Range(0, 700)
                .Select(number => new CounterRandom(4, (ulong)number))
                .Select(random => (random, DesignStream.Draw(random.Fork(0), Share.Training))),
        ];
        Assert.True(
            drawn.Take(500).DistinctBy(each => each.Design.Key).Count() < 500,
            "No combination came twice, so the test proves nothing."
        );
        Assert.Equal(
            drawn
                .DistinctBy(each => each.Design.Key)
                .Take(500)
                .Select(each => Captions.Write(each.Design, 3, each.Random.Fork(2))),
            File.ReadLines(Path.Combine(folder, "captions.jsonl"))
                .Select(static line =>
                    JsonSerializer.Deserialize<JsonElement>(line).GetProperty("caption").Deserialize<string[]>()!
                )
        );
    }

    [Fact]
    public void HeldOutCombinationsAreALabeledTableWithSentencesForEachLabel()
    {
        string folder = TestFolder.New();
        HeldOutCombinations.Write(folder, 20, 3, seed: 1, size: 32, Cancellation);

        LabeledImages dataset = LabeledImages.Open(Path.Combine(folder, "labels.csv"));
        Assert.Equal(60, dataset.Read(new SentenceLogger(Assert.Fail)).Count());
        Assert.Equal(20, dataset.Labels.Count);
        Assert.Equal(
            dataset.Labels.Order(StringComparer.Ordinal),
            PromptSet.Read(Path.Combine(folder, "prompts.json")).ClassNames.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void RealFlagsAreALabeledFolder()
    {
        string folder = TestFolder.New();
        RealFolders.Write(folder, 2, seed: 1, size: 24, Cancellation);

        LabeledImages dataset = LabeledImages.Open(folder);
        Assert.Equal(RealDesigns.All.Select(real => real.Name).Order(StringComparer.Ordinal), dataset.Labels);
        Assert.Equal(2 * dataset.Labels.Count, dataset.Read(new SentenceLogger(Assert.Fail)).Count());
    }

    private static void Write(PairWriter writer, int count, ulong seed, bool distinct = false)
    {
        using (writer)
        {
            RandomPairs.Write(writer, count, seed, Share.Training, captions: 3, size: 24, distinct, Cancellation);
        }
    }
}
