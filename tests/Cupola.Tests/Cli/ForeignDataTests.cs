using System.Text.Json;
using Cupola.Tests.Hub;
using static Cupola.Tests.Data.Shard;

namespace Cupola.Tests.Cli;

/// <summary>Datasets that others wrote, with the model that comes along.</summary>
public sealed class ForeignDataTests
{
    private static readonly byte[] Image = Read("docs", "pictures", "flag-of-japan.png");

    private static readonly byte[] Other = Read("tests", "Cupola.Tests", "Golden", "pictures", "photo.png");

    private static readonly string[] OneStep = ["-o", "RUN", "--init", "flags", "--steps", "1", "--batch", "4"];

    public static TheoryData<string[]> VerbsThatReadADataset =>
        new()
        {
            { ["evaluate", "DATASET"] },
            { ["evaluate", "DATASET", "--retrieval"] },
            { ["prompts", "influence", "--dataset", "DATASET", "--labels", "a,b", "--templates", "imagenet-7"] },
            { ["classify", "IMAGE", "--labels", "a,b", "--calibrate", "DATASET"] },
            { ["train", "DATASET", .. OneStep] },
            { ["train", "GOOD", .. OneStep, "--validation", "DATASET"] },
            { ["train", "GOOD", .. OneStep, "--evaluate", "DATASET"] },
        };

    [Theory]
    [MemberData(nameof(VerbsThatReadADataset))]
    public async Task AddressesInATableAreFetchedWhereThePersonSaysSoAndNowhereElse(string[] verb)
    {
        await using LoopbackServer server = new(_ => new(200, Image));
        string folder = TestFolder.New(),
            image = Path.Combine(folder, "1.png");
        string table = Path.Combine(folder, "a.csv"),
            good = Path.Combine(folder, "good.csv");
        string address = $"http://127.0.0.1:{server.Port}/3.png";
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await File.WriteAllBytesAsync(image, Image, cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, "2.png"), Other, cancellationToken);
        const string Rows = "image,label,caption\n1.png,a,one\n2.png,b,two\n";
        await File.WriteAllTextAsync(good, Rows, cancellationToken);
        await File.WriteAllTextAsync(table, $"{Rows}{address},a,three\n", cancellationToken);
        string[] Arguments() =>
            [
                .. verb.Select(word =>
                    word switch
                    {
                        "DATASET" => table,
                        "GOOD" => good,
                        "IMAGE" => image,
                        "RUN" => TestFolder.NewFile("run"),
                        _ => word,
                    }
                ),
            ];

        Tool.Run without = Tool.Start(Arguments());
        int asked = server.Requests.Count;
        Tool.Run with = Tool.Start([.. Arguments(), "--fetch"]);

        Assert.Equal(0, asked);
        Assert.Contains(
            $"{address} is an address, and addresses in a table are fetched with --fetch only.",
            without.Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(0, without.ExitCode);
        Assert.NotEmpty(server.Requests);
        Assert.DoesNotContain("3.png", with.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void EqualImagesAndEqualCaptionsCountOnceAndAreRightForEachOther()
    {
        string folder = TestFolder.New(),
            table = Path.Combine(folder, "a.csv");
        File.WriteAllBytes(Path.Combine(folder, "1.png"), Image);
        File.WriteAllBytes(Path.Combine(folder, "copy.png"), Image);
        File.WriteAllBytes(Path.Combine(folder, "2.png"), Other);
        // Both images have the one caption, which the model reads alike in both spellings; one of them stands there twice.
        File.WriteAllText(table, "image,caption\n1.png,a flag\ncopy.png,A  flag\n2.png,a flag\n");

        Tool.Run run = Tool.Start("evaluate", table, "--retrieval", "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "3 images with 3 captions are 2 different images and 1 different captions.",
            run.Error,
            StringComparison.Ordinal
        );
        JsonElement line = JsonDocument.Parse(Assert.Single(run.Lines)).RootElement;
        Assert.Equal((2, 1), (line.GetProperty("pictures").GetInt32(), line.GetProperty("texts").GetInt32()));
        Assert.Equal((1.0, 1.0), (line.GetProperty("imageToText1").GetDouble(), line.GetProperty("textToImage1").GetDouble()));
    }

    [Fact]
    public void AShardOfAMacIsLearnedFrom()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("._0.png", "x"),
            ("0.png", Image),
            Entry("._0.txt", "x"),
            Entry("0.txt", "a flag"),
            Entry(".DS_Store", "x"),
            ("1.png", Other),
            Entry("README", "x"),
            Entry("1.txt", "a photo")
        );

        Tool.Run run = Tool.Start(
            "train",
            shard,
            "-o",
            TestFolder.NewFile("run"),
            "--init",
            "flags",
            "--steps",
            "1",
            "--batch",
            "2"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("Trained 1 of 1 steps", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classify", "FOLDER", "--labels", "a,b")]
    [InlineData("embed", "images", "FOLDER")]
    [InlineData("inspect", "pixels", "FOLDER")]
    [InlineData("prompts", "influence", "FOLDER", "--labels", "a,b")]
    public void AFolderWithoutImagesSaysHowManyFilesItsNamesWerePassedOverFor(params string[] verb)
    {
        string folder = TestFolder.New();
        File.WriteAllBytes(Path.Combine(folder, "1"), Image);
        File.WriteAllBytes(Path.Combine(folder, "2.dat"), Image);

        Tool.Run run = Tool.Start([.. verb.Select(word => word == "FOLDER" ? folder : word)]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2 files are skipped, because their names do not end as images' do", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TemplatesAndPromptsOfADataSetAreNamedWhereverTheyMayBeGiven()
    {
        string folder = TestFolder.New(),
            image = Path.Combine(folder, "cat", "1.png");
        string templates = Path.Combine(folder, "t.json"),
            prompts = Path.Combine(folder, "p.json");
        Directory.CreateDirectory(Path.GetDirectoryName(image)!);
        File.WriteAllBytes(image, Image);
        File.WriteAllText(templates, """{"x": ["a {c}"], "y": ["the {c}"]}""");
        File.WriteAllText(prompts, """{"x": {"cat": ["A cat."]}, "y": {"dog": ["A dog."]}}""");

        Tool.Run run = Tool.Start(
            "evaluate",
            folder,
            "--template",
            "a {label}",
            "--templates",
            $"{templates}#y",
            "--prompts",
            $"{prompts}#x",
            "--prompts",
            $"{templates}#x+{prompts}#x",
            "--format",
            "json"
        );
        Tool.Run unnamed = Tool.Start("evaluate", folder, "--templates", templates);

        Assert.Equal(
            ["template:a {label}", $"{templates}#y", $"{prompts}#x", $"{templates}#x+{prompts}#x"],
            run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)
                .Where(static line => line.TryGetProperty("prompts", out _))
                .Select(static line => line.GetProperty("prompts").GetString())
        );
        Assert.Equal((0, 3), (run.ExitCode, unnamed.ExitCode));
        Assert.Contains("'x', 'y'", unnamed.Error, StringComparison.Ordinal);
    }

    private static byte[] Read(params ReadOnlySpan<string> parts) =>
        File.ReadAllBytes(Path.Combine([SharedFolder.Root, .. parts]));
}
