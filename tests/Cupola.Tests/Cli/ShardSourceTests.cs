using System.Diagnostics;

namespace Cupola.Tests.Cli;

/// <summary>An output counts for a shard only if it was made of what the shard's file holds, wherever that lies.</summary>
public sealed class ShardSourceTests
{
    private static readonly DateTime Then = new(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly ShardBench _bench = new();

    /// <summary>Their lengths and times are the same too.</summary>
    [Fact]
    public void TheOutputsOfOtherShardsOfTheSameNamesAreRefused()
    {
        string[] first = [Texts("d1", "a.txt", "aaaa"), Texts("d1", "b.txt", "bbbb")],
            second = [Texts("d2", "a.txt", "cccc"), Texts("d2", "b.txt", "dddd")];
        Assert.Equal(0, ShardBench.Texts(first, _bench.Out).ExitCode);
        string[] before = Everything();

        Tool.Run all = ShardBench.Texts(second, _bench.Out),
            // Neither its own shard nor anything else is written.
            own = ShardBench.Texts(second, _bench.Out, "--shard", "1/2"),
            claimed = ShardBench.Texts(second, _bench.Out, "--claim");

        Assert.Equal((3, 3, 3), (all.ExitCode, own.ExitCode, claimed.ExitCode));
        Assert.Contains(
            $"{_bench.Out} holds the outputs of {first[0]}, and {second[0]} is another",
            all.Error,
            StringComparison.Ordinal
        );
        Assert.Empty(all.Lines);
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task ARelativeNameIsAnotherShardsInAnotherFolder()
    {
        Texts("d1", "t.txt", "aaaa");
        Texts("d2", "t.txt", "cccc");

        Assert.Equal(0, await RunIn("d1"));
        string[] before = Everything();

        Assert.Equal(0, await RunIn("d1"));
        Assert.Equal(3, await RunIn("d2"));
        Assert.Equal(before, Everything());
    }

    /// <summary>On another machine they are mounted elsewhere, and copies have times of their own.</summary>
    [Fact]
    public void ShardsThatWereMovedOrCopiedAreDoneAndTheRestGoesOn()
    {
        string[] first = [Texts("d1", "a.txt", "aaaa"), Texts("d1", "b.txt", "bbbb")];
        string whole = Path.Combine(_bench.Folder, "whole");
        ShardBench.Texts(first, whole);
        ShardBench.Texts(first, _bench.Out, "--shard", "0/2");
        string list = File.ReadAllText(Path.Combine(_bench.Out, "shards.json"));
        string elsewhere = Path.Combine(_bench.Folder, "d3");
        Directory.Move(Path.Combine(_bench.Folder, "d1"), elsewhere);
        string[] moved = [Path.Combine(elsewhere, "a.txt"), Path.Combine(elsewhere, "b.txt")];
        Array.ForEach(moved, static path => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(1)));

        Assert.Equal([true, false], ShardBench.Skipped(ShardBench.Texts(moved, _bench.Out)));
        Assert.Equal([true, true], ShardBench.Skipped(ShardBench.Texts(moved, _bench.Out, "--claim")));

        Assert.Equal(list, File.ReadAllText(Path.Combine(_bench.Out, "shards.json")));
        Assert.Equal(_bench.Merged(whole, "whole.npy"), _bench.Merged(_bench.Out, "moved.npy"));
    }

    /// <summary>As parts of a dataset number their images: train/0.png, test/0.png.</summary>
    [Fact]
    public void ListsOfTheSameBytesBesideOtherImagesAreOtherShards()
    {
        string[] train = Parts("train", 1, 2),
            test = Parts("test", 2, 1),
            copy = Parts("copy", 1, 2);
        Assert.Equal(0, ShardBench.Images(train, _bench.Out).ExitCode);
        string[] before = Everything();

        Tool.Run other = ShardBench.Images(test, _bench.Out);

        Assert.Equal(3, other.ExitCode);
        Assert.Contains("is another shard; name another folder", other.Error, StringComparison.Ordinal);
        Assert.Equal([true, true], ShardBench.Skipped(ShardBench.Images(copy, _bench.Out)));
        Directory.Delete(Path.GetDirectoryName(train[0])!, recursive: true);
        Assert.Equal([true, true], ShardBench.Skipped(ShardBench.Images(copy, _bench.Out)));
        Assert.Equal(before, Everything());
    }

    [Theory]
    [InlineData("--shard", "0/1")]
    [InlineData("--claim")]
    public void AShardThatIsNotThereIsASentenceAlsoWhereItsNameIsDone(params string[] how)
    {
        string shard = Texts("d1", "t.txt", "aaaa"),
            mistyped = Path.Combine(_bench.Folder, "d7", "t.txt");
        ShardBench.Texts([shard], _bench.Out);
        string[] before = Everything();

        Tool.Run run = ShardBench.Texts([mistyped], _bench.Out, how);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"There is no shard {mistyped}.", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    /// <summary>As rsync, cp -p and mv put files in place; archives of the same length are common.</summary>
    [Fact]
    public void AShardReplacedByAnOlderFileOfTheSameLengthIsEmbeddedAgain()
    {
        string shard = Texts("d1", "t.txt", "aaaa");
        ShardBench.Texts([shard], _bench.Out);
        File.WriteAllText(shard, "cccc\n");
        File.SetLastWriteTimeUtc(shard, Then.AddDays(-1));

        Assert.Equal([false], ShardBench.Skipped(ShardBench.Texts([shard], _bench.Out)));
        Assert.Equal(["cccc"], File.ReadAllLines(Path.Combine(_bench.Out, "t.txt")));
    }

    /// <summary>Hubs' caches and data versioning keep files elsewhere, and links in their places.</summary>
    [Fact]
    public void ASymbolicLinkToAShardIsAShard()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make links.");
        string shard = Texts("d1", "t.txt", "aaaa");
        string link = Path.Combine(Directory.CreateDirectory(Path.Combine(_bench.Folder, "links")).FullName, "t.txt");
        File.CreateSymbolicLink(link, shard);

        Assert.Equal([false], ShardBench.Skipped(ShardBench.Texts([link], _bench.Out)));
        Assert.Equal([true], ShardBench.Skipped(ShardBench.Texts([link], _bench.Out)));
        Assert.Equal([true], ShardBench.Skipped(ShardBench.Texts([shard], _bench.Out)));
    }

    [Fact]
    public void AnOutputIsNoShardOfItsOwnFolder()
    {
        ShardBench.Texts([Texts("d1", "t.txt", "aaaa")], _bench.Out);
        // Of a process that was killed between its files.
        File.Delete(Path.Combine(_bench.Out, "t.json"));

        Tool.Run run = ShardBench.Texts([Path.Combine(_bench.Out, "t.txt")], _bench.Out);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("would be overwritten by an output", run.Error, StringComparison.Ordinal);
        Assert.Equal(["aaaa"], File.ReadAllLines(Path.Combine(_bench.Out, "t.txt")));
    }

    [Theory]
    [InlineData("t.npy")]
    [InlineData("T.npy")]
    [InlineData("shards.npy")]
    [InlineData("shards.safetensors")]
    public void AMergeOverwritesNeitherOutputsNorTheirList(string name)
    {
        ShardBench.Texts([Texts("d1", "t.txt", "aaaa")], _bench.Out);
        string[] before = Everything();

        Tool.Run run = Tool.Start("embed", "merge", _bench.Out, "-o", Path.Combine(_bench.Out, name));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("name another file", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    /// <summary>A list and a table of the same relative names, beside images by number.</summary>
    private string[] Parts(string folder, int first, int second)
    {
        string[] painted = _bench.Paint(3);
        string full = Directory.CreateDirectory(Path.Combine(_bench.Folder, folder)).FullName;
        File.Copy(painted[first], Path.Combine(full, "x.png"));
        File.Copy(painted[second], Path.Combine(full, "y.png"));
        return
        [
            _bench.List(Path.Combine(folder, "list.txt"), ["x.png", "y.png"]),
            _bench.List(Path.Combine(folder, "table.csv"), ["image,caption", "y.png,a"]),
        ];
    }

    private string Texts(string folder, string name, string text)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_bench.Folder, folder)).FullName, name);
        File.WriteAllText(path, text + "\n");
        File.SetLastWriteTimeUtc(path, Then);
        return path;
    }

    /// <summary>All files of the folder of outputs.</summary>
    private string[] Everything() =>
        [
            .. Directory
                .EnumerateFiles(_bench.Out)
                .Order(StringComparer.Ordinal)
                .Select(static path => $"{Path.GetFileName(path)} {Convert.ToHexString(File.ReadAllBytes(path))}"),
        ];

    private async Task<int> RunIn(string folder)
    {
        ProcessStartInfo start = Tool.Command(["embed", "texts", "--shards", "t.txt", "-o", Path.Combine("..", "out")]);
        start.WorkingDirectory = Path.Combine(_bench.Folder, folder);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
