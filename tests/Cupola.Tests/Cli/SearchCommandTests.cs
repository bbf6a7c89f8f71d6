using System.Text.Json;
using Cupola.Images;

namespace Cupola.Tests.Cli;

/// <summary><c>cupola index</c> and <c>cupola search</c>, with the built-in model.</summary>
public sealed class SearchCommandTests
{
    private readonly string _photos = Path.Combine(TestFolder.New(), "photos");
    private readonly string _index = TestFolder.New();

    public SearchCommandTests()
    {
        Directory.CreateDirectory(_photos);
        Paint("red.png", 200, 30, 30);
        Paint("blue.png", 30, 30, 200);
        File.WriteAllText(Path.Combine(_photos, "broken.jpg"), "no image");
    }

    [Fact]
    public void AnIndexSaysWhatItFoundAndABrokenImageOnce()
    {
        Tool.Run first = Index(_photos),
            second = Index();

        Assert.Equal((1, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("broken.jpg", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("broken.jpg", second.Error, StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"root":{{JsonSerializer.Serialize(_photos)}},"seen":3,"embedded":2,"reused":0,"moved":0,"gone":0,"broken":1}""",
            first.Lines[0]
        );
        Assert.Contains("\"embedded\":0", second.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void ASearchBringsTheIndexUpToDateUnlessToldNotTo()
    {
        Index(_photos);
        Paint("green.png", 30, 200, 30);

        Assert.Equal(2, Search("a flag", "--no-update", "--format", "paths").Lines.Length);
        Assert.Equal(3, Search("a flag", "--format", "paths").Lines.Length);
    }

    [Fact]
    public void AnImageFindsItselfAndSignsStandAlone()
    {
        Index(_photos);
        string red = Path.Combine(_photos, "red.png");

        Tool.Run run = Tool.Start(["search", red, "-", "2:a blue flag", "--index", _index, "--top", "1", "--format", "json"]);

        Assert.Equal(0, run.ExitCode);
        using JsonDocument line = JsonDocument.Parse(run.Lines[0]);
        Assert.Equal(red, line.RootElement.GetProperty("image").GetString());
        Assert.Equal(1, line.RootElement.GetProperty("cosine").GetDouble(), 2e-3);
        Assert.True(line.RootElement.GetProperty("likely").GetBoolean());
        Assert.True(line.RootElement.GetProperty("score").GetDouble() > 0);
    }

    [Theory]
    [InlineData("2021", 0)]
    [InlineData("2021-05", 0)]
    [InlineData("yesterday", 2)]
    public void ADateIsAYearAMonthOrADay(string date, int exitCode) =>
        Assert.Equal(exitCode, Search("a flag", "--after", date).ExitCode);

    [Fact]
    public void WithoutAFolderAnIndexSaysWhatToDo()
    {
        Tool.Run run = Index();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("covers no folders yet", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ADriveThatIsNotConnectedCostsASentence()
    {
        Index(_photos);
        Directory.Move(_photos, _photos + "-away");

        Tool.Run run = Search("a flag", "--format", "paths");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Lines.Length);
        Assert.Contains("in case it is a drive that is not connected", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ASearchBesideAnUpdateSearchesWhatIsIndexed()
    {
        Index(_photos);
        Paint("green.png", 30, 200, 30);
        using FileStream held = new(Path.Combine(_index, "index.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Tool.Run run = Search("a flag", "--format", "paths");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Lines.Length);
        Assert.Equal(
            $"The index {_index} is being updated by another process; wait until that has ended. Until then it is "
                + "searched as it is.",
            run.Error.Trim()
        );
    }

    [Fact]
    public void ADamagedIndexIsASentence()
    {
        File.WriteAllText(Path.Combine(_index, "index.sqlite"), "no database at all, but text that is long enough to be read");

        Tool.Run run = Search("a flag");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("move it away, and it is made anew", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void DuplicatesAreGroupsInEveryFormatAndAPage()
    {
        File.Copy(Path.Combine(_photos, "red.png"), Path.Combine(_photos, "red again.png"));
        string page = TestFolder.NewFile("page.html");
        Index(_photos);

        Tool.Run json = Duplicates("--format", "json"),
            csv = Duplicates("--format", "csv"),
            paths = Duplicates("--format", "paths", "--page", page);

        JsonElement group = Assert.Single(json.Json);
        Assert.Equal("bytes", group.GetProperty("level").GetString());
        Assert.Equal(2, group.GetProperty("images").GetArrayLength());
        Assert.Equal("level,group,image,cosine,bytes,taken,number", csv.Lines[0].TrimEnd());
        Assert.Equal(3, csv.Lines.Length);
        Assert.Equal([Path.Combine(_photos, "red again.png"), Path.Combine(_photos, "red.png")], paths.Lines);
        string html = File.ReadAllText(page);
        Assert.Equal(2, html.Split("data:image/jpeg;base64,").Length - 1);
        Assert.Contains("The same bytes", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stands in place of terms", "--duplicates", "red")]
    [InlineData("are for terms", "--duplicates", "--threshold", "1")]
    [InlineData("nothing to look for")]
    [InlineData("There is no folder", "red", "--page", "/no/such/folder/page.html")]
    public void WhatDoesNotGoTogetherIsASentence(string sentence, params string[] arguments)
    {
        Tool.Run run = Tool.Start(["search", .. arguments, "--index", _index]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Likely and unlikely apart; a file's name is text and never markup.</summary>
    [Fact]
    public void APageShowsThumbnailsAndScores()
    {
        Paint("<b>&.png", 30, 200, 30);
        Index(_photos);
        string page = TestFolder.NewFile("page.html");

        Tool.Run run = Tool.Start([
            "search",
            Path.Combine(_photos, "red.png"),
            "+",
            "x < y",
            "--index",
            _index,
            "--page",
            page,
            "--top",
            "3",
        ]);

        Assert.Equal(0, run.ExitCode);
        string html = File.ReadAllText(page);
        Assert.Equal(3, html.Split("data:image/jpeg;base64,").Length - 1);
        Assert.Contains("&lt;b&gt;&amp;.png", html, StringComparison.Ordinal);
        Assert.Contains("x &lt; y", html, StringComparison.Ordinal);
        Assert.Contains("ikely</h2>", html, StringComparison.Ordinal);
    }

    /// <summary>A path for other tools has every character of the file's name.</summary>
    [Fact]
    public void PathsAreAsTheyAre()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Paint("a\tb\u202Ec.png", 30, 200, 30);
        Index(_photos);

        Assert.Contains(Path.Combine(_photos, "a\tb\u202Ec.png"), Search("a flag", "--format", "paths").Lines);
    }

    [Theory]
    [InlineData(2, "leave out --index or --store", "--index", "here")]
    [InlineData(3, "127.0.0.1:1/photos cannot be reached")]
    public void AStoreThatCannotBeUsedIsASentenceWithoutItsPassword(int code, string sentence, params string[] more)
    {
        Tool.Run run = Tool.Start(["search", "red", "--store", "postgres://me:hush@127.0.0.1:1/photos", .. more]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", run.Error, StringComparison.Ordinal);
    }

    private Tool.Run Duplicates(params string[] more) => Tool.Start(["search", "--duplicates", "--index", _index, .. more]);

    private Tool.Run Index(params string[] folders) => Tool.Start(["index", .. folders, "--index", _index, "--format", "json"]);

    private Tool.Run Search(string words, params string[] more) => Tool.Start(["search", words, "--index", _index, .. more]);

    private void Paint(string name, byte red, byte green, byte blue)
    {
        byte[][] pixels = [.. Enumerable.Repeat(new[] { red, green, blue }, 16 * 16)];
        PngFile.Write(Path.Combine(_photos, name), [.. pixels.SelectMany(static pixel => pixel)], 16, 16);
    }
}
