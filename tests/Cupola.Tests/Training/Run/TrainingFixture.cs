using Cupola.Tests.Images;
using Cupola.Training.Data;
using Cupola.Training.Run;

namespace Cupola.Tests.Training.Run;

/// <summary>Small data and small models for trainings that take moments.</summary>
internal static class TrainingFixture
{
    private static readonly string[] Colors = ["red", "green", "blue", "yellow", "black", "white"];

    private static readonly string[] Shapes = ["disc", "cross", "star", "square", "stripe"];

    private static readonly Lazy<string> Captioned = new(() => WriteTable(30));

    /// <summary>A table of thirty images with a caption each.</summary>
    public static string Table => Captioned.Value;

    /// <summary>Settings of a model that learns a step in a few milliseconds, and saves itself after each.</summary>
    public static TrainingSettings Settings { get; } =
        new()
        {
            Batch = 8,
            Steps = 10,
            Optimizer = new() { LearningRate = 1e-3 },
            Run = new() { LogEvery = 1, CheckpointMinutes = 0 },
            Model = new()
            {
                ImageSize = 16,
                PatchSize = 8,
                ImageWidth = 32,
                ImageLayers = 2,
                TextWidth = 32,
                TextLayers = 1,
                ContextLength = 16,
                Vocabulary = 540,
                EmbeddingDimension = 16,
            },
        };

    /// <summary>The same for a model that is there.</summary>
    public static TrainingSettings Tuning(string model) => Settings with { Init = model, Model = new() };

    /// <summary>A new table of so many images.</summary>
    public static string WriteTable(int count)
    {
        string folder = TestFolder.New();
        List<string> lines = ["image,caption"];
        for (int index = 0; index < count; index++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{index}.bmp"), RandomImage.Bitmap(24, 20, index));
            lines.Add($"{index}.bmp,a {Colors[index % Colors.Length]} {Shapes[index / Colors.Length % Shapes.Length]}");
        }

        string table = Path.Combine(folder, "pairs.csv");
        File.WriteAllLines(table, lines);
        return table;
    }

    /// <summary>A training on the table.</summary>
    public static Trainer Open(
        string run,
        TrainingSettings? settings = null,
        string? table = null,
        int threads = 2,
        Func<ClipEmbedder, CancellationToken, ModelScore>? evaluate = null
    ) => Trainer.Open(run, "pairs.csv", TrainingPairs.Read(table ?? Table), settings ?? Settings, evaluate, threads: threads);

    /// <summary>Trains from the beginning to the end.</summary>
    public static string Train(TrainingSettings settings, int threads = 2)
    {
        string run = TestFolder.New();
        using Trainer trainer = Open(run, settings, threads: threads);
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        return run;
    }

    /// <summary>The bytes by which two runs are compared.</summary>
    public static (byte[] Model, byte[] Checkpoint) Bytes(string run) =>
        (
            File.ReadAllBytes(Path.Combine(run, "model.safetensors")),
            File.ReadAllBytes(Path.Combine(run, "checkpoint.safetensors"))
        );

    /// <summary>The log without what depends on the clock.</summary>
    public static IReadOnlyList<LoggedStep> Log(string run) =>
        [.. TrainingLog<LoggedStep>.Read(Path.Combine(run, "log.jsonl")).Select(static line => line with { PairsPerSecond = 0 })];
}
