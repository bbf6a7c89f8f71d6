using System.Text.Json.Nodes;
using Cupola.Tests.Training.Run;

namespace Cupola.Tests.Cli;

/// <summary>
/// The tool under other languages of the machine: decimal commas, dots and spaces as the thousands' mark, a minus that is no
/// hyphen, a dotless i. What is read and what is written is the same, to the byte.
/// </summary>
public sealed class LanguageTests
{
    private static readonly string Images = Path.GetDirectoryName(TrainingFixture.Table)!;

    private static readonly string Labeled = Dataset();

    private static readonly string[][] Commands =
    [
        ["classify", Path.Combine(Images, "0.bmp"), "--labels", "a red disc,an İ", "--threshold", "0.05", "--explain", "PAGE"],
        ["classify", Path.Combine(Images, "0.bmp"), "--labels", "a red disc,an İ", "--threshold", "0.05", "--format", "json"],
        ["classify", Path.Combine(Images, "0.bmp"), "--labels", "a red disc,an İ", "--threshold", "0.05", "--format", "csv"],
        ["prompts", "influence", Path.Combine(Images, "0.bmp"), "--labels", "red,blue", "--templates", "imagenet-7"],
        ["evaluate", Labeled, "--no-cache", "--template", "a {} disc", "--templates", "imagenet-7", "--report", "PAGE"],
        ["evaluate", Labeled, "--no-cache", "--format", "csv"],
        ["explain", Path.Combine(Images, "0.bmp"), "--text", "KIZIL İ", "--format", "csv"],
        ["embed", "texts", "KIZIL İ", "--format", "csv"],
        ["inspect", "model"],
    ];

    private static readonly Lazy<string[]> Expected = new(static () =>
        [.. Commands.Select(static command => Told("C", command))]
    );

    private static readonly Lazy<string> ExpectedRun = new(static () => Trained("C"));

    [Theory]
    [InlineData("de_DE")]
    [InlineData("fa_IR")]
    public void EveryVerbSaysTheSameBytes(string language) =>
        Assert.All(Commands.Zip(Expected.Value), pair => Assert.Equal(pair.Second, Told(language, pair.First)));

    [Theory]
    [InlineData("fr_FR")]
    [InlineData("tr_TR")]
    [InlineData("pt_BR")]
    [InlineData("sv_SE")]
    public void AThresholdIsWhatItSays(string language) => Assert.Equal(Expected.Value[0], Told(language, Commands[0]));

    [Theory]
    [InlineData("de_DE")]
    [InlineData("fr_FR")]
    [InlineData("sv_SE")]
    public void ALearningRateIsWhatItSays(string language)
    {
        Assert.Contains("\"learningRate\":0.0005}", ExpectedRun.Value, StringComparison.Ordinal);
        Assert.Equal(ExpectedRun.Value, Trained(language));
    }

    /// <summary>All that a command says, and the page it writes.</summary>
    private static string Told(string language, string[] command)
    {
        string page = TestFolder.NewFile("page.html");
        Tool.Run run = Run(language, [.. command.Select(word => word == "PAGE" ? page : word), "--threads", "2"]);
        return string.Join("\n", run.ExitCode, run.Output, run.Error, File.Exists(page) ? File.ReadAllText(page) : "");
    }

    /// <summary>The files of a run, but for what depends on the clock.</summary>
    private static string Trained(string language)
    {
        string folder = TestFolder.New(),
            run = Path.Combine(folder, "run"),
            settings = Path.Combine(folder, "settings.json");
        File.WriteAllText(
            settings,
            """
            { "batch": 8, "steps": 3, "logEvery": 1, "weightDecay": 0.25, "model": { "imageSize": 16, "imageWidth": 32,
              "imageLayers": 1, "textWidth": 32, "textLayers": 1, "contextLength": 16, "vocabulary": 540,
              "embeddingDimension": 16 } }
            """
        );
        Tool.Run trained = Run(
            language,
            [
                "train",
                TrainingFixture.Table,
                "-o",
                run,
                "--config",
                settings,
                "--learning-rate",
                "0.0005",
                "--evaluate",
                Labeled,
                "--threads",
                "2",
            ]
        );
        string log = string.Join(
            "\n",
            File.ReadLines(Path.Combine(run, "log.jsonl"))
                .Select(static line =>
                {
                    JsonObject step = JsonNode.Parse(line)!.AsObject();
                    step.Remove("pairsPerSecond");
                    return step.ToJsonString();
                })
        );
        return string.Join(
            "\n",
            trained.ExitCode,
            trained.Error.Replace(run, "run", StringComparison.Ordinal),
            log,
            File.ReadAllText(Path.Combine(run, "run.json")),
            File.ReadAllText(Path.Combine(run, "evaluations.jsonl"))
        );
    }

    private static Tool.Run Run(string language, string[] command) =>
        Tool.StartWith(new() { ["LC_ALL"] = $"{language}.UTF-8", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0" }, command);

    private static string Dataset()
    {
        string folder = TestFolder.New();
        foreach ((string label, int image) in new[] { ("red", 0), ("red", 6), ("green", 1) })
        {
            Directory.CreateDirectory(Path.Combine(folder, label));
            File.Copy(Path.Combine(Images, $"{image}.bmp"), Path.Combine(folder, label, $"{image}.bmp"));
        }

        return folder;
    }
}
