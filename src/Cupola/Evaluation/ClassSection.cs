using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>The recall and precision of each class, the worst first.</summary>
internal static class ClassSection
{
    /// <summary>The number of rows that are visible at first; the rest unfolds.</summary>
    private const int Shown = 15;

    /// <summary>
    /// The most rows; ImageNet has a thousand classes, and rows of 21,000 would be ten times the rest of the page.
    /// </summary>
    private const int MostRows = 2000;

    public static XElement Create(EvaluationResult set, string name)
    {
        ClassAccuracy[] classes =
        [
            .. set
                .Classes.Where(static each => each.Recall.Images > 0)
                .OrderBy(static each => each.Recall.Share)
                .ThenByDescending(static each => each.Recall.Images),
        ];
        Dictionary<string, ConfusedPair> takenFor = set
            .Confusion.MostConfused(int.MaxValue)
            .GroupBy(pair => set.Labels[pair.Truth])
            .ToDictionary(static pairs => pairs.Key, static pairs => pairs.First());
        int never = classes.Count(static each => each.Recall.Right == 0),
            always = classes.Count(static each => each.Recall.Right == each.Recall.Images);
        ClassAccuracy[] unfolded = [.. classes.Skip(Shown).Take(MostRows - Shown)];
        return HtmlPage.Section(
            "The classes",
            $"With {name}, the worst first. Of {NumberFormat.Count(classes.Length, "class", "classes")}, "
                + $"{NumberFormat.Count(never)} {(never == 1 ? "was" : "were")} never recognized and "
                + $"{NumberFormat.Count(always)} always. Recall: the share of the class's images that were "
                + "answered with it. Precision: the share of the images answered with it that belong to it.",
            Rows(classes.Take(Shown)),
            unfolded.Length == 0
                ? null
                : HtmlPage.Element(
                    "details",
                    null,
                    HtmlPage.Element(
                        "summary",
                        null,
                        classes.Length > MostRows
                            ? $"The next {NumberFormat.Count(unfolded.Length)} of {NumberFormat.Count(classes.Length)} classes"
                            : $"The other {NumberFormat.Count(unfolded.Length, "class", "classes")}"
                    ),
                    Rows(unfolded)
                )
        );

        XElement Rows(IEnumerable<ClassAccuracy> rows)
        {
            ChartAxis axis = ChartAxis.Shares("recall");
            return HtmlPage.Table(
                ["class", "|recall", "#", "#right", "#precision", "most often mistaken for"],
                rows.Select(each =>
                    (IReadOnlyList<object>)
                        [
                            HtmlPage.Shortened(each.Label),
                            IntervalBar.Share(
                                axis,
                                each.Recall.Share,
                                each.Recall.Interval.Low,
                                each.Recall.Interval.High,
                                $"{NumberFormat.Percent(each.Recall.Interval.Low)} to "
                                    + $"{NumberFormat.Percent(each.Recall.Interval.High)}"
                            ),
                            HtmlPage.Element("b", null, NumberFormat.Percent(each.Recall.Share, digits: 0)),
                            $"{NumberFormat.Count(each.Recall.Right)} of {NumberFormat.Count(each.Recall.Images)}",
                            each.Precision.Images == 0 ? "–" : NumberFormat.Percent(each.Precision.Share, digits: 0),
                            takenFor.GetValueOrDefault(each.Label) is { } pair
                                ? new object[]
                                {
                                    HtmlPage.Shortened(set.Labels[pair.Answer]),
                                    HtmlPage.Element("span", "quiet", $" {NumberFormat.Count(pair.Images)}×"),
                                }
                                : "",
                        ]
                )
            );
        }
    }
}
