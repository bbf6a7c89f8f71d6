using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Cupola.Images;
using Cupola.Tests.Data;

namespace Cupola.Tests.Cli;

/// <summary><c>cupola embed … --shards</c> and <c>cupola embed merge</c>, with the built-in model.</summary>
public sealed class ShardedEmbeddingTests
{
    private readonly string _folder = TestFolder.New();

    private string Out => Path.Combine(_folder, "out");

    /// <summary>An archive, two tables and a list, with broken images, by one process and by three on other numbers of threads.</summary>
    [Fact]
    public void ManyProcessesWriteWhatOneDoes()
    {
        string[] shards = Mixed();
        Tool.Run one = Images(shards, Path.Combine(_folder, "one"), "--threads", "1");
        Tool.Run[] three = [.. Enumerable.Range(0, 3).Select(index => Images(shards, Out, "--shard", $"{index}/3", "--threads", "3"))];

        Assert.Equal(1, one.ExitCode);
        Assert.Equal([1, 0, 0], three.Select(static run => run.ExitCode));
        Assert.Contains("Process 2 of 3, counted from 0 (--shard 2/3): 1 of 4 shards, the first table.", three[2].Error, StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"shard":{{JsonSerializer.Serialize(shards[0])}},"images":9,"failed":2,"output":{{JsonSerializer.Serialize(Path.Combine(Out, "archive.npy"))}},"skipped":false}""",
            three[0].Lines[0]
        );
        Assert.Contains("003.jpg", three[0].Error, StringComparison.Ordinal);
        Assert.Equal(Merged(Path.Combine(_folder, "one"), "one.npy"), Merged(Out, "three.npy"));
        Assert.Equal(Merged(Path.Combine(_folder, "one"), "one.safetensors"), Merged(Out, "three.safetensors"));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "archive.json")));
        Assert.Equal(9, manifest.RootElement.GetProperty("images").GetInt32());
        Assert.Contains("003.jpg", manifest.RootElement.GetProperty("failures")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("float32", manifest.RootElement.GetProperty("precision").GetString());
    }

    /// <summary>The images of lists are those of one list, and so is the file.</summary>
    [Fact]
    public void TheMergedFileIsThatOfOneCommandOverAllImages()
    {
        string[] paths = Paint(7);
        string[] lists = [List("a.txt", paths[..4]), List("b.txt", paths[4..])];
        string file = Path.Combine(_folder, "flat.npy");
        Assert.Equal(0, Images(lists, Out).ExitCode);

        Assert.Equal(0, Tool.Start(["embed", "images", .. paths, "-o", file]).ExitCode);

        Assert.Equal(Bytes(file), Merged(Out, "merged.npy"));
    }

    [Fact]
    public void WhatIsDoneIsSkippedAndWhatIsHarmedOrOfAnotherShardIsMadeAgain()
    {
        string[] paths = Paint(6);
        string[] lists = [List("a.txt", paths[..2]), List("b.txt", paths[2..4]), List("c.txt", paths[4..5]), List("d.txt", paths[4..5])];
        Images(lists, Out);
        string whole = Merged(Out, "before.npy");
        Assert.Equal([true, true, true, true], Skipped(Images(lists, Out)));

        using (FileStream harmed = File.OpenWrite(Path.Combine(Out, "b.npy")))
        {
            harmed.Position = harmed.Length - 1;
            harmed.WriteByte(0x55);
        }

        Tool.Run merge = Tool.Start("embed", "merge", Out, "-o", Path.Combine(_folder, "harmed.npy"));
        Assert.Equal(3, merge.ExitCode);
        Assert.Contains("b.txt in", merge.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(Out, "c.json"));
        File.WriteAllText(Path.Combine(Out, "d.npy.12345678.unfinished"), "left by a killed process");
        Assert.Equal([true, false, false, true], Skipped(Images(lists, Out)));
        Assert.Equal(whole, Merged(Out, "again.npy"));

        List("d.txt", paths[5..]);
        File.SetLastWriteTimeUtc(lists[0], DateTime.UtcNow.AddHours(1));
        Assert.Equal([true, true, true, false], Skipped(Images(lists, Out)));
    }

    [Fact]
    public void AMissingShardIsNamedWithAllOthersThatAreMissing()
    {
        string[] paths = Paint(3);
        string[] lists = [.. paths.Select((path, index) => List($"part {index}.txt", [path]))];
        Images(lists, Out, "--shard", "1/3");

        Tool.Run run = Tool.Start("embed", "merge", Out, "-o", Path.Combine(_folder, "all.npy"));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"2 of the 3 shards of {Out} have no output: {lists[0]}, {lists[2]}; ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "all.npy")));
    }

    [Fact]
    public void TwoModelsDoNotMixInAFolderNorInAMerge()
    {
        string[] paths = Paint(2);
        string[] lists = [List("a.txt", paths[..1]), List("b.txt", paths[1..])];
        string other = Path.Combine(_folder, "other");
        Images(lists, Out, "--shard", "0/2");
        Tool.Run mixed = Images(lists, Out, "--shard", "1/2", "--precision", "int8");
        Images(lists, other, "--shard", "1/2", "--precision", "int8");
        foreach (string file in Directory.EnumerateFiles(other, "b.*"))
        {
            File.Copy(file, Path.Combine(Out, Path.GetFileName(file)));
        }

        Tool.Run merge = Tool.Start("embed", "merge", Out, "-o", Path.Combine(_folder, "all.npy"));

        Assert.Equal((3, 3), (mixed.ExitCode, merge.ExitCode));
        Assert.Contains("was made in float32, and not in int8; name another folder", mixed.Error, StringComparison.Ordinal);
        Assert.Contains($"that of {lists[1]} was made in int8, and not in float32", merge.Error, StringComparison.Ordinal);
        Assert.Equal(3, Images(lists, Out, "--orient").ExitCode);
        Assert.Equal(3, Texts(lists, Out).ExitCode);
    }

    [Theory]
    [InlineData(2, "makes no sense", "RANK=4 WORLD_SIZE=4")]
    [InlineData(2, "add --shard env/n", "JOB_COMPLETION_INDEX=1")]
    [InlineData(2, "RANK is not", "WORLD_SIZE=2")]
    [InlineData(2, "there are none; give i/n", "", "--shard", "env/2")]
    [InlineData(2, "makes no sense with --shard env/2", "JOB_COMPLETION_INDEX=2", "--shard", "env/2")]
    [InlineData(2, "and not '2/2'", "", "--shard", "2/2")]
    [InlineData(2, "and not '1'", "", "--shard", "1")]
    [InlineData(0, "Process 1 of 2, counted from 0 (JOB_COMPLETION_INDEX=1, --shard env/2): 0 of 1", "JOB_COMPLETION_INDEX=1", "--shard", "env/2")]
    [InlineData(0, "Process 1 of 2, counted from 0 (--shard 1/2): 0 of 1", "RANK=7 WORLD_SIZE=2", "--shard", "1/2")]
    [InlineData(0, "Process 1 of 3, counted from 0 (PMI_RANK=1, PMI_SIZE=3): 0 of 1", "PMI_RANK=1 PMI_SIZE=3")]
    public void WhichProcessThisIsIsToldOrRefused(int code, string sentence, string variables, params string[] more)
    {
        Dictionary<string, string> environment = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static each => each.Split('='))
            .ToDictionary(static each => each[0], static each => each[1], StringComparer.Ordinal);

        Tool.Run run = Tool.StartWith(environment, ["embed", "images", "--shards", List("a.txt", Paint(1)), "-o", Out, .. more]);

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
        string list = List("list.txt", Paint(1));
        string before = File.ReadAllText(list);

        Tool.Run run = Tool.Start([
            "embed",
            "images",
            .. arguments.Select(each => each.Replace("LIST", list).Replace("OUT", Out).Replace("FOLDER", _folder)),
        ]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(list));
    }

    /// <summary>As programs of all systems write them: marks, line ends, spaces, blank lines, no last line end, any script.</summary>
    [Fact]
    public void AListIsReadAsItComes()
    {
        Paint(3);
        File.Move(Path.Combine(_folder, "2.png"), Path.Combine(_folder, "drei Bücher.png"));
        File.WriteAllBytes(
            Path.Combine(_folder, "list.txt"),
            [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("0.png\r\n\r\n 1.png \r\ndrei Bücher.png\r\n0.png\r\nhttp://127.0.0.1:1/x.png\r\nno.png")]
        );

        Tool.Run run = Images([Path.Combine(_folder, "list.txt")], Out);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("\"images\":4,\"failed\":2", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("addresses in a table are fetched with --fetch only", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            new[] { "0.png", "1.png", "drei Bücher.png", "0.png" }.Select(name => Path.Combine(_folder, name)),
            File.ReadAllLines(Path.Combine(Out, "list.txt"))
        );
    }

    /// <summary>Empty ones are done with nothing; what is no shard at all has no output, and the others have theirs.</summary>
    [Fact]
    public void ShardsWithoutImagesCostOnlyThemselves()
    {
        string[] shards =
        [
            Shard.Write(Path.Combine(_folder, "empty.tar")),
            List("empty.txt", []),
            Shard.Write(Path.Combine(_folder, "texts.tar"), Shard.Entry("0.txt", "a dog")),
            List("not.tar", ["this is no archive at all"]),
            Cut("cut.tar"),
            List("columns.csv", ["a,b", "1,2"]),
        ];

        Tool.Run run = Images(shards, Out);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            ["0 1", "0 0", "0 1", "-", "1 1", "-"],
            run.Json.Select(static line =>
                line.TryGetProperty("error", out _) ? "-" : $"{line.GetProperty("images")} {line.GetProperty("failed")}"
            )
        );
        Assert.Contains("is damaged after its first", run.Error, StringComparison.Ordinal);
        Tool.Run merge = Tool.Start("embed", "merge", Out, "-o", Path.Combine(_folder, "all.npy"));
        Assert.Contains($"{shards[3]}, {shards[5]}; embed", merge.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TextsComeFromListsTablesAndArchives()
    {
        string[] shards =
        [
            List("flags.txt", ["a red flag", "", "a blue flag"]),
            List("table.tsv", ["text\turl", "a dog\thttp://x/0.jpg", "a \"cat\thttp://x/1.jpg"]),
            List("lines.jsonl", ["""{"caption":"one"}""", """{"caption":["two","three"]}""", """{"caption":null}"""]),
            Shard.Write(
                Path.Combine(_folder, "archive.tar"),
                Shard.Entry("0.txt", "first"),
                Shard.Entry("1.json", """{"caption":"second"}"""),
                Shard.Entry("2.cls", "3")
            ),
        ];

        Tool.Run one = Texts(shards, Path.Combine(_folder, "one"), "--threads", "1"),
            two = Texts(shards, Out, "--threads", "4", "--shard", "0/2"),
            three = Texts(shards, Out, "--threads", "2", "--shard", "1/2");

        Assert.Equal((1, 1, 1), (one.ExitCode, two.ExitCode, three.ExitCode));
        Assert.Equal(
            ["3 0", "2 0", "3 1", "2 1"],
            one.Json.Select(static line => $"{line.GetProperty("texts")} {line.GetProperty("failed")}")
        );
        Assert.Equal(Merged(Path.Combine(_folder, "one"), "one.npy"), Merged(Out, "merged.npy"));
        Assert.Equal(
            ["a red flag", "", "a blue flag", "a dog", "a \"cat", "one", "two", "three", "first", "second"],
            File.ReadAllLines(Path.Combine(_folder, "merged.txt"))
        );
    }

    [Fact]
    public void AListMayGrowAndNotShrink()
    {
        string[] paths = Paint(3);
        string[] lists = [.. paths.Select((path, index) => List($"{index}.txt", [path]))];
        Images(lists[1..], Out);

        Assert.Equal([false, true, true], Skipped(Images(lists, Out)));
        Tool.Run fewer = Images(lists[..1], Out);

        Assert.Equal(3, fewer.ExitCode);
        Assert.Contains("1 is not among the 1 named now", fewer.Error, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(Path.ChangeExtension(MergedFile(Out, "all.npy"), ".txt")).Length);
    }

    [Fact]
    public void AnIndexTakesOutputsOfLists()
    {
        string photos = Directory.CreateDirectory(Path.Combine(_folder, "photos")).FullName;
        string[] paths = Paint(4, photos);
        Images([List("a.txt", paths[..2]), List("b.txt", paths[2..])], Out, "--orient");
        // Of a shard that was killed between its files.
        File.Delete(Path.Combine(Out, "b.json"));

        Tool.Run run = Tool.Start("index", photos, "--from", Out, "--index", TestFolder.New(), "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\"seen\":4,\"embedded\":2", run.Lines[0], StringComparison.Ordinal);
    }

    /// <summary>Of four processes that share a folder one is killed; its claim goes stale, and the others do its shard.</summary>
    [Fact]
    public async Task ProcessesThatClaimShardsDoThoseOfADeadOne()
    {
        string[] paths = Paint(8);
        string[] lists = [.. Enumerable.Range(0, 8).Select(index => List($"{index}.txt", Enumerable.Repeat(paths[index], 40)))];
        Images(lists, Path.Combine(_folder, "one"));
        Directory.CreateDirectory(Out);
        await File.WriteAllTextAsync(Path.Combine(Out, "3.claim"), "a machine that died");
        Process[] four = [.. Enumerable.Range(0, 4).Select(index => Launch(lists, "--claim", "--shard", $"{index}/4"))];
        Task<string>[] said = [.. four.Select(static process => process.StandardOutput.ReadToEndAsync())];
        Task<string>[] errors = [.. four.Select(static process => process.StandardError.ReadToEndAsync())];
        while (!File.Exists(Path.Combine(Out, "1.claim")) && !File.Exists(Path.Combine(Out, "1.json")))
        {
            await Task.Delay(5);
        }

        four[1].Kill();
        await Task.WhenAll(four.Select(static process => process.WaitForExitAsync()));

        Assert.Equal([0, 0, 0], new[] { 0, 2, 3 }.Select(index => four[index].ExitCode));
        Assert.Contains("Waiting for", string.Concat(await Task.WhenAll(errors)), StringComparison.Ordinal);
        int made = (await Task.WhenAll(said)).Sum(static output => output.Split("\"skipped\":false").Length - 1);
        Assert.InRange(made, 7, 8);
        Assert.Equal(Merged(Path.Combine(_folder, "one"), "one.npy"), Merged(Out, "four.npy"));
        Assert.Empty(Directory.EnumerateFiles(Out, "*.claim"));
        Array.ForEach(four, static process => process.Dispose());
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task AStoppedProcessLeavesNoClaimAndNothingUnfinished(int signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        string[] lists = [List("a.txt", Paint(1)), List("b.txt", Enumerable.Repeat(Path.Combine(_folder, "0.png"), 200_000))];
        using Process process = Launch(lists, "--claim");
        Task<string> error = process.StandardError.ReadToEndAsync(),
            output = process.StandardOutput.ReadToEndAsync();
        while (!File.Exists(Path.Combine(Out, "b.claim")) || Directory.GetFiles(Out, "b.npy.*").Length == 0)
        {
            await Task.Delay(5);
        }

        Assert.Equal(0, InterruptTests.Kill(process.Id, signal));
        await process.WaitForExitAsync();

        Assert.Equal(code, process.ExitCode);
        Assert.Contains($"the outputs in {Out} are whole, and the same command goes on from there.", await error, StringComparison.Ordinal);
        Assert.Single((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            ["a.json", "a.npy", "a.txt", "shards.json"],
            Directory.EnumerateFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    private string[] Mixed()
    {
        string[] paths = Paint(5);
        List<(string, byte[])> entries = [];
        for (int index = 0; index < 11; index++)
        {
            bool isBroken = index is 3 or 7;
            entries.Add(($"{index:000}.{(isBroken ? "jpg" : "png")}", isBroken ? [1, 2] : File.ReadAllBytes(paths[index % 5])));
        }

        return
        [
            Shard.Write(Path.Combine(_folder, "archive.tar"), entries),
            List("of images.txt", paths.Select(static path => Path.GetFileName(path))),
            List("table.csv", ["caption;image", "a;0.png", "\"b;c\";3.png"]),
            List("lines.jsonl", ["""{"filepath":"1.png"}""", """{"filepath":"2.png"}"""]),
        ];
    }

    private string Cut(string name)
    {
        byte[] picture = File.ReadAllBytes(Paint(1)[0]);
        string path = Shard.Write(Path.Combine(_folder, name), ("0.png", picture), ("1.png", picture));
        using FileStream stream = File.OpenWrite(path);
        stream.SetLength(1024 + ((picture.Length + 511) / 512 * 512) + 100);
        return path;
    }

    private string[] Paint(int count, string? folder = null) =>
        [.. Enumerable.Range(0, count).Select(number => Paint(Path.Combine(folder ?? _folder, $"{number}.png"), number))];

    private static string Paint(string path, int number)
    {
        byte[][] pixels =
        [
            .. Enumerable.Range(0, 24 * 16).Select(place => new[] { (byte)(number * 37), (byte)(place * number), (byte)(200 - number) }),
        ];
        PngFile.Write(path, [.. pixels.SelectMany(static pixel => pixel)], 24, 16);
        return path;
    }

    private string List(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private Process Launch(string[] shards, params string[] more) =>
        Tool.Launch([], ["embed", "images", "--shards", .. shards, "-o", Out, "--format", "json", "--threads", "1", .. more]);

    private static Tool.Run Images(string[] shards, string folder, params string[] more) =>
        Tool.Start(["embed", "images", "--shards", .. shards, "-o", folder, "--format", "json", .. more]);

    private static Tool.Run Texts(string[] shards, string folder, params string[] more) =>
        Tool.Start(["embed", "texts", "--shards", .. shards, "-o", folder, "--format", "json", .. more]);

    private static IEnumerable<bool> Skipped(Tool.Run run) => run.Json.Select(static line => line.GetProperty("skipped").GetBoolean());

    private string MergedFile(string folder, string name)
    {
        string file = Path.Combine(_folder, name);
        Tool.Run run = Tool.Start("embed", "merge", folder, "-o", file);
        Assert.True(run.ExitCode == 0, run.Error);
        return file;
    }

    private string Merged(string folder, string name) => Bytes(MergedFile(folder, name));

    /// <summary>All that a file of embeddings says, the files beside it included.</summary>
    private static string Bytes(string file) =>
        string.Join(
            '|',
            new[] { file, Path.ChangeExtension(file, ".txt"), Path.ChangeExtension(file, ".json") }
                .Where(File.Exists)
                .Distinct()
                .Select(static each => Convert.ToHexString(File.ReadAllBytes(each)))
        );
}
