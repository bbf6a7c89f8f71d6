using System.Diagnostics;
using System.Text.Json;
using Cupola.Prompts.Writing;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Prompts.Writing;

/// <summary>
/// A hundred classes, three questions, ten answers: with a server that fails one request in five, and with a process that is
/// killed ten times.
/// </summary>
public sealed class PromptsWriteKilledTests(ITestOutputHelper output)
{
    private const int Kills = 10;

    /// <summary>Answers that are on their way when a run is killed.</summary>
    private const int Overrun = 30;

    private static readonly Dictionary<string, string> Environment = new() { ["OPENAI_API_KEY"] = "sk-loopback" };

    [Fact]
    public async Task ARunThatIsKilledTenTimesWritesWhatAnUndisturbedOneWritesAndAsksNothingTwice()
    {
        Stopwatch clock = Stopwatch.StartNew();
        string labels = TestFolder.NewFile("labels.txt");
        await File.WriteAllLinesAsync(
            labels,
            Enumerable.Range(1, 100).Select(number => $"creature {number}"),
            TestContext.Current.CancellationToken
        );
        TaskCompletionSource silence = new();
        string undisturbed = TestFolder.NewFile("prompts.json"),
            disturbed = TestFolder.NewFile("prompts.json");

        await using ChatServer calm = new(Reply);
        using (Process run = Launch(calm, labels, undisturbed))
        {
            await EndAsync(run, expectedCode: 0);
        }

        output.WriteLine($"undisturbed: {calm.Asked.Count} requests for 3,000 answers, {clock.Elapsed.TotalSeconds:0.0} s");

        // The server falls silent soon after the number of answers at which a run is to be killed, so that no run gets to its end
        // before, however late the kill is.
        int most = 0;
        ChatServer? running = null;
        await using ChatServer server = new(question =>
            running!.Delivered < Volatile.Read(ref most) ? Reply(question) : new ChatReply { SilentUntil = silence.Task }
        );
        running = server;
        Random random = new(4);
        List<(int Asked, HashSet<(string, int, int)> Stored)> kills = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process run = Launch(server, labels, disturbed);
            int target = server.Delivered + random.Next(20, 270);
            Volatile.Write(ref most, target + Overrun);
            while (server.Delivered < target && !run.HasExited)
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
            Assert.False(run.HasExited, "The run ended before it could be killed.");
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            kills.Add((server.Asked.Count, await StoredAsync(disturbed + ".journal")));
            Assert.False(File.Exists(disturbed));
        }

        Volatile.Write(ref most, int.MaxValue);
        using (Process run = Launch(server, labels, disturbed))
        {
            await EndAsync(run, expectedCode: 0);
        }

        IReadOnlyList<ChatQuestion> asked = server.Asked;
        Assert.All(kills, kill => Assert.DoesNotContain(asked.Skip(kill.Asked), question => kill.Stored.Contains(question.Key)));
        Assert.Equal(
            await File.ReadAllBytesAsync(undisturbed, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(disturbed, TestContext.Current.CancellationToken)
        );

        PromptSet prompts = PromptSet.Read(disturbed);
        int endless = (
            from label in prompts.ClassNames
            from question in PromptQuestions.Read("article").About(label)
            from seed in Enumerable.Range(1, 10)
            where ChatServer.Answer(question.Question, seed).Split(' ').Length > 250
            select seed
        ).Count();
        Assert.Equal(100, prompts.ClassNames.Count);
        Assert.Equal(3000 - endless, prompts.PromptCount);
        Assert.All(prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()), prompt =>
            Assert.EndsWith(" of 3.5 cm.", prompt.Text, StringComparison.Ordinal)
        );
        output.WriteLine(
            $"killed after {string.Join(", ", kills.Select(kill => kill.Stored.Count))} stored answers; {asked.Count} requests, "
                + $"{endless} answers dropped, {clock.Elapsed.TotalSeconds:0.0} s"
        );
    }

    /// <summary>One request in five fails, each time otherwise; the rest is slow.</summary>
    private static ChatReply Reply(ChatQuestion question) =>
        (question.Number % 25) switch
        {
            0 => new ChatReply
            {
                Status = 429,
                RetryAfter = "0",
                Body = """{"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}}""",
            },
            5 => new ChatReply
            {
                Status = 500,
                RetryAfter = "0",
                Body = "Oh.",
            },
            10 => new ChatReply { BreakAfter = 0 },
            15 => new ChatReply { Text = ChatServer.Answer(question.Text, question.Seed), BreakAfter = 1 },
            20 => new ChatReply
            {
                Status = 503,
                RetryAfter = "0",
                Body = """{"error": "loading model"}""",
            },
            _ => new ChatReply
            {
                Text = ChatServer.Answer(question.Text, question.Seed),
                Delay = TimeSpan.FromMilliseconds(question.Number % 4),
            },
        };

    private static Process Launch(ChatServer server, string labels, string output) =>
        Tool.Launch(
            Environment,
            "prompts",
            "write",
            "--labels-file",
            labels,
            "--questions",
            "article",
            "--endpoint",
            server.Endpoint.ToString(),
            "--llm",
            "loopback",
            "--concurrency",
            "32",
            "-o",
            output
        );

    private static async Task EndAsync(Process run, int expectedCode)
    {
        string error = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == expectedCode, error);
    }

    /// <summary>What stands in a journal: all whole lines but the first, which says what they belong to.</summary>
    private static async Task<HashSet<(string, int, int)>> StoredAsync(string journal)
    {
        string text = await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken);
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(entry =>
                    (
                        entry.GetProperty("question").GetString()!,
                        entry.GetProperty("answer").GetInt32() + 1,
                        entry.GetProperty("maxTokens").GetInt32()
                    )
                ),
        ];
    }
}
