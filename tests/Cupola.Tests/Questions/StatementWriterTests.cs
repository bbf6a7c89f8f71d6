using System.Text.Json;
using Cupola.LanguageModels;
using Cupola.Prompts.Writing;
using Cupola.Questions;
using Cupola.Tests.Prompts.Writing;

namespace Cupola.Tests.Questions;

/// <summary>Statements by a language model: asked again where they lack the answer, kept, and never asked for twice.</summary>
public sealed class StatementWriterTests
{
    private const string Question = "What color is the car?";

    [Fact]
    public async Task AStatementWithoutItsAnswerIsAskedForAgainAndThenMadeByRules()
    {
        await using ChatServer server = new(static question => new ChatReply
        {
            Text =
                question.Text.Contains("Answer: \"red\"", StringComparison.Ordinal) ? "The car is painted red."
                : question.Text.Contains("Answer: \"blue\"", StringComparison.Ordinal)
                    ? question.Seed == 2 ? "A blue car."
                        : "The car has a color."
                : "The car is nice.",
        });
        string journal = TestFolder.NewFile("statements.journal");

        WrittenStatements written = await Write(server, journal, ["red", "blue", "green"]);

        Assert.Equal("The car is painted red.", written.Statements["red"][0].Text);
        Assert.Equal("model:loopback", written.Statements["red"][0].Source);
        Assert.Equal("A blue car.", written.Statements["blue"][0].Text);
        Assert.Equal("The color of the car is green.", written.Statements["green"][0].Text);
        Assert.Equal("rules", written.Statements["green"][0].Source);
        Assert.Equal(["green"], written.ByRules);
        // Red once, blue twice, green three times.
        Assert.Equal(6, server.Asked.Count);

        WrittenStatements again = await Write(server, journal, ["red", "blue", "green"]);
        Assert.Equal(6, server.Asked.Count);
        Assert.Equal(written.Statements.Hash, again.Statements.Hash);
        Assert.Equal(7, File.ReadLines(journal).Count());
    }

    [Fact]
    public async Task EqualStatementsOfYesAndNoAreNotUsed()
    {
        await using ChatServer server = new(static question => new ChatReply { Text = "There may be a dog." });

        WrittenStatements written = await Write(server, TestFolder.NewFile("j"), ["yes", "no"], "Is there a dog?");

        Assert.Equal(
            ["There is a dog.", "There is no dog."],
            written.Statements.ClassNames.Select(name => written.Statements[name][0].Text)
        );
        Assert.Equal(["yes", "no"], written.ByRules);
    }

    [Theory]
    [InlineData("There are two dogs.", "2", true)]
    [InlineData("It is a Dog.", "the dog", true)]
    [InlineData("It is a dogma.", "dog", false)]
    [InlineData("There is no dog.", "no", true)]
    public void AStatementHoldsAnAnswerWhateverItsForm(string statement, string answer, bool holds) =>
        Assert.Equal(holds, StatementWriter.Holds(statement, answer));

    [Fact]
    public async Task TheToolWritesStatementsWithTheirProvenance()
    {
        await using ChatServer server = new(static question => new ChatReply
        {
            Text = question.Text.Contains("\"red\"", StringComparison.Ordinal) ? "The car is red." : "Nothing.",
        });
        string output = TestFolder.NewFile("statements.json");
        string[] arguments =
        [
            "ask",
            SharedFolder.AnyImage,
            Question,
            "--answers",
            "red,green",
            "--endpoint",
            server.Endpoint.ToString(),
            "--llm",
            "loopback",
            "-o",
            output,
            "--format",
            "json",
        ];

        Cli.Tool.Run run = Cli.Tool.Start(arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("holds the answer green in 3 attempts", run.Error, StringComparison.Ordinal);
        JsonElement[] answers = [.. run.Json.Single().GetProperty("answers").EnumerateArray()];
        Assert.Contains(answers, static answer => answer.GetProperty("statement").GetString() == "The car is red.");
        Assert.Contains("loopback", File.ReadAllText(output), StringComparison.Ordinal);
        int asked = server.Asked.Count;
        Assert.Equal(run.Output, Cli.Tool.Start(arguments).Output);
        Assert.Equal(asked, server.Asked.Count);
    }

    private static async Task<WrittenStatements> Write(
        ChatServer server,
        string journal,
        string[] answers,
        string question = Question
    )
    {
        PromptWriterSettings settings = new() { Model = "loopback" };
        using LanguageModelServer client = new(server.Endpoint, settings.Model);
        return await new StatementWriter(client, settings).WriteAsync(
            question,
            answers,
            journal,
            TestContext.Current.CancellationToken
        );
    }
}
