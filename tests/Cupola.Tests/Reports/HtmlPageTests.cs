using System.Xml;
using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Tests.Reports;

/// <summary>A page is well-formed whatever is written into it.</summary>
public sealed class HtmlPageTests
{
    [Fact]
    public void HostileTextStaysText()
    {
        const string hostile = "</td><script>alert(\"x\")</script>&amp;'\u0000\u001B\uD800\uFFFF𝄞";

        (string text, XDocument page) = Write(
            HtmlPage.Section(
                hostile,
                hostile,
                HtmlPage.Table(
                    [hostile],
                    [
                        [hostile],
                    ]
                ),
                HtmlPage.Image([1, 2, 3], hostile)
            )
        );

        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            hostile
                .Replace('\u0000', '\uFFFD')
                .Replace('\u001B', '\uFFFD')
                .Replace('\uD800', '\uFFFD')
                .Replace('\uFFFF', '\uFFFD'),
            page.Descendants("td").Single().Value
        );
        Assert.Equal(page.Descendants("td").Single().Value, page.Descendants("img").Single().Attribute("alt")!.Value);
    }

    [Fact]
    public void ThePageNamesNothingOutsideItself()
    {
        (string text, XDocument page) = Write(HtmlPage.Section("A", null, HtmlPage.Image([1, 2, 3], "three bytes")));

        Assert.StartsWith("<!DOCTYPE html", text, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("data:image/jpeg;base64,AQID", page.Descendants("img").Single().Attribute("src")!.Value);
        Assert.DoesNotContain("&", page.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyElementHasItsEnd()
    {
        (string text, _) = Write(HtmlPage.Element("div", "empty"), HtmlPage.Element("br", null));

        Assert.Contains("<div class=\"empty\"></div><br />", text, StringComparison.Ordinal);
    }

    private static (string Text, XDocument Page) Write(params XElement[] content)
    {
        string path = TestFolder.NewFile("page.html");
        HtmlPage.Write(path, "A page", "It says little.", content);
        string text = File.ReadAllText(path);
        using XmlReader reader = XmlReader.Create(
            new StringReader(text),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore }
        );
        return (text, XDocument.Load(reader));
    }
}
