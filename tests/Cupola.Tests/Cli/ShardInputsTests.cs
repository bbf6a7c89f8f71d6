using System.Diagnostics;
using System.Text;
using Cupola.Tests.Data;

namespace Cupola.Tests.Cli;

/// <summary>What <c>cupola embed --shards</c> reads.</summary>
public sealed class ShardInputsTests
{
    private readonly ShardBench _bench = new();

    /// <summary>As programs write them: marks, line ends, spaces, blank lines, no last line end, any script.</summary>
    [Fact]
    public void AListIsReadAsItComes()
    {
        _bench.Paint(3);
        File.Move(Path.Combine(_bench.Folder, "2.png"), Path.Combine(_bench.Folder, "drei Bücher.png"));
        File.WriteAllBytes(
            Path.Combine(_bench.Folder, "list.txt"),
            [
                0xEF,
                0xBB,
                0xBF,
                .. Encoding.UTF8.GetBytes(
                    "0.png\r\n\r\n 1.png \r\ndrei Bücher.png\r\n0.png\r\nhttp://127.0.0.1:1/x.png\r\nno.png"
                ),
            ]
        );

        Tool.Run run = ShardBench.Images([Path.Combine(_bench.Folder, "list.txt")], _bench.Out);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("\"images\":4,\"failed\":2", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("addresses in a table are fetched with --fetch only", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            new[] { "0.png", "1.png", "drei Bücher.png", "0.png" }.Select(name => Path.Combine(_bench.Folder, name)),
            File.ReadAllLines(Path.Combine(_bench.Out, "list.txt"))
        );
    }

    /// <summary>Empty ones are done with nothing; what is no shard at all has no output, and the others have theirs.</summary>
    [Fact]
    public void ShardsWithoutImagesCostOnlyThemselves()
    {
        string[] shards =
        [
            Shard.Write(Path.Combine(_bench.Folder, "empty.tar")),
            _bench.List("nothing.txt", []),
            Shard.Write(Path.Combine(_bench.Folder, "texts.tar"), Shard.Entry("0.txt", "a dog")),
            _bench.List("not.tar", ["this is no archive at all"]),
            Cut("cut.tar"),
            _bench.List("columns.csv", ["a,b", "1,2"]),
        ];

        Tool.Run run = ShardBench.Images(shards, _bench.Out);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            ["0 1", "0 0", "0 1", "-", "1 1", "-"],
            run.Json.Select(static line =>
                line.TryGetProperty("error", out _) ? "-" : $"{line.GetProperty("images")} {line.GetProperty("failed")}"
            )
        );
        Assert.Contains("is damaged after its first", run.Error, StringComparison.Ordinal);
        Tool.Run merge = Tool.Start("embed", "merge", _bench.Out, "-o", Path.Combine(_bench.Folder, "all.npy"));
        Assert.Contains($"{shards[3]}, {shards[5]}; embed", merge.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void APipeIsNoShardAndNobodyWaitsForIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files.");
        string pipe = Path.Combine(_bench.Folder, "pipe.txt");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            made.WaitForExit();
        }

        Tool.Run run = ShardBench.Images([pipe, _bench.List("list.txt", _bench.Paint(1))], _bench.Out);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{pipe} is a pipe, a socket or a device, and no file.", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"images\":1,\"failed\":0", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TextsComeFromListsTablesAndArchives()
    {
        string[] shards =
        [
            _bench.List("flags.txt", ["a red flag", "", "a blue flag"]),
            _bench.List("table.tsv", ["text\turl", "a dog\thttp://x/0.jpg", "a \"cat\thttp://x/1.jpg"]),
            _bench.List("lines.jsonl", ["""{"caption":"one"}""", """{"caption":["two","three"]}""", """{"caption":null}"""]),
            Shard.Write(
                Path.Combine(_bench.Folder, "archive.tar"),
                Shard.Entry("0.txt", "first"),
                Shard.Entry("1.json", """{"caption":"second"}"""),
                Shard.Entry("2.cls", "3")
            ),
        ];

        Tool.Run one = ShardBench.Texts(shards, Path.Combine(_bench.Folder, "one"), "--threads", "1"),
            two = ShardBench.Texts(shards, _bench.Out, "--threads", "4", "--shard", "0/2"),
            three = ShardBench.Texts(shards, _bench.Out, "--threads", "2", "--shard", "1/2");

        Assert.Equal((1, 1, 1), (one.ExitCode, two.ExitCode, three.ExitCode));
        Assert.Equal(
            ["3 0", "2 0", "3 1", "2 1"],
            one.Json.Select(static line => $"{line.GetProperty("texts")} {line.GetProperty("failed")}")
        );
        Assert.Equal(_bench.Merged(Path.Combine(_bench.Folder, "one"), "one.npy"), _bench.Merged(_bench.Out, "merged.npy"));
        Assert.Equal(
            ["a red flag", "", "a blue flag", "a dog", "a \"cat", "one", "two", "three", "first", "second"],
            File.ReadAllLines(Path.Combine(_bench.Folder, "merged.txt"))
        );
    }

    private string Cut(string name)
    {
        byte[] picture = File.ReadAllBytes(_bench.Paint(1)[0]);
        string path = Shard.Write(Path.Combine(_bench.Folder, name), ("0.png", picture), ("1.png", picture));
        using FileStream stream = File.OpenWrite(path);
        stream.SetLength(1024 + ((picture.Length + 511) / 512 * 512) + 100);
        return path;
    }
}
