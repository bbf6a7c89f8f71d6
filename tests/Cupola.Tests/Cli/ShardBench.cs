using System.Diagnostics;
using Cupola.Images;

namespace Cupola.Tests.Cli;

/// <summary>A folder in which a test makes images and lists, and runs <c>cupola embed</c> with the built-in model.</summary>
internal sealed class ShardBench
{
    /// <summary>Where images and lists lie.</summary>
    public string Folder { get; } = TestFolder.New();

    /// <summary>Where outputs are written.</summary>
    public string Out => Path.Combine(Folder, "out");

    public string[] Paint(int count, string? folder = null) =>
        [.. Enumerable.Range(0, count).Select(number => Paint(Path.Combine(folder ?? Folder, $"{number}.png"), number))];

    private static string Paint(string path, int number)
    {
        byte[][] pixels =
        [
            .. Enumerable
                .Range(0, 24 * 16)
                .Select(place => new[] { (byte)(number * 37), (byte)(place * number), (byte)(200 - number) }),
        ];
        PngFile.Write(path, [.. pixels.SelectMany(static pixel => pixel)], 24, 16);
        return path;
    }

    public string List(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    public Process Launch(string[] shards, params string[] more) =>
        Launch(
            Tool.InterruptibleCommand([
                "embed",
                "images",
                "--shards",
                .. shards,
                "-o",
                Out,
                "--format",
                "json",
                "--threads",
                "1",
                .. more,
            ])
        );

    private static Process Launch(ProcessStartInfo start)
    {
        start.Environment["CUPOLA_CACHE"] = TestFolder.New();
        return Process.Start(start)!;
    }

    /// <summary>Waits for what a process will have done in a while, and not for ever.</summary>
    public static async Task Until(Func<bool> isSo, Process process)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), "It has not come about in five minutes.");
            // What it did last may be just that.
            Assert.True(!process.HasExited || isSo(), "The process has ended before.");
            await Task.Delay(5);
        }
    }

    public static Tool.Run Images(string[] shards, string folder, params string[] more) =>
        Tool.Start(["embed", "images", "--shards", .. shards, "-o", folder, "--format", "json", .. more]);

    public static Tool.Run Texts(string[] shards, string folder, params string[] more) =>
        Tool.Start(["embed", "texts", "--shards", .. shards, "-o", folder, "--format", "json", .. more]);

    public static IEnumerable<bool> Skipped(Tool.Run run) =>
        run.Json.Select(static line => line.GetProperty("skipped").GetBoolean());

    public string MergedFile(string folder, string name)
    {
        string file = Path.Combine(Folder, name);
        Tool.Run run = Tool.Start("embed", "merge", folder, "-o", file);
        Assert.True(run.ExitCode == 0, run.Error);
        return file;
    }

    public string Merged(string folder, string name) => Bytes(MergedFile(folder, name));

    /// <summary>All that a file of embeddings says, the files beside it included.</summary>
    public static string Bytes(string file) =>
        string.Join(
            '|',
            new[] { file, Path.ChangeExtension(file, ".txt"), Path.ChangeExtension(file, ".json") }
                .Where(File.Exists)
                .Distinct()
                .Select(static each => Convert.ToHexString(File.ReadAllBytes(each)))
        );
}
