using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>
/// Checkpoints that users of neighbouring projects could not load (shared folder, reports/07 to 09), by the tool.
/// </summary>
public sealed class ReportedModelsTests
{
    public static TheoryData<string> Folders =>
        [
            "08-training-checkpoints/00-plain",
            "08-training-checkpoints/01-state_dict",
            "08-training-checkpoints/02-model_state_dict",
            "08-training-checkpoints/04-lightning",
            "08-training-checkpoints/06-compiled",
            "08-training-checkpoints/09-safetensors-module",
            "08-training-checkpoints/12-logit_scale-of-one-element",
            "09-pickle-with-other-objects/01-numpy-number",
            "09-pickle-with-other-objects/03-namespace",
            "09-pickle-with-other-objects/05-set",
            "09-pickle-with-other-objects/06-tuple-as-key",
        ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void EveryWrappingOfTheModelGivesItsAnswer(string folder) =>
        Check(folder, ("airplane", 0.49722), ("cat", 0.29880), ("ship", 0.20398));

    [Theory]
    [InlineData("saved-by-4")]
    [InlineData("saved-by-5")]
    public void BothFilesOfThePreprocessingGiveTheAnswer(string folder) =>
        Check($"07-processor_config/{folder}", ("airplane", 0.4780), ("cat", 0.3087), ("ship", 0.2133));

    [Fact]
    public void OpenAisNamesInATrainingCheckpointGiveTheAnswer() =>
        Check("08-training-checkpoints/16-openai-names", ("ship", 0.37959), ("cat", 0.33800), ("airplane", 0.28242));

    private static void Check(string folder, params (string Label, double Probability)[] expected)
    {
        string model = SharedFolder.Need(["reports", .. folder.Split('/')]);
        Tool.Run run = Tool.Start(
            "classify",
            SharedFolder.Need("data", "photos", "rocket.jpg"),
            "--labels",
            "airplane,cat,ship",
            "--model",
            model,
            "--format",
            "json"
        );

        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement[] predictions =
        [
            .. JsonDocument.Parse(Assert.Single(run.Lines)).RootElement.GetProperty("predictions").EnumerateArray(),
        ];
        Assert.Equal(
            expected.Select(static entry => entry.Label),
            predictions.Select(static entry => entry.GetProperty("label").GetString())
        );
        Assert.All(expected.Zip(predictions), static pair =>
            Assert.Equal(pair.First.Probability, pair.Second.GetProperty("probability").GetDouble(), 5e-5)
        );
    }
}
