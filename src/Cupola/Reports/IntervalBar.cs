using System.Xml.Linq;

namespace Cupola.Reports;

/// <summary>
/// Bars with their intervals, stretched to the width of their container: a hundred units across. So they contain no text, and
/// lines keep their width.
/// </summary>
internal static class IntervalBar
{
    private const double Height = 16;
    private const double BarTop = 3.5;

    /// <summary>A bar of a share from the left, with a line over its interval.</summary>
    /// <param name="axis">The axis of the whole width.</param>
    /// <param name="share">The end of the bar.</param>
    /// <param name="low">The beginning of its interval.</param>
    /// <param name="high">The end of its interval.</param>
    /// <param name="description">The same in words.</param>
    public static XElement Share(ChartAxis axis, double share, double low, double high, string description) =>
        Drawing(
            description,
            axis.Marks.Select(mark => Upright("grid", At(axis, mark), 0, Height)),
            HtmlPage.Element(
                "rect",
                "bar",
                Number("x", 0),
                Number("y", BarTop),
                Number("width", At(axis, share)),
                Number("height", Height - (2 * BarTop))
            ),
            Whisker(At(axis, low), At(axis, high))
        );

    /// <summary>
    /// A bar of a difference from the middle, with a line over its interval: better to the right, worse to the left.
    /// </summary>
    /// <param name="end">The value at half the width.</param>
    /// <param name="difference">The difference.</param>
    /// <param name="low">The beginning of its interval.</param>
    /// <param name="high">The end of its interval.</param>
    /// <param name="description">The same in words.</param>
    public static XElement Difference(double end, double difference, double low, double high, string description)
    {
        ChartAxis axis = new("", -end, end, ChartAxis.Plain);
        return Drawing(
            description,
            Upright("zero", 50, 0, Height),
            Whisker(At(axis, low), At(axis, high)),
            Upright("mark", At(axis, difference), 3, Height - 3)
        );
    }

    /// <summary>The marks below bars of one axis.</summary>
    public static XElement Scale(ChartAxis axis) =>
        HtmlPage.Element(
            "div",
            "scale",
            axis.Marks.Select(mark =>
                HtmlPage.Element(
                    "span",
                    null,
                    new XAttribute("style", $"left:{NumberFormat.Short(At(axis, mark))}%"),
                    axis.Write(mark)
                )
            )
        );

    private static XElement Drawing(string description, params object[] content) =>
        HtmlPage.Element(
            "svg",
            "bars",
            new XAttribute("viewBox", $"0 0 100 {NumberFormat.Short(Height)}"),
            new XAttribute("preserveAspectRatio", "none"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", description),
            HtmlPage.Element("title", null, description),
            content
        );

    private static XElement[] Whisker(double low, double high) =>
        [
            HtmlPage.Element(
                "line",
                "whisker",
                Number("x1", low),
                Number("y1", Height / 2),
                Number("x2", high),
                Number("y2", Height / 2)
            ),
            Upright("whisker", low, 5, Height - 5),
            Upright("whisker", high, 5, Height - 5),
        ];

    private static XElement Upright(string style, double x, double top, double bottom) =>
        HtmlPage.Element("line", style, Number("x1", x), Number("y1", top), Number("x2", x), Number("y2", bottom));

    private static double At(ChartAxis axis, double value) => 100 * axis.Position(value);

    private static XAttribute Number(string name, double value) => new(name, NumberFormat.Short(value));
}
