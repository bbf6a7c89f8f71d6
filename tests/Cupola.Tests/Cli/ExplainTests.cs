using System.Text.Json;
using Cupola.Images;

namespace Cupola.Tests.Cli;

/// <summary><c>explain</c> as a person starts it, and the maps of <c>classify --explain</c>.</summary>
public sealed class ExplainTests
{
    private static readonly string[] Terms = ["classToken", "attentionBias", "earlier", "mlp", "initial", "normBias"];

    private static string Image => SharedFolder.Own("pictures", "photo.png");

    [Fact]
    public void JsonHasTheExactMapWhateverIsShownAndItsSumIsTheCosineOfTheEmbeddings()
    {
        string file = TestFolder.NewFile("map.npy");
        Tool.Run run = Tool.Start("explain", Image, "-t", "a red disc", "--map", "value", "-o", file, "--format", "json");
        Tool.Run exact = Tool.Start("explain", Image, "-t", "a red disc", "--format", "json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement line = Assert.Single(run.Json);
        Assert.Equal((Image, "a red disc"), (line.GetProperty("image").GetString(), line.GetProperty("text").GetString()));
        Assert.Equal(8, line.GetProperty("map").GetArrayLength());
        Assert.Equal(line.GetProperty("map").GetRawText(), Assert.Single(exact.Json).GetProperty("map").GetRawText());
        double sum =
            Terms.Sum(term => line.GetProperty(term).GetDouble())
            + line.GetProperty("map")
                .EnumerateArray()
                .SelectMany(static row => row.EnumerateArray())
                .Sum(static value => value.GetDouble());
        Assert.Equal(line.GetProperty("cosine").GetDouble(), sum, 5e-7);
        float[] image = Embedding(Tool.Start("embed", "images", Image, "--format", "json")),
            text = Embedding(Tool.Start("embed", "texts", "a red disc", "--format", "json"));
        Assert.Equal(image.Zip(text, static (left, right) => left * right).Sum(), sum, 5e-7);
        // A NumPy file of 16 × 16 numbers behind its head.
        Assert.Equal(128 + (16 * 16 * 4), new FileInfo(file).Length);
        Assert.Equal(file, line.GetProperty("output").GetString());
    }

    [Fact]
    public void SeveralImagesAndTextsHaveTheirNumbersInTheNamesAndABrokenOneFailsAlone()
    {
        string folder = TestFolder.New(),
            broken = Path.Combine(folder, "broken.png"),
            wide = Path.Combine(folder, "wide.png");
        File.WriteAllText(broken, "no image");
        PngFile.Write(wide, [.. Enumerable.Repeat((byte)200, 90 * 30 * 3)], 90, 30);

        Tool.Run run = Tool.Start(
            "explain",
            broken,
            wide,
            "-t",
            "a red disc",
            "-t",
            "a blue canton",
            "-o",
            Path.Combine(folder, "map.png"),
            "--minus-mean",
            "--labels",
            "a red disc,a blue canton,a white cross",
            "--format",
            "json"
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(broken, run.Error, StringComparison.Ordinal);
        Assert.Equal(3, run.Lines.Length);
        Assert.True(run.Json.First().TryGetProperty("error", out _));
        Assert.Equal(
            ["map-2-1-seen.png", "map-2-1.png", "map-2-2-seen.png", "map-2-2.png"],
            Directory.EnumerateFiles(folder, "map*").Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        using RgbImage whole = ImageSource.FromPath(Path.Combine(folder, "map-2-1.png")).Decode(),
            seen = ImageSource.FromPath(Path.Combine(folder, "map-2-1-seen.png")).Decode();
        Assert.Equal((90, 30, 384, 384), (whole.Width, whole.Height, seen.Width, seen.Height));
        // Left and right of the crop the image is dark.
        Assert.True(whole.Row(15)[3 * 10] < 100 && whole.Row(15)[3 * 80] < 100);
    }

    [Theory]
    [InlineData(2, "--minus-mean", "--minus-mean")]
    [InlineData(2, "--labels", "--labels", "a,b")]
    [InlineData(2, ".png or a .npy", "-o", "map.jpg")]
    [InlineData(2, "There is no folder", "-o", "no/such/folder/map.png")]
    [InlineData(2, "--map is exact, naclip or value", "--map", "gradcam")]
    public void AWrongCommandLineIsOneSentence(int code, string says, params string[] arguments)
    {
        Tool.Run run = Tool.Start(["explain", Image, "-t", "a red disc", .. arguments]);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutATextThereIsNothingToExplain()
    {
        Tool.Run run = Tool.Start("explain", Image);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--text", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AKindOfMapThatAModelHasNotIsRefused()
    {
        string model = SharedFolder.Own("parity", "resnet", "open_clip");
        Tool.Run run = Tool.Start("explain", Image, "-t", "a", "--map", "naclip", "--model", model);

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Contains("residual network", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePageShowsWhereAnswerAndRivalComeFrom()
    {
        string page = TestFolder.NewFile("why.html");
        Tool.Run run = Tool.Start(
            "classify",
            Image,
            "--labels",
            "Japan,Greece,Norway",
            "--template",
            "the flag of {}",
            "--top",
            "1",
            "--explain",
            page
        );

        Assert.Equal(0, run.ExitCode);
        string html = File.ReadAllText(page);
        Assert.Equal(4, html.Split("data:image/jpeg").Length - 1);
        Assert.Contains("Their difference", html, StringComparison.Ordinal);

        Tool.Run alone = Tool.Start("classify", Image, "--labels", "Japan,Greece", "--map", "value");
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("--explain", alone.Error, StringComparison.Ordinal);
    }

    private static float[] Embedding(Tool.Run run) =>
        [.. Assert.Single(run.Json).GetProperty("embedding").EnumerateArray().Select(static value => value.GetSingle())];
}
