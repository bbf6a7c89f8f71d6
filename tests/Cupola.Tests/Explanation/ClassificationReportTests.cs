using System.Xml.Linq;
using Cupola.Explanation;

namespace Cupola.Tests.Explanation;

/// <summary>Pages that show why.</summary>
public sealed class ClassificationReportTests
{
    private static readonly PromptAttributions Arguments = new(
        [new("cat", "A cat & its <b>whiskers</b>.", 0.3f, 0.05f)],
        [new("dog", "Dogs bark.", 0.28f, -0.01f)]
    );

    private static ExplainedAnswer Answer(string image) =>
        new(image, [new("cat", 0.75f, 0.29f), new("dog", 0.25f, 0.25f)], Arguments);

    [Fact]
    public void EveryTextIsShownAsItIsAndNoneIsMarkup()
    {
        string page = TestFolder.NewFile("why.html");

        ClassificationReport.Write(page, [Answer("cats/<i>1</i>.jpg")]);

        XElement body = XDocument
            .Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", "", StringComparison.OrdinalIgnoreCase))
            .Root!;
        string text = body.Value;
        Assert.Contains("A cat & its <b>whiskers</b>.", text, StringComparison.Ordinal);
        Assert.Contains("cats/<i>1</i>.jpg", text, StringComparison.Ordinal);
        Assert.Contains("75.0", text, StringComparison.Ordinal);
        Assert.DoesNotContain(body.Descendants(), static element => element.Name.LocalName is "b" or "script");
    }

    [Fact]
    public void AImageThatIsGoneMeanwhileIsSaidToBeGone()
    {
        string page = TestFolder.NewFile("why.html");

        ClassificationReport.Write(page, [Answer(Path.Combine(TestFolder.New(), "gone.jpg"))], notShown: 41);

        string html = File.ReadAllText(page);
        Assert.Contains("could not be read again", html, StringComparison.Ordinal);
        Assert.Contains("41 more images", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreImagesThanAPageHoldsAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ClassificationReport.Write(
                TestFolder.NewFile("why.html"),
                [.. Enumerable.Repeat(Answer("cat.jpg"), ClassificationReport.MostImages + 1)]
            )
        );
}
