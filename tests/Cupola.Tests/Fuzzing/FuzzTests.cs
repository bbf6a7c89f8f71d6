namespace Cupola.Tests.Fuzzing;

/// <summary>
/// Everything that is read from a file is hostile until it is read: whatever stands in it, what comes of it is a value or a
/// sentence, on bounded memory. A few seconds as a test; as long as one likes by hand (CONTRIBUTING.md says how).
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyList<FuzzTarget>> Targets = new(static () =>
        [
            .. ModelTargets.All(),
            .. DataTargets.All(),
            .. TextTargets.All(),
            .. TrainingTargets.All(),
            CacheTarget.Create(),
            .. StreamTargets.All(),
        ]
    );

    public static TheoryData<string> Kinds =>
        [
            "safetensors",
            "torch",
            "weights",
            "shards of weights",
            "config.json",
            "preprocessor_config.json",
            "processor_config.json",
            "open_clip_config.json",
            "tokenizer.json",
            "vocab.json",
            "merges.txt",
            "bpe.gz",
            "images",
            "csv",
            "tsv",
            "jsonl",
            "tar",
            "prompts",
            "labels",
            "templates",
            "questions",
            "journal",
            "classifier",
            "settings",
            "run.json",
            "checkpoint.safetensors",
            "log.jsonl",
            "cache",
            "stream",
            "answer",
            "refusal",
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhateverIsInAFileIsAValueOrASentence(string kind)
    {
        if (!FuzzSettings.Includes(kind))
        {
            return;
        }

        FuzzTarget target = Targets.Value.Single(target => target.Kind == kind);
        FuzzRoom room = new(target);
        if (FuzzSettings.Replay is { } path)
        {
            FuzzOutcome outcome = room.Replay(path);
            output.WriteLine(outcome.Refusal ?? "It was accepted.");
            Assert.Null(outcome.Finding);
            return;
        }

        TimeSpan? time = FuzzSettings.Time / Kinds.Count(static row => FuzzSettings.Includes(row.Data));
        FuzzCounts counts = room.Run(FuzzSettings.UsualInputs, time, TestContext.Current.CancellationToken);
        output.WriteLine(counts.ToString());
        if (FuzzSettings.Time is not null)
        {
            Directory.CreateDirectory(FuzzSettings.Findings);
            File.AppendAllText(Path.Combine(FuzzSettings.Findings, "counts.txt"), $"{counts}{Environment.NewLine}");
        }

        string faults = string.Join(Environment.NewLine, room.Faults);
        Assert.True(counts.Findings == 0, $"{counts}; kept in {FuzzSettings.Findings}: {faults}");
    }

    [Fact]
    public void EachTargetAcceptsTheGoodInputsOfWhichTheBadOnesAreMade()
    {
        foreach (FuzzTarget target in Targets.Value.Where(static target => FuzzSettings.Includes(target.Kind)))
        {
            FuzzRoom room = new(target);
            Assert.All(target.Seeds, seed =>
            {
                FuzzOutcome outcome = room.Read(seed);
                string told = $"{target.Kind}, {seed.FileName}: {outcome.Finding ?? outcome.Refusal}";
                Assert.True(outcome is { Refusal: null, Finding: null }, told);
            });
        }
    }

    [Fact]
    public void EachKindIsATest() =>
        Assert.Equal(Kinds.Select(static row => row.Data), Targets.Value.Select(static target => target.Kind));
}
