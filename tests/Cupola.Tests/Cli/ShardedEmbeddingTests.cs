using System.Text.Json;
using Cupola.Tests.Data;

namespace Cupola.Tests.Cli;

/// <summary><c>cupola embed … --shards</c> and <c>cupola embed merge</c>, with the built-in model.</summary>
public sealed class ShardedEmbeddingTests
{
    private readonly ShardBench _bench = new();

    /// <summary>An archive, two tables and a list, with broken images, by one process and by three on more threads.</summary>
    [Fact]
    public void ManyProcessesWriteWhatOneDoes()
    {
        string[] shards = Mixed();
        Tool.Run one = ShardBench.Images(shards, Path.Combine(_bench.Folder, "one"), "--threads", "1");
        Tool.Run[] three =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(index => ShardBench.Images(shards, _bench.Out, "--shard", $"{index}/3", "--threads", "3")),
        ];

        Assert.Equal(1, one.ExitCode);
        Assert.Equal([1, 0, 0], three.Select(static run => run.ExitCode));
        Assert.Contains(
            "Process 2 of 3, counted from 0 (--shard 2/3): 1 of 4 shards, the first table.",
            three[2].Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            $$"""{"shard":{{JsonSerializer.Serialize(shards[0])}},"images":9,"failed":2,"output":"""
                + $$"""{{JsonSerializer.Serialize(Path.Combine(_bench.Out, "archive.npy"))}},"skipped":false}""",
            three[0].Lines[0]
        );
        Assert.Contains("003.jpg", three[0].Error, StringComparison.Ordinal);
        Assert.Equal(_bench.Merged(Path.Combine(_bench.Folder, "one"), "one.npy"), _bench.Merged(_bench.Out, "three.npy"));
        Assert.Equal(
            _bench.Merged(Path.Combine(_bench.Folder, "one"), "one.safetensors"),
            _bench.Merged(_bench.Out, "three.safetensors")
        );
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_bench.Out, "archive.json")));
        Assert.Equal(9, manifest.RootElement.GetProperty("images").GetInt32());
        Assert.Contains("003.jpg", manifest.RootElement.GetProperty("failures")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("float32", manifest.RootElement.GetProperty("precision").GetString());
    }

    /// <summary>The images of lists are those of one list, and so is the file.</summary>
    [Fact]
    public void TheMergedFileIsThatOfOneCommandOverAllImages()
    {
        string[] paths = _bench.Paint(7);
        string[] lists = [_bench.List("a.txt", paths[..4]), _bench.List("b.txt", paths[4..])];
        string file = Path.Combine(_bench.Folder, "flat.npy");
        Assert.Equal(0, ShardBench.Images(lists, _bench.Out).ExitCode);

        Assert.Equal(0, Tool.Start(["embed", "images", .. paths, "-o", file]).ExitCode);

        Assert.Equal(ShardBench.Bytes(file), _bench.Merged(_bench.Out, "merged.npy"));
    }

    [Fact]
    public void WhatIsDoneIsSkippedAndWhatIsHarmedOrOfAnotherShardIsMadeAgain()
    {
        string[] paths = _bench.Paint(6);
        string[] lists =
        [
            _bench.List("a.txt", paths[..2]),
            _bench.List("b.txt", paths[2..4]),
            _bench.List("c.txt", paths[4..5]),
            _bench.List("d.txt", paths[4..5]),
        ];
        ShardBench.Images(lists, _bench.Out);
        string whole = _bench.Merged(_bench.Out, "before.npy");
        Assert.Equal([true, true, true, true], ShardBench.Skipped(ShardBench.Images(lists, _bench.Out)));

        using (FileStream harmed = File.OpenWrite(Path.Combine(_bench.Out, "b.npy")))
        {
            harmed.Position = harmed.Length - 1;
            harmed.WriteByte(0x55);
        }

        Tool.Run merge = Tool.Start("embed", "merge", _bench.Out, "-o", Path.Combine(_bench.Folder, "harmed.npy"));
        Assert.Equal(3, merge.ExitCode);
        Assert.Contains("b.txt in", merge.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(_bench.Out, "c.json"));
        File.WriteAllText(Path.Combine(_bench.Out, "d.npy.12345678.unfinished"), "left by a killed process");
        string old = Path.Combine(_bench.Out, "a.npy.12345678.unfinished");
        File.WriteAllText(old, "left by a process that was killed long ago");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        Assert.Equal([true, false, false, true], ShardBench.Skipped(ShardBench.Images(lists, _bench.Out)));
        Assert.Equal(
            ["d.npy.12345678.unfinished"],
            Directory.EnumerateFiles(_bench.Out, "*.unfinished").Select(Path.GetFileName)
        );
        Assert.Equal(whole, _bench.Merged(_bench.Out, "again.npy"));

        _bench.List("d.txt", paths[5..]);
        File.SetLastWriteTimeUtc(lists[0], DateTime.UtcNow.AddHours(1));
        Assert.Equal([true, true, true, false], ShardBench.Skipped(ShardBench.Images(lists, _bench.Out)));
    }

    [Fact]
    public void AMissingShardIsNamedWithAllOthersThatAreMissing()
    {
        string[] paths = _bench.Paint(3);
        string[] lists = [.. paths.Select((path, index) => _bench.List($"part {index}.txt", [path]))];
        ShardBench.Images(lists, _bench.Out, "--shard", "1/3");

        Tool.Run run = Tool.Start("embed", "merge", _bench.Out, "-o", Path.Combine(_bench.Folder, "all.npy"));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(
            $"2 of the 3 shards of {_bench.Out} have no output: {lists[0]}, {lists[2]}; ",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(Path.Combine(_bench.Folder, "all.npy")));
    }

    [Fact]
    public void TwoModelsDoNotMixInAFolderNorInAMerge()
    {
        string[] paths = _bench.Paint(2);
        string[] lists = [_bench.List("a.txt", paths[..1]), _bench.List("b.txt", paths[1..])];
        string other = Path.Combine(_bench.Folder, "other");
        ShardBench.Images(lists, _bench.Out, "--shard", "0/2");
        Tool.Run mixed = ShardBench.Images(lists, _bench.Out, "--shard", "1/2", "--precision", "int8");
        ShardBench.Images(lists, other, "--shard", "1/2", "--precision", "int8");
        foreach (string file in Directory.EnumerateFiles(other, "b.*"))
        {
            File.Copy(file, Path.Combine(_bench.Out, Path.GetFileName(file)));
        }

        Tool.Run merge = Tool.Start("embed", "merge", _bench.Out, "-o", Path.Combine(_bench.Folder, "all.npy"));

        Assert.Equal((3, 3), (mixed.ExitCode, merge.ExitCode));
        Assert.Contains("was made in float32, and not in int8; name another folder", mixed.Error, StringComparison.Ordinal);
        Assert.Contains($"that of {lists[1]} was made in int8, and not in float32", merge.Error, StringComparison.Ordinal);
        Assert.Equal(3, ShardBench.Images(lists, _bench.Out, "--orient").ExitCode);
        Assert.Equal(3, ShardBench.Texts(lists, _bench.Out).ExitCode);
    }

    [Theory]
    [InlineData(2, "makes no sense", "RANK=4 WORLD_SIZE=4")]
    [InlineData(2, "add --shard env/n", "JOB_COMPLETION_INDEX=1")]
    [InlineData(2, "RANK is not", "WORLD_SIZE=2")]
    [InlineData(2, "there are none; give i/n", "", "--shard", "env/2")]
    [InlineData(2, "makes no sense with --shard env/2", "JOB_COMPLETION_INDEX=2", "--shard", "env/2")]
    [InlineData(2, "and not '2/2'", "", "--shard", "2/2")]
    [InlineData(2, "and not '1'", "", "--shard", "1")]
    [InlineData(
        0,
        "Process 1 of 2, counted from 0 (JOB_COMPLETION_INDEX=1, --shard env/2): 0 of 1",
        "JOB_COMPLETION_INDEX=1",
        "--shard",
        "env/2"
    )]
    [InlineData(0, "Process 1 of 2, counted from 0 (--shard 1/2): 0 of 1", "RANK=7 WORLD_SIZE=2", "--shard", "1/2")]
    [InlineData(0, "Process 1 of 3, counted from 0 (PMI_RANK=1, PMI_SIZE=3): 0 of 1", "PMI_RANK=1 PMI_SIZE=3")]
    public void WhichProcessThisIsIsToldOrRefused(int code, string sentence, string variables, params string[] more)
    {
        Dictionary<string, string> environment = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static each => each.Split('='))
            .ToDictionary(static each => each[0], static each => each[1], StringComparer.Ordinal);

        Tool.Run run = Tool.StartWith(
            environment,
            ["embed", "images", "--shards", _bench.List("a.txt", _bench.Paint(1)), "-o", _bench.Out, .. more]
        );

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "name their folder by -o", "--shards", "LIST")]
    [InlineData(2, "is named beside --shards", "x.jpg", "--shards", "LIST", "-o", "out")]
    [InlineData(2, "nothing to embed", "-o", "out.npy")]
    [InlineData(2, "divide shards among processes", "x.jpg", "--claim")]
    [InlineData(2, "is no shard", "--shards", "x.zip", "-o", "OUT")]
    [InlineData(3, "There is no shard no.tar.", "--shards", "no.tar", "-o", "OUT")]
    [InlineData(3, "list.txt is there already", "--shards", "LIST", "-o", "FOLDER")]
    public void WhatDoesNotGoTogetherIsASentence(int code, string sentence, params string[] arguments)
    {
        string list = _bench.List("list.txt", _bench.Paint(1));
        string before = File.ReadAllText(list);

        Tool.Run run = Tool.Start([
            "embed",
            "images",
            .. arguments.Select(each => each.Replace("LIST", list).Replace("OUT", _bench.Out).Replace("FOLDER", _bench.Folder)),
        ]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(list));
    }

    [Fact]
    public void AListMayGrowAndNotShrink()
    {
        string[] paths = _bench.Paint(3);
        string[] lists = [.. paths.Select((path, index) => _bench.List($"{index}.txt", [path]))];
        ShardBench.Images(lists[1..], _bench.Out);

        Assert.Equal([false, true, true], ShardBench.Skipped(ShardBench.Images(lists, _bench.Out)));
        Tool.Run fewer = ShardBench.Images(lists[..1], _bench.Out);

        Assert.Equal(3, fewer.ExitCode);
        Assert.Contains("1 is not among the 1 named now", fewer.Error, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(Path.ChangeExtension(_bench.MergedFile(_bench.Out, "all.npy"), ".txt")).Length);
    }

    [Fact]
    public void AnIndexTakesOutputsOfLists()
    {
        string photos = Directory.CreateDirectory(Path.Combine(_bench.Folder, "photos")).FullName;
        string[] paths = _bench.Paint(4, photos);
        ShardBench.Images([_bench.List("a.txt", paths[..2]), _bench.List("b.txt", paths[2..])], _bench.Out, "--orient");
        // Of a shard that was killed between its files.
        File.Delete(Path.Combine(_bench.Out, "b.json"));

        Tool.Run run = Tool.Start("index", photos, "--from", _bench.Out, "--index", TestFolder.New(), "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\"seen\":4,\"embedded\":2", run.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAFolderNamedAnIndexTakesThoseOfTheOutputsImages()
    {
        string first = Directory.CreateDirectory(Path.Combine(_bench.Folder, "one")).FullName,
            below = Directory.CreateDirectory(Path.Combine(first, "below")).FullName,
            beside = Directory.CreateDirectory(Path.Combine(_bench.Folder, "one-more")).FullName,
            gone = Directory.CreateDirectory(Path.Combine(_bench.Folder, "gone")).FullName;
        string[] paths = [.. ((string[])[first, below, beside, gone]).SelectMany(folder => _bench.Paint(2, folder))];
        ShardBench.Images([_bench.List("a.txt", paths)], _bench.Out, "--orient");
        Directory.Delete(gone, recursive: true);
        string index = TestFolder.New();

        Tool.Run run = Tool.Start("index", "--from", _bench.Out, "--index", index, "--format", "csv");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["root,seen,embedded,reused,moved,gone,broken", $"{first},4,0,4,0,0,0", $"{beside},2,0,2,0,0,0"], run.Lines);
        Directory.Delete(first, recursive: true);
        Directory.Delete(beside, recursive: true);
        Tool.Run without = Tool.Start("index", "--from", _bench.Out, "--index", TestFolder.New());
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("is here; name their folder", without.Error, StringComparison.Ordinal);
    }

    private string[] Mixed()
    {
        string[] paths = _bench.Paint(5);
        List<(string, byte[])> entries = [];
        for (int index = 0; index < 11; index++)
        {
            bool isBroken = index is 3 or 7;
            entries.Add(($"{index:000}.{(isBroken ? "jpg" : "png")}", isBroken ? [1, 2] : File.ReadAllBytes(paths[index % 5])));
        }

        return
        [
            Shard.Write(Path.Combine(_bench.Folder, "archive.tar"), entries),
            _bench.List("of images.txt", paths.Select(static path => Path.GetFileName(path))),
            _bench.List("table.csv", ["caption;image", "a;0.png", "\"b;c\";3.png"]),
            _bench.List("lines.jsonl", ["""{"filepath":"1.png"}""", """{"filepath":"2.png"}"""]),
        ];
    }
}
