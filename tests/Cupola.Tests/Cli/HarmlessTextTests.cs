using System.Text.Json;
using Cupola.Cli;
using Cupola.Tests.Training.Run;

namespace Cupola.Tests.Cli;

/// <summary>What labels, files and servers say cannot steer a terminal, and stays what it is for a program.</summary>
public sealed class HarmlessTextTests
{
    private const string Evil = "ro\u001b[31mck\u009bet\u202e [red]x[/]\u0007";

    private static string Image => Path.Combine(Path.GetDirectoryName(TrainingFixture.Table)!, "0.bmp");

    [Theory]
    [InlineData("plain ASCII [red]x[/]", "plain ASCII [red]x[/]")]
    [InlineData("größer 冷蔵庫 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍🚀 می‌خواهم", "größer 冷蔵庫 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍🚀 می‌خواهم")]
    [InlineData("\u001b[2J\u001b]0;title\u0007", "␛[2J␛]0;title␇")]
    [InlineData("a\nb\r\nc\td\0\u007f", "a␊b␍␊c␉d␀␡")]
    [InlineData("\u009b31m\u0085", "\uFFFD31m\uFFFD")]
    [InlineData("gpj.\u202egnp \u2066x\u2069 \u200f\u2028\ufeff", "gpj.\uFFFDgnp \uFFFDx\uFFFD \uFFFD\uFFFD\uFFFD")]
    public void ControlCharactersAreShownAndDoNothing(string text, string shown) => Assert.Equal(shown, HarmlessText.Clean(text));

    [Fact]
    public void ALineStaysOneLineAndLinesStayLines()
    {
        using StringWriter written = new() { NewLine = "\n" };
        using HarmlessWriter writer = new(written);

        writer.WriteLine("one\ntwo");
        writer.Write("three\u001b\nfour\n");
        writer.WriteLine();

        Assert.Equal("one␊two\nthree␛\nfour\n\n", written.ToString());
    }

    [Fact]
    public void ATableAndAnErrorShowThemAndJsonHasThemAsTheyAre()
    {
        string folder = TestFolder.New();
        string name = Path.Combine(folder, OperatingSystem.IsWindows() ? "a.bmp" : "a\u001b[2J\n\u202e.bmp");
        string broken = Path.Combine(folder, OperatingSystem.IsWindows() ? "b.bmp" : "b\u001b]0;x\u0007.bmp");
        File.Copy(Image, name);
        File.WriteAllText(broken, "x");
        string labels = TestFolder.NewFile("labels.json");
        File.WriteAllText(labels, JsonSerializer.Serialize(new[] { Evil, "a\nb" }));
        string[] command = ["classify", name, broken, "--labels-file", labels, "--threads", "2"];

        Tool.Run table = Tool.Start(command),
            json = Tool.Start([.. command, "--format", "json"]);

        foreach (string said in new[] { table.Output, table.Error, json.Error })
        {
            Assert.DoesNotContain(said, static letter => letter != '\n' && (char.IsControl(letter) || letter == '\u202e'));
        }

        Assert.Contains("[red]x[/]", table.Output, StringComparison.Ordinal);
        Assert.Equal(3, table.Lines.Length);
        Assert.Single(table.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        JsonElement[] lines = [.. json.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(name, lines[0].GetProperty("image").GetString());
        Assert.Equal(
            new[] { Evil, "a\nb" }.Order(StringComparer.Ordinal),
            lines[0]
                .GetProperty("predictions")
                .EnumerateArray()
                .Select(static each => each.GetProperty("label").GetString()!)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void ALongNameIsNotBrokenInAPipe()
    {
        string name = string.Join(' ', Enumerable.Repeat("long", 40));
        string folder = Directory.CreateDirectory(Path.Combine(TestFolder.New(), name)).FullName;
        string image = Path.Combine(folder, "0.bmp");
        File.Copy(Image, image);

        Assert.Equal(image, Tool.Start("classify", image, "--labels", "a,b", "--threads", "2").Lines[0]);
    }
}
