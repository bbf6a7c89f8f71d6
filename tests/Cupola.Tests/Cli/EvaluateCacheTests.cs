using System.Diagnostics;
using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>What <c>evaluate</c> keeps from run to run.</summary>
public sealed class EvaluateCacheTests
{
    private static string Model => SharedFolder.Need("models", "photo-tiny");

    private static string Dataset => SharedFolder.Need("data", "photo-tiny-test", "caltech80");

    [Fact]
    public void TheSecondRunEmbedsNothingAndSaysTheSame()
    {
        string cache = TestFolder.New();

        Tool.Run first = Evaluate(cache),
            second = Evaluate(cache, "--prompts", SharedFolder.Need("data", "cupl", "cal_prompts_full.json")),
            anew = Evaluate(cache, "--no-cache");

        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, anew.ExitCode));
        Assert.DoesNotContain("cache", first.Error + anew.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"850 embeddings are from the cache in {Path.Combine(cache, "embeddings")}.",
            second.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(first.Lines[0], second.Lines);
        Assert.Equal(first.Output, anew.Output);
    }

    [Fact]
    public async Task TwoRunsMayShareACache()
    {
        string cache = TestFolder.New();

        Tool.Run[] runs = await Task.WhenAll(Task.Run(() => Evaluate(cache)), Task.Run(() => Evaluate(cache)));

        Assert.All(runs, run => Assert.Equal((0, Right(runs[0])), (run.ExitCode, Right(run))));
        Assert.All(runs, static run => Assert.DoesNotContain("not kept", run.Error, StringComparison.Ordinal));
        Assert.Contains("850 embeddings are from the cache", Evaluate(cache).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatIsKilledLeavesWhatItHadEmbedded()
    {
        string cache = TestFolder.New(),
            folder = Path.Combine(cache, "embeddings");
        using (
            Process process = Tool.Launch(
                new() { ["CUPOLA_CACHE"] = cache },
                "evaluate",
                Dataset,
                "--template",
                "a {}.",
                "--model",
                Model,
                "--format",
                "json"
            )
        )
        {
            // An empty table has two pages or three; more says that embeddings are being written.
            while (
                !process.HasExited
                && !(
                    Directory.Exists(folder)
                    && Directory.EnumerateFiles(folder, "*.sqlite").Any(static file => new FileInfo(file).Length > 100_000)
                )
            )
            {
                Thread.Sleep(5);
            }

            process.Kill();
            process.WaitForExit();
        }

        Tool.Run run = Evaluate(cache);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("[1-9][0-9]* embeddings are from the cache", run.Error);
        Assert.DoesNotContain("damaged", run.Error, StringComparison.Ordinal);
        Assert.Equal(Right(run), Right(Evaluate(cache, "--no-cache")));
    }

    /// <summary>
    /// How many answers are right: an image that is embedded beside others, because some were known already, may differ from
    /// itself in the last bits.
    /// </summary>
    private static int Right(Tool.Run run) => JsonDocument.Parse(run.Lines[0]).RootElement.GetProperty("right").GetInt32();

    private static Tool.Run Evaluate(string cache, params string[] more) =>
        Tool.StartWith(
            new() { ["CUPOLA_CACHE"] = cache },
            ["evaluate", Dataset, "--template", "a {}.", "--model", Model, "--format", "json", .. more]
        );
}
