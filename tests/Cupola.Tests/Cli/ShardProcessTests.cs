using System.Diagnostics;

namespace Cupola.Tests.Cli;

/// <summary>Processes that share a folder of outputs, and what ends them.</summary>
public sealed class ShardProcessTests
{
    private readonly ShardBench _bench = new();

    /// <summary>Of four processes that share a folder one is killed; its claim goes stale, and the others do its shard.</summary>
    [Fact]
    public async Task ProcessesThatClaimShardsDoThoseOfADeadOne()
    {
        string[] paths = _bench.Paint(8);
        string[] lists =
        [
            .. Enumerable.Range(0, 8).Select(index => _bench.List($"{index}.txt", Enumerable.Repeat(paths[index], 40))),
        ];
        ShardBench.Images(lists, Path.Combine(_bench.Folder, "one"));
        Directory.CreateDirectory(_bench.Out);
        await File.WriteAllTextAsync(Path.Combine(_bench.Out, "3.claim"), "a machine that died");
        Process[] four = [.. Enumerable.Range(0, 4).Select(index => _bench.Launch(lists, "--claim", "--shard", $"{index}/4"))];
        Task<string>[] said = [.. four.Select(static process => process.StandardOutput.ReadToEndAsync())];
        Task[] errors = [.. four.Select(static process => process.StandardError.ReadToEndAsync())];
        await ShardBench.Until(
            () => File.Exists(Path.Combine(_bench.Out, "1.claim")) || File.Exists(Path.Combine(_bench.Out, "1.json")),
            four[1]
        );

        four[1].Kill();
        await Task.WhenAll(four.Select(static process => process.WaitForExitAsync()));

        Assert.Equal([0, 0, 0], new[] { 0, 2, 3 }.Select(index => four[index].ExitCode));
        await Task.WhenAll(errors);
        int made = (await Task.WhenAll(said)).Sum(static output => output.Split("\"skipped\":false").Length - 1);
        Assert.InRange(made, 7, 8);
        Assert.Equal(_bench.Merged(Path.Combine(_bench.Folder, "one"), "one.npy"), _bench.Merged(_bench.Out, "four.npy"));
        Assert.Empty(Directory.EnumerateFiles(_bench.Out, "*.claim*"));
        Array.ForEach(four, static process => process.Dispose());
    }

    [Fact]
    public async Task AProcessWaitsForAShardThatAnotherHoldsAndDoesItWhenThatGivesItBack()
    {
        string list = _bench.List("a.txt", _bench.Paint(1));
        string claim = Path.Combine(Directory.CreateDirectory(_bench.Out).FullName, "a.claim");
        await File.WriteAllTextAsync(claim, "a machine");
        using Process process = _bench.Launch([list], "--claim");
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync();
        } while (line?.StartsWith("Waiting for 1 shards", StringComparison.Ordinal) == false);

        File.Delete(claim);
        string rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.NotNull(line);
        Assert.True(process.ExitCode == 0, rest);
        Assert.Contains("\"skipped\":false", await said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_bench.Out, "*.claim*"));
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task AStoppedProcessLeavesNoClaimAndNothingUnfinished(int signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        string[] lists =
        [
            _bench.List("a.txt", _bench.Paint(1)),
            _bench.List("b.txt", Enumerable.Repeat(Path.Combine(_bench.Folder, "0.png"), 200_000)),
        ];
        using Process process = _bench.Launch(lists, "--claim");
        Task<string> error = process.StandardError.ReadToEndAsync(),
            output = process.StandardOutput.ReadToEndAsync();
        await ShardBench.Until(
            () => File.Exists(Path.Combine(_bench.Out, "b.claim")) && Directory.GetFiles(_bench.Out, "b.npy.*").Length > 0,
            process
        );

        Assert.Equal(0, InterruptTests.Kill(process.Id, signal));
        await process.WaitForExitAsync();

        Assert.Equal(code, process.ExitCode);
        Assert.Contains(
            $"the outputs in {_bench.Out} are whole, and the same command goes on from there.",
            await error,
            StringComparison.Ordinal
        );
        Assert.Single((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            ["a.json", "a.npy", "a.txt", "shards.json"],
            Directory.EnumerateFiles(_bench.Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }
}
