using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Cupola.Reports;

/// <summary>
/// Draws a chart for a page: two axes, and lines, bands, bars and points in the axes' units. Later elements are drawn over
/// earlier ones.
/// </summary>
/// <param name="across">The horizontal axis.</param>
/// <param name="up">The vertical axis.</param>
/// <param name="width">The width in the drawing's units, about one pixel each on a phone.</param>
/// <param name="height">The height in the same units.</param>
internal sealed class Chart(ChartAxis across, ChartAxis up, double width = 340, double height = 240)
{
    // Room for the text around the plot: letters are 11 high.
    private const double Left = 42;
    private const double Right = 12;
    private const double Top = 22;
    private const double Bottom = 34;

    private readonly List<XElement> _drawn = [];

    /// <summary>Adds a line from point to point, interrupted where a value is not a number.</summary>
    public void AddLine(string style, IEnumerable<(double Across, double Up)> points)
    {
        StringBuilder path = new();
        bool begun = false;
        foreach ((double x, double y) in points)
        {
            if (!double.IsFinite(x) || !double.IsFinite(y))
            {
                begun = false;
                continue;
            }

            path.Append(
                CultureInfo.InvariantCulture,
                $"{(begun ? 'L' : 'M')}{NumberFormat.Short(X(x))} {NumberFormat.Short(Y(y))}"
            );
            begun = true;
        }

        _drawn.Add(HtmlPage.Element("path", style, new XAttribute("d", path.ToString())));
    }

    /// <summary>Adds the area between two lines: the range that contains the true line.</summary>
    public void AddBand(string style, IReadOnlyList<(double Across, double Low, double High)> points)
    {
        IEnumerable<string> edge = points
            .Select(point => $"{NumberFormat.Short(X(point.Across))} {NumberFormat.Short(Y(point.High))}")
            .Concat(
                points.Reverse().Select(point => $"{NumberFormat.Short(X(point.Across))} {NumberFormat.Short(Y(point.Low))}")
            );
        _drawn.Add(HtmlPage.Element("path", style, new XAttribute("d", $"M{string.Join('L', edge)}Z")));
    }

    /// <summary>Adds a bar that stands on the horizontal axis.</summary>
    public void AddBar(string style, double from, double to, double height, string title) =>
        _drawn.Add(
            HtmlPage.Element(
                "rect",
                style,
                At("x", X(from)),
                At("y", Y(height)),
                At("width", X(to) - X(from)),
                At("height", Y(up.Low) - Y(height)),
                HtmlPage.Element("title", null, title)
            )
        );

    /// <summary>Adds a point with a tooltip.</summary>
    public void AddPoint(string style, double x, double y, string title) =>
        _drawn.Add(
            HtmlPage.Element(
                "circle",
                style,
                At("cx", X(x)),
                At("cy", Y(y)),
                At("r", 3.5),
                HtmlPage.Element("title", null, title)
            )
        );

    /// <summary>Adds a vertical line: the interval of a point.</summary>
    public void AddWhisker(string style, double x, double low, double high) =>
        _drawn.Add(Line(style, X(x), Y(low), X(x), Y(high)));

    /// <summary>Returns the drawing.</summary>
    /// <param name="description">A description for readers who cannot see it.</param>
    public XElement Draw(string description)
    {
        double floor = Y(up.Low),
            end = X(across.High);
        XElement[] axes =
        [
            .. up.Marks.SelectMany(mark =>
                new[] { Line("grid", Left, Y(mark), end, Y(mark)), Text(up.Write(mark), Left - 6, Y(mark) + 4, "end") }
            ),
            .. across.Marks.Select(mark => Text(across.Write(mark), X(mark), floor + 15, "middle")),
            Line("axis", Left, floor, end, floor),
            Text(up.Name, 0, 10, "start"),
            Text(across.Name, end, height - 3, "end"),
        ];
        return HtmlPage.Element(
            "svg",
            "chart",
            new XAttribute("viewBox", $"0 0 {NumberFormat.Short(width)} {NumberFormat.Short(height)}"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", description),
            axes,
            _drawn
        );
    }

    private double X(double value) => Left + (across.Position(value) * (width - Left - Right));

    private double Y(double value) => height - Bottom - (up.Position(value) * (height - Top - Bottom));

    private static XElement Line(string style, double x1, double y1, double x2, double y2) =>
        HtmlPage.Element("line", style, At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2));

    private static XElement Text(string text, double x, double y, string anchor) =>
        HtmlPage.Element("text", null, At("x", x), At("y", y), new XAttribute("text-anchor", anchor), text);

    private static XAttribute At(string name, double value) => new(name, NumberFormat.Short(value));
}
