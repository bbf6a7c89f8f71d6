using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary><c>prompts influence</c> as a person starts it.</summary>
public sealed class PromptsInfluenceTests
{
    private static string Model => SharedFolder.Need("models", "photo-tiny");

    private static string Photo => SharedFolder.Need("data", "photos", "rocket.jpg");

    private static string Prompts
    {
        get
        {
            string file = TestFolder.NewFile("prompts.json");
            File.WriteAllText(
                file,
                """{"rocket":["A rocket flies.","A rocket is tall."],"cat":["A cat sits.","Cats purr.","A cat."]}"""
            );
            return file;
        }
    }

    [Theory]
    [InlineData("embedding-mean")]
    [InlineData("score-max")]
    public void ContributionsOfALabelSumToTheCosineThatClassifyPrints(string ensemble)
    {
        string prompts = Prompts;
        Tool.Run classify = Tool.Start(
            "classify",
            Photo,
            "--prompts",
            prompts,
            "--ensemble",
            ensemble,
            "--model",
            Model,
            "--format",
            "json"
        );
        Tool.Run influence = Tool.Start(
            "prompts",
            "influence",
            Photo,
            "--prompts",
            prompts,
            "--ensemble",
            ensemble,
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(0, influence.ExitCode);
        JsonElement[] lines = [.. influence.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(5, lines.Length);
        Assert.All(JsonDocument.Parse(classify.Lines[0]).RootElement.GetProperty("predictions").EnumerateArray(), label =>
            Assert.Equal(
                label.GetProperty("cosine").GetSingle(),
                lines
                    .Where(line => line.GetProperty("label").GetString() == label.GetProperty("label").GetString())
                    .Sum(static line => line.GetProperty("contribution").GetSingle()),
                1e-5f
            )
        );
    }

    [Fact]
    public void AImageThatCannotBeReadIsNamedAndTheOthersAreExplained()
    {
        Tool.Run run = Tool.Start(
            "prompts",
            "influence",
            "no such.jpg",
            Photo,
            "--top",
            "1",
            "--prompts",
            Prompts,
            "--model",
            Model,
            "--format",
            "csv"
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("image,label,prompt,weight,cosine,contribution,error", run.Lines[0].TrimEnd());
        Assert.StartsWith("no such.jpg,,,,,,", run.Lines[1], StringComparison.Ordinal);
        Assert.InRange(run.Lines.Length, 4, 5);
        Assert.Contains("no such.jpg", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ATableNamesTheLabelItsScoreAndThePromptsWithTheMostFirst()
    {
        Tool.Run run = Tool.Start("prompts", "influence", Photo, "--top", "1", "--prompts", Prompts, "--model", Model);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\s+(rocket|cat): score 0\.\d{4}, probability [\d.]+ %, [23] prompts", run.Lines[1]);
        double[] contributions =
        [
            .. run
                .Lines.Skip(3)
                .Select(static line =>
                    double.Parse(
                        line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0],
                        System.Globalization.CultureInfo.InvariantCulture
                    )
                ),
        ];
        Assert.Equal(contributions.OrderDescending(), contributions);
        Assert.InRange(contributions.Length, 2, 3);
    }
}
