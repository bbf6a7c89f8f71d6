using Cupola.Tests.Cli;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Collectives;

/// <summary>Trainings on several ranks under a real mpirun, compared with one process byte by byte.</summary>
public sealed class MpiTrainingTests(MpiTrainingTests.Alone alone) : IClassFixture<MpiTrainingTests.Alone>
{
    private const int Steps = 6;

    /// <summary>So small that each of four ranks has some.</summary>
    private static TrainingSettings Transformer { get; } =
        Settings with
        {
            Batch = 20,
            Steps = Steps,
            Memory = new() { MicroBatchSize = 2, MicroBatchTokens = 20 },
        };

    private static Dictionary<string, TrainingSettings> Cases { get; } =
        new(StringComparer.Ordinal)
        {
            ["transformer"] = Transformer,
            ["batch of its own cut"] = Transformer with { Memory = new(), Batch = 13 },
            ["residual network, frozen statistics"] = Transformer with
            {
                FreezeBatchNorm = true,
                Model = Settings.Model with { Stages = [1, 1, 1, 1], ImageWidth = 4, ImageSize = 64 },
            },
            ["residual network, statistics of micro-batches"] = Transformer with
            {
                FreezeBatchNorm = false,
                Memory = new() { MicroBatchSize = 5 },
                Model = Settings.Model with { Stages = [1, 1, 1, 1], ImageWidth = 4, ImageSize = 64 },
            },
            ["hard negatives, an average, a limit"] = Transformer with
            {
                Batch = 8,
                HardNegatives = 4,
                Optimizer = Settings.Optimizer with { EmaDecay = 0.9, ClipNorm = 0.5 },
                Augmentation = new() { MinimumScale = 0.5f, Flip = true },
            },
            ["sigmoid loss, a frozen tower"] = Transformer with
            {
                Loss = Cupola.Training.Losses.LossKind.SigLip,
                Frozen = ["text"],
            },
        };

    public static TheoryData<string, int, string> Runs =>
        [
            .. from name in Cases.Keys.Index()
            from run in new[] { ("openmpi", 2), ("mpich", 2), ("openmpi", 4), ("mpich", 3) }
            where name.Index == 0 || run == ("openmpi", 4) || run == ("mpich", 3)
            select (run.Item1, run.Item2, name.Item),
        ];

    [Theory]
    [MemberData(nameof(Runs))]
    public void ARunHasTheBytesOfOneProcess(string family, int ranks, string name)
    {
        TrainingSettings settings = Cases[name];
        string run = TestFolder.NewFile("run");
        Tool.Run said = MpiProgram.Start(
            family,
            ranks,
            [],
            [.. Command(run, settings), "--validation", alone.Broken, "--threads", "1", "--format", "json"]
        );

        Assert.True(said.ExitCode == 1, said.Error);
        string expected = alone.Find(name, settings);
        string[] files = [.. Directory.GetFiles(expected, "*.safetensors"), Path.Combine(expected, "evaluations.jsonl")];
        Assert.Equal(3, files.Length);
        Assert.All(files, file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(run, Path.GetFileName(file))))
        );
        Assert.Equal(Log(expected), Log(run));
        Assert.Equal(Steps, said.Lines.Length);
        Assert.Contains($"{ranks} ranks train, by 1 thread each.", said.Error, StringComparison.Ordinal);
        Assert.Single(said.Error.Split('\n'), static line =>
            line.Contains("broken.bmp is not an image", StringComparison.Ordinal)
        );
        Assert.Contains($"\"ranks\": {ranks}", File.ReadAllText(Path.Combine(run, "run.json")), StringComparison.Ordinal);
    }

    /// <summary>The command line of a training whose data holds a broken image.</summary>
    private string[] Command(string run, TrainingSettings settings)
    {
        string file = TestFolder.NewFile("settings.json");
        File.WriteAllText(file, TrainingSettingsFile.ToJson(settings).ToJsonString());
        return ["train", alone.Broken, "-o", run, "--config", file];
    }

    /// <summary>What one process makes of each case.</summary>
    public sealed class Alone
    {
        private readonly Dictionary<string, string> _runs = new(StringComparer.Ordinal);

        /// <summary>A table one of whose images cannot be read.</summary>
        public string Broken { get; } = WriteBroken();

        /// <summary>The run of a case.</summary>
        internal string Find(string name, TrainingSettings settings)
        {
            if (!_runs.TryGetValue(name, out string? run))
            {
                run = TestFolder.NewFile("run");
                string file = TestFolder.NewFile("settings.json");
                File.WriteAllText(file, TrainingSettingsFile.ToJson(settings).ToJsonString());
                Tool.Run said = Tool.Start("train", Broken, "-o", run, "--config", file, "--validation", Broken);
                Assert.True(said.ExitCode == 1, said.Error);
                _runs.Add(name, run);
            }

            return run;
        }

        private static string WriteBroken()
        {
            string table = WriteTable(30);
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(table)!, "broken.bmp"), "no image");
            string[] lines = File.ReadAllLines(table);
            lines[12] = "broken.bmp,a broken star";
            File.WriteAllLines(table, lines);
            return table;
        }
    }
}
