using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Cupola.Tests.Training.Run;

namespace Cupola.Tests.Cli;

/// <summary>CSV read back by its headings.</summary>
public sealed class CsvOutputTests
{
    private const string Labels = "a red disc,a blue star,a green cross";

    private static string Image => Path.Combine(Path.GetDirectoryName(TrainingFixture.Table)!, "0.bmp");

    [Fact]
    public void EachRowOfClassifyHasItsLabelsOwnNumbersAndAnErrorStandsUnderError()
    {
        string[] command = ["classify", "nowhere.png", Image, "--labels", Labels, "--threads", "2"];
        JsonElement[] predictions = Predictions(Tool.Start([.. command, "--format", "json"]).Lines[1]);

        Dictionary<string, string>[] plain = Rows(command);
        Dictionary<string, string>[] none = Rows([.. command, "--threshold", "1"]),
            some = Rows([.. command, "--threshold", "0.01"]);

        foreach (Dictionary<string, string>[] rows in new[] { plain, none, some })
        {
            Assert.Equal(4, rows.Length);
            Assert.Equal(("nowhere.png", "", ""), (rows[0]["image"], rows[0]["label"], rows[0]["answer"]));
            Assert.Equal("There is no file nowhere.png.", rows[0]["error"]);
            Assert.All(rows[1..].Zip(predictions), static pair =>
            {
                Assert.Equal(pair.Second.GetProperty("label").GetString(), pair.First["label"]);
                Assert.Equal(pair.Second.GetProperty("probability").GetSingle(), Number(pair.First["probability"]));
                Assert.Equal(pair.Second.GetProperty("cosine").GetSingle(), Number(pair.First["cosine"]));
                Assert.Equal("", pair.First["error"]);
            });
        }

        string best = predictions[0].GetProperty("label").GetString()!;
        Assert.Equal([best, "", ""], plain[1..].Select(static row => row["answer"]));
        Assert.Equal([best, "", ""], some[1..].Select(static row => row["answer"]));
        Assert.Equal(["none of these", "none of these", "none of these"], none[1..].Select(static row => row["answer"]));
    }

    [Fact]
    public void AllAnswersOfSeveralLabelsAreTold()
    {
        string[] command =
        [
            "classify",
            Image,
            "--labels",
            Labels,
            "--multi-label",
            "--threshold",
            "0",
            "--top",
            "1",
            "--threads",
            "2",
        ];
        JsonElement line = JsonDocument.Parse(Tool.Start([.. command, "--format", "json"]).Lines[0]).RootElement;
        string[] answers = [.. line.GetProperty("answers").EnumerateArray().Select(static each => each.GetString()!)];

        Dictionary<string, string>[] rows = Rows(command),
            none = Rows([.. command[..5], "--threshold", "1", "--threads", "2"]);

        Assert.Equal(3, answers.Length);
        Assert.Equal(answers, rows.Select(static row => row["answer"]));
        Assert.Equal(answers, rows.Select(static row => row["label"]));
        Assert.All(none, static row => Assert.Equal("none of these", row["answer"]));
    }

    [Fact]
    public void LabelsComeBackWithQuotesCommasAndLinesAndFormulasAreTexts()
    {
        string[] labels = ["say \"cheese\"", "one, two", "a\nb\r\nc", " spaces ", "größer 🦊", "semi;colon\ttab"];
        string file = TestFolder.NewFile("labels.json");
        File.WriteAllText(file, JsonSerializer.Serialize(labels.Concat(["=1+1", "@x", "-dash", "+plus"])));

        string[] read =
        [
            .. Rows("classify", Image, "--labels-file", file, "--top", "20", "--threads", "2").Select(static row => row["label"]),
        ];

        string[] expected = [.. labels.Select(static label => label.Trim()), "'=1+1", "'@x", "'-dash", "'+plus"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryVerbHasHeadings()
    {
        Dictionary<string, string>[] images = Rows("embed", "images", Image, "nowhere.png", "--threads", "2");
        Dictionary<string, string>[] tokens = Rows("inspect", "tokens", "a red, disc");
        Dictionary<string, string>[] pixels = Rows("inspect", "pixels", Image, "nowhere.png", "--size", "32");

        Assert.Equal((Image, "", ""), (images[0]["image"], images[0]["error"], images[1]["0"]));
        IEnumerable<float> embedding = images[0]
            .Where(static field => field.Key.All(char.IsAsciiDigit))
            .Select(static field => Number(field.Value));
        Assert.Equal(1, embedding.Sum(static number => number * number), 1e-5f);
        Assert.Equal("There is no file nowhere.png.", images[1]["error"]);
        Assert.Equal(("a red, disc", "false"), (tokens[0]["text"], tokens[0]["truncated"]));
        Assert.Equal(tokens[0]["ids"].Split(' ').Length, tokens[0]["tokens"].Split(' ').Length);
        Assert.Equal(("32", 64, ""), (pixels[0]["width"], pixels[0]["sha256"].Length, pixels[0]["error"]));
        Assert.Equal("There is no file nowhere.png.", pixels[1]["error"]);
        Assert.Contains(Rows("inspect", "model"), static row => row["key"] == "layout" && row["value"] == "transformers");
        Assert.Equal("flags", Rows("models", "list")[0]["name"]);
    }

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static JsonElement[] Predictions(string line) =>
        [.. JsonDocument.Parse(line).RootElement.GetProperty("predictions").EnumerateArray()];

    private static Dictionary<string, string>[] Rows(params string[] command)
    {
        string output = Tool.Start([.. command, "--format", "csv"]).Output;
        using CsvReader csv = new(new StringReader(output), CultureInfo.InvariantCulture);
        List<Dictionary<string, string>> rows = [];
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            Assert.Equal(csv.HeaderRecord!.Length, csv.Parser.Count);
            rows.Add(csv.HeaderRecord.ToDictionary(static name => name, name => csv.GetField(name)!));
        }

        return [.. rows];
    }
}
