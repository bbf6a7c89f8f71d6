using System.Globalization;
using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>The confusions: a map of the classes that are confused most, and the most confused pairs.</summary>
internal static class ConfusionSection
{
    /// <summary>The most rows that can be read; of more classes, those that are confused most are shown.</summary>
    private const int MostClasses = 36;

    private const int MostPairs = 20;

    private const int LongestLabel = 18;

    // In the drawing's units: a cell, the margin around it, and room for the labels on two sides.
    private const double Cell = 16;
    private const double Gap = 0.75;
    private const double Labels = 116;

    /// <summary>The map, or null if nothing is confused.</summary>
    public static XElement? Map(EvaluationResult set, string name)
    {
        int[] classes = ConfusionOrder.Compute(set.Confusion, MostClasses);
        if (classes.Length < 2)
        {
            return null;
        }

        int seen = set.Classes.Count(static each => each.Recall.Images > 0);
        return HtmlPage.Section(
            "Which classes are confused",
            $"A row is what the images show, a column what {name} answered. "
                + (
                    classes.Length < seen
                        ? $"Of {HtmlPage.Count(seen, "class", "classes")} these are the {classes.Length} that are confused most; "
                        : ""
                )
                + "classes that are mistaken for each other are side by side. The stronger a color, the larger the share of the "
                + "row's images.",
            HtmlPage.Element("div", "scroll", Drawing(set, classes)),
            HtmlPage.Element(
                "p",
                "legend small",
                HtmlPage.Element("i", "agree", ""),
                "answered rightly ",
                HtmlPage.Element("i", "confuse", ""),
                "mistaken for another class"
            )
        );
    }

    /// <summary>The pairs that are confused most often, or null if nothing is confused.</summary>
    public static XElement? Pairs(EvaluationResult set, string name)
    {
        IReadOnlyList<ConfusedPair> pairs = set.Confusion.MostConfused(MostPairs);
        ChartAxis axis = ChartAxis.Shares("of the class");
        return pairs.Count == 0
            ? null
            : HtmlPage.Section(
                "The most confused pairs",
                $"With {name}.",
                HtmlPage.Table(
                    ["class", "mistaken for", "|of the class's images", "#", "#images"],
                    pairs.Select(pair =>
                        (IReadOnlyList<object>)
                            [
                                HtmlPage.Shortened(set.Labels[pair.Truth]),
                                HtmlPage.Shortened(set.Labels[pair.Answer]),
                                HtmlPage.Element("div", "confused", Share(axis, pair, set)),
                                HtmlPage.Percent(pair.Share, digits: 0),
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{pair.Images:#,0} of {set.Confusion.ImagesOf(pair.Truth):#,0}"
                                ),
                            ]
                    )
                )
            );
    }

    private static XElement Share(ChartAxis axis, ConfusedPair pair, EvaluationResult set)
    {
        Interval interval = WilsonInterval.Compute(pair.Images, set.Confusion.ImagesOf(pair.Truth));
        return IntervalBar.Share(
            axis,
            pair.Share,
            interval.Low,
            interval.High,
            $"{HtmlPage.Percent(interval.Low)} to {HtmlPage.Percent(interval.High)}"
        );
    }

    private static XElement Drawing(EvaluationResult set, int[] classes)
    {
        double side = classes.Length * Cell,
            whole = Labels + side;
        List<XElement> drawn =
        [
            HtmlPage.Element(
                "rect",
                "cell",
                At("x", Labels),
                At("y", Labels),
                At("width", side),
                At("height", side),
                At("rx", 3)
            ),
        ];
        foreach ((int row, int truth) in classes.Index())
        {
            double y = Labels + (row * Cell),
                middle = y + (Cell / 2) + 4;
            drawn.Add(
                HtmlPage.Element(
                    "text",
                    null,
                    At("x", Labels - 6),
                    At("y", middle),
                    new XAttribute("text-anchor", "end"),
                    Cut(set.Labels[truth])
                )
            );
            // Rotated upwards, a column's label begins at its column.
            drawn.Add(
                HtmlPage.Element(
                    "text",
                    null,
                    new XAttribute(
                        "transform",
                        $"translate({HtmlPage.Number(middle)} {HtmlPage.Number(Labels - 6)}) rotate(-90)"
                    ),
                    Cut(set.Labels[truth])
                )
            );
            foreach ((int column, int answer) in classes.Index().Where(each => set.Confusion[truth, each.Item] > 0))
            {
                int images = set.Confusion[truth, answer],
                    all = set.Confusion.ImagesOf(truth);
                // The square root keeps a single image of ten visible.
                drawn.Add(
                    HtmlPage.Element(
                        "rect",
                        truth == answer ? "agree" : "confuse",
                        At("x", Labels + (column * Cell) + Gap),
                        At("y", y + Gap),
                        At("width", Cell - (2 * Gap)),
                        At("height", Cell - (2 * Gap)),
                        At("rx", 2),
                        At("fill-opacity", Math.Sqrt((double)images / all)),
                        HtmlPage.Element(
                            "title",
                            null,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{Cut(set.Labels[truth])} "
                                    + $"{(truth == answer ? "recognized" : $"mistaken for {Cut(set.Labels[answer])}")}: "
                                    + $"{images:#,0} of {all:#,0}"
                            )
                        )
                    )
                );
            }
        }

        return HtmlPage.Element(
            "svg",
            "map",
            new XAttribute("viewBox", $"0 0 {HtmlPage.Number(whole)} {HtmlPage.Number(whole)}"),
            new XAttribute("style", $"min-width:{HtmlPage.Number(Math.Min(whole, 640))}px"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", $"Confusion of {classes.Length} classes"),
            drawn
        );
    }

    private static string Cut(string label) => label.Length > LongestLabel ? label[..(LongestLabel - 1)] + "…" : label;

    private static XAttribute At(string name, double value) => new(name, HtmlPage.Number(value));
}
