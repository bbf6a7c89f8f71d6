using System.Text;
using System.Xml;
using System.Xml.Linq;
using Cupola.Files;

namespace Cupola.Reports;

/// <summary>
/// Builds an HTML page: one file that needs nothing else, neither network nor script. It is built from elements, so every text is
/// encoded, and the content of files and labels can never become markup.
/// </summary>
internal static class HtmlPage
{
    /// <summary>
    /// Void elements of HTML; all others need an end tag, which XML would omit if they are empty.
    /// </summary>
    private static readonly HashSet<string> SelfClosing = ["meta", "img", "br", "rect", "line", "circle", "path", "col", "hr"];

    /// <summary>Well above the length of CLIP's longest class names; a file may contain longer texts.</summary>
    private const int LongestText = 160;

    /// <summary>
    /// An element with a class of the page's style, and its content: texts, elements, attributes and sequences of them.
    /// </summary>
    public static XElement Element(string name, string? style, params object?[] content) =>
        new(name, style is null ? null : new XAttribute("class", style), content);

    /// <summary>A section of the page with a heading and, below it, a sentence that explains how to read it.</summary>
    public static XElement Section(string heading, string? lead, params object?[] content) =>
        Element("section", null, Element("h2", null, heading), lead is null ? null : Element("p", "lead", lead), content);

    /// <summary>
    /// A table. A heading that begins with <c>#</c> is for numbers, which are right-aligned; one that begins with <c>|</c> for
    /// drawings, which get more width.
    /// </summary>
    public static XElement Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<object>> rows)
    {
        string?[] styles =
        [
            .. headings.Select(static heading =>
                heading.StartsWith('#') ? "number"
                : heading.StartsWith('|') ? "plot"
                : null
            ),
        ];
        return Element(
            "div",
            "scroll",
            Element(
                "table",
                null,
                Element(
                    "thead",
                    null,
                    Element(
                        "tr",
                        null,
                        headings.Select(
                            (heading, column) =>
                                Element("th", styles[column], new XAttribute("scope", "col"), heading.TrimStart('#', '|'))
                        )
                    )
                ),
                Element(
                    "tbody",
                    null,
                    rows.Select(row => Element("tr", null, row.Select((cell, column) => Element("td", styles[column], cell))))
                )
            )
        );
    }

    /// <summary>A large figure with its name and a short note.</summary>
    public static XElement Tile(string figure, string what, string more) =>
        Element("div", "tile", Element("b", "figure", figure), Element("span", null, what), Element("span", "quiet", more));

    /// <summary>A term of a definition list, and its meaning.</summary>
    public static XElement[] Definition(string word, string meaning) => [Element("dt", null, word), Element("dd", null, meaning)];

    /// <summary>An image that is embedded in the page.</summary>
    /// <param name="jpeg">The file's bytes.</param>
    /// <param name="description">A description for readers who cannot see it.</param>
    public static XElement Image(byte[] jpeg, string description) =>
        new(
            "img",
            new XAttribute("src", $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}"),
            new XAttribute("alt", description),
            new XAttribute("loading", "lazy")
        );

    /// <summary>Shortens a text of a file for a table.</summary>
    public static string Shortened(string text) => text.Length > LongestText ? text[..LongestText] + "…" : text;

    /// <summary>Writes the page atomically.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="lead">A sentence below the title.</param>
    /// <param name="content">Sections.</param>
    public static void Write(string path, string title, string lead, IEnumerable<XElement> content)
    {
        XElement page = Element(
            "html",
            null,
            new XAttribute("lang", "en"),
            Element(
                "head",
                null,
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement(
                    "meta",
                    new XAttribute("name", "viewport"),
                    new XAttribute("content", "width=device-width, initial-scale=1")
                ),
                new XElement(
                    "meta",
                    new XAttribute("http-equiv", "Content-Security-Policy"),
                    new XAttribute("content", "default-src 'none'; img-src data:; style-src 'unsafe-inline'")
                ),
                Element("title", null, title),
                Element("style", null, HtmlStyle.Text)
            ),
            Element(
                "body",
                null,
                Element("header", null, Element("h1", null, title), Element("p", "lead", lead)),
                Element("main", null, content),
                Element("footer", null, "Made by Cupola. The page needs no network and runs no script.")
            )
        );
        MakeWritable(page);
        XmlWriterSettings settings = new()
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            OmitXmlDeclaration = true,
            NewLineHandling = NewLineHandling.None,
        };
        AtomicFile.Write(path, stream =>
        {
            using XmlWriter writer = XmlWriter.Create(stream, settings);
            new XDocument(new XDocumentType("html", null, null, null), page).Save(writer);
        });
    }

    /// <summary>Gives every element an end tag, and replaces every character that is not allowed in a page.</summary>
    private static void MakeWritable(XElement page)
    {
        foreach (XElement element in page.DescendantsAndSelf())
        {
            if (element.IsEmpty && !SelfClosing.Contains(element.Name.LocalName))
            {
                element.Value = "";
            }

            foreach (XAttribute attribute in element.Attributes())
            {
                attribute.Value = Writable(attribute.Value);
            }

            foreach (XText text in element.Nodes().OfType<XText>())
            {
                text.Value = Writable(text.Value);
            }
        }
    }

    private static string Writable(string text)
    {
        StringBuilder? writable = null;
        for (int index = 0; index < text.Length; index++)
        {
            bool isPair = index + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[index + 1], text[index]);
            if (!isPair && !XmlConvert.IsXmlChar(text[index]))
            {
                writable ??= new(text);
                writable[index] = '\uFFFD';
            }

            index += isPair ? 1 : 0;
        }

        return writable?.ToString() ?? text;
    }
}
