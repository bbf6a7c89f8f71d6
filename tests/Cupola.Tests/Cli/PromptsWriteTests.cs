using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cupola.Prompts;
using Cupola.Tests.Prompts.Writing;

namespace Cupola.Tests.Cli;

/// <summary>What `prompts write` says where a server, or a file, is not what it should be.</summary>
public sealed class PromptsWriteTests
{
    public static TheoryData<string, string> Refusals { get; } =
        new()
        {
            { "401", "refuses the key in OPENAI_API_KEY (401)" },
            { "html", "answers with a web page" },
            { "html-404", "answers with a web page" },
            { "json", "no stream of a chat completion" },
            { "silent", "did not answer for 1 seconds" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task AServerThatIsNoneIsASentenceAndExitCodeThree(string kind, string sentence)
    {
        TaskCompletionSource end = new();
        await using ChatServer server = new(_ => Refusal(kind, end.Task));
        string output = TestFolder.NewFile("prompts.json");

        Tool.Run run = Write(server, output, "--timeout", kind == "silent" ? "1" : "60");
        end.SetResult();

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task WhatWasAnsweredBeforeTheServerRefusedIsKeptAndNotAskedAgain()
    {
        bool refuses = true;
        await using ChatServer server = new(question =>
            refuses && question.Number > 2
                ? new ChatReply { Status = 401, Body = """{"error": {"message": "No credit."}}""" }
                : new ChatReply { Text = $"It is number {question.Seed}." }
        );
        string output = TestFolder.NewFile("prompts.json");

        Assert.Equal(3, Write(server, output, "--concurrency", "1").ExitCode);
        refuses = false;
        Assert.Equal(0, Write(server, output, "--concurrency", "1").ExitCode);

        // Two answered, one refused; the second run asks that one alone.
        Assert.Equal(4, server.Asked.Count);
        Assert.Equal(3, server.Asked[3].Seed);
        Assert.Equal(
            ["It is number 1.", "It is number 2.", "It is number 3."],
            PromptSet.Read(output)["frog"].Select(static prompt => prompt.Text)
        );
    }

    [Fact]
    public void AServerThatIsNotThereIsNamedAtOnce()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Tool.Run run = Tool.Start(
            "prompts",
            "write",
            "--labels",
            "frog",
            "--questions",
            "article",
            "--endpoint",
            $"http://127.0.0.1:{port}/v1",
            "--llm",
            "loopback",
            "-o",
            TestFolder.NewFile("prompts.json")
        );
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJournalOfOtherSettingsAndAFileOfOthersAreRefused()
    {
        await using ChatServer server = new(static question => new ChatReply { Text = $"It is number {question.Seed}." });
        string output = TestFolder.NewFile("prompts.json");
        Assert.Equal(0, Write(server, output).ExitCode);

        Tool.Run other = Write(server, output, "--temperature", "0.5");
        Assert.Equal(3, other.ExitCode);
        Assert.Contains("other temperature", other.Error, StringComparison.Ordinal);

        File.Delete(output + ".journal");
        Tool.Run foreign = Write(server, output);
        Assert.Equal(3, foreign.ExitCode);
        Assert.Contains("is there already", foreign.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyLabelsAndQuestionsThatAreNewAreAskedAbout()
    {
        await using ChatServer server = new(static question => new ChatReply { Text = $"It is number {question.Seed}." });
        string output = TestFolder.NewFile("prompts.json");
        Assert.Equal(0, Write(server, output).ExitCode);

        Assert.Equal(0, WriteAbout("toad,frog", server, output).ExitCode);
        Assert.Equal(6, server.Asked.Count);
        Assert.Equal(["toad", "frog"], PromptSet.Read(output).ClassNames);

        Assert.Equal(0, WriteAbout("frog", server, output).ExitCode);
        Assert.Equal(6, server.Asked.Count);
        Assert.Equal(["frog"], PromptSet.Read(output).ClassNames);
    }

    [Fact]
    public async Task AnAnswerThatWasCutIsAskedForWithMoreRoomAndOneThatNeverEndsIsLeftOut()
    {
        await using ChatServer server = new(static question => new ChatReply
        {
            Text =
                string.Join(
                    ' ',
                    Enumerable.Repeat(
                        "green",
                        question.Seed switch
                        {
                            1 => 5,
                            2 => 60,
                            _ => 900,
                        }
                    )
                ) + ".",
        });
        string output = TestFolder.NewFile("prompts.json");

        Tool.Run run = Write(server, output);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 answer had no whole sentence, and is left out.", run.Error, StringComparison.Ordinal);
        Assert.Equal([5, 60], PromptSet.Read(output)["frog"].Select(static prompt => prompt.Text.Split(' ').Length));
        Assert.Equal([50, 50, 50, 200, 200], server.Asked.Select(static question => question.MaxTokens).Order());
    }

    [Fact]
    public async Task EachPromptKeepsWhoWasAskedWhatAndWhatTheySaid()
    {
        await using ChatServer server = new(static question => new ChatReply
        {
            Text = $"It is number {question.Seed}. And more.",
        });
        string output = TestFolder.NewFile("prompts.json");
        Assert.Equal(0, Write(server, output).ExitCode);

        PromptProvenance provenance = PromptSet.Read(output)["frog"][1].Provenance!;
        Assert.Equal("Describe a frog:", provenance.Question);
        Assert.Equal("loopback", provenance.Model);
        Assert.Equal(0.99f, provenance.Temperature);
        Assert.Equal("It is number 2. And more.", provenance.RawAnswer);
        JsonElement sent = server.Asked[0].Body;
        Assert.Equal(0.99, sent.GetProperty("temperature").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task ALabelForWhichThereWasOnlyThinkingIsToldAndMoreTokensAskForItAlone()
    {
        const string limit =
            """data: {"choices":[{"delta":{"content":"","reasoning":"The user wants."},"finish_reason":"length"}]}""";
        await using ChatServer server = new(static question =>
            question.Text.Contains("toad", StringComparison.Ordinal) && question.MaxTokens < 1000
                ? new ChatReply { Body = limit, ContentType = "text/event-stream" }
                : new ChatReply { Text = $"It is number {question.Seed}." }
        );
        string output = TestFolder.NewFile("prompts.json");

        Tool.Run run = WriteAbout("frog,toad", server, output);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no prompt at all for 'toad'", run.Error, StringComparison.Ordinal);
        Assert.Contains("--max-tokens 50 may be too small", run.Error, StringComparison.Ordinal);
        Assert.Empty(PromptSet.Read(output)["toad"]);

        int asked = server.Asked.Count;
        Assert.Equal(0, WriteAbout("frog,toad", server, output, "--max-tokens", "1000").ExitCode);
        Assert.All(server.Asked.Skip(asked), static question => Assert.Contains("toad", question.Text, StringComparison.Ordinal));
        Assert.Equal(asked + 3, server.Asked.Count);
        Assert.Equal(3, PromptSet.Read(output)["toad"].Length);
    }

    [Fact]
    public async Task MoreAnswersOrOtherQuestionsAskOnlyForWhatIsNotThere()
    {
        await using ChatServer server = new(static question => new ChatReply { Text = $"It is number {question.Seed}." });
        string output = TestFolder.NewFile("prompts.json");
        Assert.Equal(0, Write(server, output).ExitCode);
        Assert.Equal(0, Write(server, output, "--answers", "5").ExitCode);
        Assert.Equal([1, 2, 3, 4, 5], server.Asked.Select(static question => question.Seed).Order());

        Assert.Equal(0, Write(server, output, "--answers", "2").ExitCode);
        Assert.Equal(5, server.Asked.Count);
        Assert.Equal(2, PromptSet.Read(output)["frog"].Length);
    }

    [Fact]
    public async Task AServerThatTakesNoSeedRefusesItOnceWhateverTheNumberOfQuestions()
    {
        await using ChatServer server = new(static question =>
            question.Body.TryGetProperty("seed", out _)
                ? new ChatReply
                {
                    Status = 422,
                    Body = """{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}""",
                }
                : new ChatReply { Text = "It is green." }
        );
        Assert.Equal(0, WriteAbout("frog,toad,newt", server, TestFolder.NewFile("prompts.json")).ExitCode);
        Assert.Equal(10, server.Asked.Count);
    }

    [Fact]
    public async Task TheKeyIsNotToldWhereAServerRepeatsIt()
    {
        const string refusal = """{"error":{"message":"Incorrect API key provided: sk-loopback."}}""";
        await using ChatServer server = new(static _ => new ChatReply { Status = 401, Body = refusal });
        Tool.Run run = Write(server, TestFolder.NewFile("prompts.json"));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Incorrect API key provided", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("loopback", run.Error, StringComparison.Ordinal);
    }

    private static Tool.Run Write(ChatServer server, string output, params string[] more) =>
        WriteAbout("frog", server, output, more);

    private static Tool.Run WriteAbout(string labels, ChatServer server, string output, params string[] more)
    {
        string questions = TestFolder.NewFile("questions.json");
        File.WriteAllText(questions, """[{"text": "Describe {a} {}:", "answers": 3}]""");
        return Tool.StartWith(
            new() { ["OPENAI_API_KEY"] = "sk-loopback" },
            [
                "prompts",
                "write",
                "--labels",
                labels,
                "--questions",
                questions,
                "--endpoint",
                server.Endpoint.ToString(),
                "--llm",
                "loopback",
                "-o",
                output,
                .. more,
            ]
        );
    }

    private static ChatReply Refusal(string kind, Task end) =>
        kind switch
        {
            "401" => new ChatReply { Status = 401, Body = """{"error": {"message": "Incorrect API key provided."}}""" },
            "html" => new ChatReply { Body = "<!doctype html><html><body>Welcome</body></html>", ContentType = "text/html" },
            "html-404" => new ChatReply
            {
                Status = 404,
                Body = "<html>nothing here</html>",
                ContentType = "text/html",
            },
            "json" => new ChatReply { Body = """{"hello": "world"}""" },
            _ => new ChatReply { SilentUntil = end },
        };
}
