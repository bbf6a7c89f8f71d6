using System.Xml;
using System.Xml.Linq;
using Cupola.Training.Run;

namespace Cupola.Tests.Training.Run;

/// <summary>Pages that show how training went.</summary>
public sealed class TrainingReportTests
{
    [Fact]
    public void CurvesRunOverAllStepsAndTilesSayTheEnds()
    {
        LoggedStep[] steps =
        [
            .. Enumerable
                .Range(1, 40)
                .Select(static step => new LoggedStep(10 * step, step / 4.0, 4 - (step / 20.0), 14 + step, 0.0005, 300 + step)),
        ];
        LoggedEvaluation[] evaluations = [new(200, 5, 3.25, 0.41, 0.36, 0.46, 400), new(400, 10, 3.5, 0.38, 0.33, 0.43, 400)];

        XDocument page = Page("first", 400, steps, evaluations);

        string text = page.Descendants("body").Single().Value;
        foreach (
            string expected in new[]
            {
                "How first was trained",
                "400 steps; the pairs were seen 10 times",
                "2.000loss of the last batch",
                "3.250lowest loss on pairs not learned from",
                "at step 200",
                "41.0 %recognised",
                "36.0 to 46.0",
                "321pairs a second",
            }
        )
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        XElement[] charts = [.. page.Descendants("svg")];
        Assert.Equal(5, charts.Length);
        // 40 points over 0 to 400 in a plot from 42 to 448, and losses of 4 to 2 from its top to its bottom.
        string[] loss = Points(charts[0], "curve");
        Assert.Equal(40, loss.Length);
        Assert.Equal(("52.15", "448"), (loss[0].Split(' ')[0], loss[^1].Split(' ')[0]));
        Assert.Equal("206", loss[^1].Split(' ')[1]);
        Assert.Equal(2, charts[0].Elements("circle").Count());
        Assert.Equal(2, charts[1].Elements("circle").Count());
        Assert.Equal(
            "M245 ",
            charts[1].Elements("path").Single(static path => (string?)path.Attribute("class") == "curve").Attribute("d")!.Value[
                ..5
            ]
        );
    }

    [Fact]
    public void ALongRunMakesNoLargerPage()
    {
        Random random = new(1);
        LoggedStep[] steps =
        [
            .. Enumerable
                .Range(1, 200_000)
                .Select(step => new LoggedStep(step, step / 1000.0, 3 + random.NextDouble(), 20, 0.0005, 300)),
        ];
        LoggedEvaluation[] evaluations =
        [
            .. Enumerable
                .Range(1, 5000)
                .Select(step => new LoggedEvaluation(40 * step, step, 3, random.NextDouble(), 0.2, 0.6, 100)),
        ];
        string path = TestFolder.NewFile("training.html");

        TrainingReport.Write(path, "long", 200_000, steps, evaluations);

        Assert.InRange(new FileInfo(path).Length, 20_000, 250_000);
        XElement loss = Read(path).Descendants("svg").First();
        Assert.InRange(Points(loss, "curve").Length, 40, 80);
        Assert.InRange(Points(loss, "band").Length, 400, 800);
        Assert.Contains(
            "The last 200 of 5,000 evaluations",
            Read(path).Descendants("body").Single().Value,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WhatIsNoNumberIsLeftOutAndSaid()
    {
        XDocument page = Page(
            "<b>astray</b>",
            100,
            [new(10, 1, 2, 14, 0.1, 5), new(20, 2, double.NaN, 14, 0.1, 5), new(30, 3, double.PositiveInfinity, 14, 0.1, 5)],
            []
        );

        string text = page.Descendants("body").Single().Value;
        Assert.Contains("The loss of 2 logged steps is not a number.", text, StringComparison.Ordinal);
        Assert.Contains("How <b>astray</b> was trained", text, StringComparison.Ordinal);
        Assert.Contains("30 of 100 steps", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, page.Descendants("svg").Count());
        Assert.DoesNotContain("Evaluations", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutStepsThereIsNothingToDraw() =>
        Assert.Throws<ArgumentException>(() => TrainingReport.Write(TestFolder.NewFile("training.html"), "none", 10, [], []));

    [Fact]
    public void NeighboursThatBecomeOnePointKeepTheirMeanAndTheirRange()
    {
        IReadOnlyList<CurvePoint> points = CurvePoint.Thin([(1, 4), (2, 8), (3, double.NaN), (4, 1), (5, 3), (6, 10)], 3);

        Assert.Equal([new(1.5, 6, 4, 8), new(4.5, 2, 1, 3), new(6, 10, 10, 10)], points);
        Assert.Empty(CurvePoint.Thin([], 3));
    }

    private static string[] Points(XElement chart, string style) =>
        chart
            .Elements("path")
            .Single(path => (string?)path.Attribute("class") == style)
            .Attribute("d")!
            .Value.TrimStart('M')
            .TrimEnd('Z')
            .Split('L');

    private static XDocument Page(string run, long planned, LoggedStep[] steps, LoggedEvaluation[] evaluations)
    {
        string path = TestFolder.NewFile("training.html");
        TrainingReport.Write(path, run, planned, steps, evaluations);
        return Read(path);
    }

    private static XDocument Read(string path)
    {
        using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
