using Cupola.Tests.Training.Run;

namespace Cupola.Tests.Cli;

/// <summary>One label to choose from is always the answer, and that is said.</summary>
public sealed class SingleLabelTests
{
    private const string Note = "There is one label only, 'a red disc', so it is the answer whatever an image shows; ";

    private static string Image => Path.Combine(Path.GetDirectoryName(TrainingFixture.Table)!, "0.bmp");

    [Fact]
    public void ItIsSaidHoweverTheLabelCame()
    {
        string list = TestFolder.NewFile("labels.txt"),
            prompts = TestFolder.NewFile("prompts.json");
        string saved = TestFolder.NewFile("saved.safetensors");
        File.WriteAllText(list, "a red disc\n");
        File.WriteAllText(prompts, """{"a red disc":["A disc that is red.","Red."]}""");
        string folder = Directory.CreateDirectory(Path.Combine(TestFolder.New(), "a red disc")).FullName;
        File.Copy(Image, Path.Combine(folder, "0.bmp"));

        foreach (
            string[] command in new string[][]
            {
                ["classify", Image, "--labels", "a red disc", "--save-classifier", saved],
                ["classify", Image, "--labels-file", list],
                ["classify", Image, "--prompts", prompts, "--format", "json"],
                ["classify", Image, "--classifier", saved],
                ["evaluate", Path.GetDirectoryName(folder)!, "--no-cache"],
                ["prompts", "influence", Image, "--prompts", prompts],
            }
        )
        {
            Tool.Run run = Tool.Start([.. command, "--threads", "2"]);

            Assert.Equal(0, run.ExitCode);
            Assert.StartsWith(Note, run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.DoesNotContain("one label only", run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--labels", "a red disc", "--multi-label")]
    [InlineData("--labels", "a red disc,a star")]
    public void ItIsNotSaidOfOneThatIsJudgedAloneOrOfTwo(params string[] labels) =>
        Assert.Equal("", Tool.Start(["classify", Image, .. labels, "--threads", "2"]).Error);
}
