using System.Xml;
using System.Xml.Linq;
using Cupola.Evaluation;

namespace Cupola.Tests.Evaluation;

/// <summary>Pages that show how good prompt sets are.</summary>
public sealed class EvaluationReportTests
{
    private const string Hostile = "</title><script>alert(\"x\")</script>&amp;'\u0007";

    private static readonly byte[] Photo = File.ReadAllBytes(
        Path.Combine(AppContext.BaseDirectory, "Golden", "pictures", "photo.png")
    );

    [Fact]
    public void WhatIsCountedStandsOnThePage()
    {
        DatasetEvaluation report = Report(
            Set("template:a {}.", (0, 0, 0.9f), (0, 1, 0.8f), (1, 1, 0.7f), (1, 0, 0.6f)),
            Set("folder/birds.json", (0, 0, 0.9f), (0, 0, 0.8f), (1, 1, 0.7f), (1, 0, 0.6f))
        );

        string text = Text(Page(report, [.. Enumerable.Range(0, 4).Select(Image)]));

        foreach (
            string expected in new[]
            {
                "75.0 %30.1 to 95.4",
                "50.0 %15.0 to 85.0",
                "“a {}.”",
                "birds.json",
                "Cannot be told apart.",
                "1.0000",
                "1 of 2",
                "said ant60.0 %is bee40.0 %",
            }
        )
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("folder/birds.json", text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTextIsShownAsItIsAndNoneIsMarkup()
    {
        PromptSet prompts = PromptSet.FromTemplates([Hostile, "ant"], PromptTemplates.Simple);
        EvaluationResult First(string name) =>
            new(new(name, prompts), ClassEnsemble.EmbeddingMean, [new(0, 1, 1, 0.9f, 0.1f), new(1, 1, 0, 0.9f, 0.9f)]);

        XDocument page = Page(
            new(Hostile, Hostile, [First(Hostile), First("other")], [Hostile]),
            [new(Hostile, static _ => Photo), Image(1)]
        );

        string shown = Hostile.Replace('\u0007', '\uFFFD');
        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName == "script");
        Assert.Contains(shown, page.Descendants("p").First().Value, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("li"), item => item.Value == shown);
        Assert.Contains(page.Descendants("td"), cell => cell.Value == shown);
        Assert.Contains(page.Descendants("text"), label => label.Value.StartsWith("</title><script>", StringComparison.Ordinal));
    }

    [Fact]
    public void TheSurestOfTheWrongAnswersComeFirstWithTheirImages()
    {
        (int, int, float)[] answers = [.. Enumerable.Range(0, 100).Select(static index => (0, index % 2, index / 100f))];

        XElement[] cards =
        [
            .. Page(Report(Set("one", answers)), [.. Enumerable.Range(0, 100).Select(Image)])
                .Descendants("div")
                .Where(static element => (string?)element.Attribute("class") == "card"),
        ];

        Assert.Equal(48, cards.Length);
        Assert.Equal(
            Enumerable.Range(0, 48).Select(static place => $"{99 - (2 * place)}.0 %"),
            cards.Select(static card => card.Descendants("dd").First().Value)
        );
        Assert.Equal(
            Enumerable.Range(0, 48).Select(static place => $"image {99 - (2 * place)}"),
            cards.Select(static card => ((XText)card.Descendants("p").Last().LastNode!).Value)
        );
        Assert.All(cards, static card =>
            Assert.StartsWith(
                "data:image/jpeg;base64,",
                card.Descendants("img").Single().Attribute("src")!.Value,
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public void AImageThatIsGoneMeanwhileIsSaidToBeGone()
    {
        string text = Text(
            Page(Report(Set("one", (0, 1, 0.9f))), [ImageSource.FromPath(Path.Combine(TestFolder.New(), "gone.jpg"))])
        );

        Assert.Contains("could not be read again", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OneSetThatIsAlwaysRightHasNothingToCompareOrToConfuse()
    {
        string text = Text(Page(Report(Set("one", (0, 0, 0.9f), (1, 1, 0.8f))), [Image(0), Image(1)]));

        Assert.Contains("100.0 %", text, StringComparison.Ordinal);
        foreach (
            string heading in new[]
            {
                "Which differences are real",
                "Which classes are confused",
                "The most confused pairs",
                "The most confident mistakes",
                "could not be read",
            }
        )
        {
            Assert.DoesNotContain(heading, text, StringComparison.Ordinal);
        }
    }

    /// <summary>ImageNet's size, everything confused with everything, and more images that failed than a page names.</summary>
    [Fact]
    public void APageOfAThousandClassesAndFiftyThousandImagesIsOneThatABrowserOpens()
    {
        Random random = new(1);
        PromptSet prompts = PromptSet.FromTemplates(
            [.. Enumerable.Range(0, 1000).Select(static index => $"class {index} with a name of a usual length")],
            PromptTemplates.Simple
        );
        EvaluationResult[] sets =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(set => new EvaluationResult(
                    new($"set {set}", prompts),
                    ClassEnsemble.EmbeddingMean,
                    [
                        .. Enumerable
                            .Range(0, 50_000)
                            .Select(image =>
                            {
                                int answer = random.Next(3) > 0 ? image % 1000 : random.Next(1000);
                                return new ImageResult(
                                    image % 1000,
                                    answer,
                                    answer == image % 1000 ? 0 : 1,
                                    random.NextSingle(),
                                    0.01f
                                );
                            }),
                    ]
                )),
        ];
        string path = TestFolder.NewFile("report.html");

        EvaluationReport.Write(
            path,
            new("imagenet", "model", sets, [.. Enumerable.Repeat("broken.jpg is no image.", 5000)]),
            [.. Enumerable.Range(0, 50_000).Select(Image)]
        );

        Assert.InRange(new FileInfo(path).Length, 500_000, 4_000_000);
        XDocument page = Read(path);
        Assert.Equal(1000, page.Descendants("details").Single().Descendants("tr").Count() - 1 + 15);
        Assert.Equal(100, page.Descendants("li").Count());
        Assert.InRange(
            page.Descendants("svg").Single(static svg => (string?)svg.Attribute("class") == "map").Elements("text").Count(),
            2,
            2 * 36
        );
    }

    [Fact]
    public void OtherImagesThanThoseThatWereJudgedAreRefused() =>
        Assert.Throws<ArgumentException>(() =>
            EvaluationReport.Write(TestFolder.NewFile("report.html"), Report(Set("one", (0, 0, 0.9f))), [Image(0), Image(1)])
        );

    private static ImageSource Image(int index) => new($"image {index}", static _ => Photo);

    private static DatasetEvaluation Report(params EvaluationResult[] sets) => new("some/insects", "a/model", sets, []);

    private static EvaluationResult Set(string name, params (int Truth, int Answer, float Confidence)[] answers) =>
        new(
            new(name, PromptSet.FromTemplates(["ant", "bee"], PromptTemplates.Simple)),
            ClassEnsemble.EmbeddingMean,
            [
                .. answers.Select(static each => new ImageResult(
                    each.Truth,
                    each.Answer,
                    each.Truth == each.Answer ? 0 : 1,
                    each.Confidence,
                    each.Truth == each.Answer ? each.Confidence : 1 - each.Confidence
                )),
            ]
        );

    private static XDocument Page(DatasetEvaluation report, IReadOnlyList<ImageSource> images)
    {
        string path = TestFolder.NewFile("report.html");
        EvaluationReport.Write(path, report, images);
        return Read(path);
    }

    private static XDocument Read(string path)
    {
        using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static string Text(XDocument page) => page.Descendants("body").Single().Value;
}
