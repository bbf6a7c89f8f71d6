using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.FewShot;

/// <summary>What examples do to one prompt set.</summary>
/// <param name="Prompts">What the prompt set is called.</param>
/// <param name="Evaluation">What was judged.</param>
/// <param name="Means">Methods over their draws.</param>
internal sealed record FewShotCurve(string Prompts, FewShotEvaluation Evaluation, IReadOnlyList<FewShotMean> Means);

/// <summary>Writes a page of curves: the share of right answers by the number of examples, a panel a method.</summary>
internal static class FewShotReport
{
    /// <summary>A difference counts as one from this p-value down.</summary>
    private const double Significant = 0.05;

    /// <summary>Writes the page; the file is replaced atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dataset">The images that were answered for.</param>
    /// <param name="curves">One for each prompt set.</param>
    /// <param name="nameOf">What a method is called.</param>
    public static void Write(
        string path,
        string dataset,
        IReadOnlyList<FewShotCurve> curves,
        Func<FewShotMethod, string> nameOf
    ) =>
        HtmlPage.Write(
            path,
            $"What examples add on {Path.GetFileName(Path.TrimEndingDirectorySeparator(dataset))}",
            "Each panel is a method, from few examples of each label on the left to many on the right. The dashed line is the "
                + "prompts alone. The band is the 95 % interval of the mean over draws.",
            curves.Select(curve => Section(curve, nameOf))
        );

    private static XElement Section(FewShotCurve curve, Func<FewShotMethod, string> nameOf) =>
        HtmlPage.Section(
            curve.Prompts,
            $"The prompts alone: {NumberFormat.Percent(curve.Evaluation.ZeroShot)}.",
            HtmlPage.Element(
                "div",
                "panels",
                curve
                    .Means.GroupBy(static mean => mean.Method)
                    .Select(method => Panel(nameOf(method.Key), [.. method], curve.Evaluation.ZeroShot))
            ),
            HtmlPage.Table(
                ["method", "#examples", "#right", "interval", "#beside the prompts", "#p (Holm)"],
                curve.Means.Select(mean =>
                    (IReadOnlyList<object>)
                        [
                            nameOf(mean.Method),
                            NumberFormat.Count(mean.Shots),
                            NumberFormat.Percent(mean.Top1),
                            NumberFormat.PointsRange(mean.Interval.Low, mean.Interval.High),
                            HtmlPage.Element(
                                "span",
                                mean.HolmP >= Significant ? "quiet"
                                    : mean.Top1 > mean.ZeroShot ? "right"
                                    : "wrong",
                                NumberFormat.Difference(mean.Top1 - mean.ZeroShot)
                            ),
                            NumberFormat.PValue(mean.HolmP),
                        ]
                )
            )
        );

    private static XElement Panel(string name, IReadOnlyList<FewShotMean> means, double zeroShot)
    {
        FewShotMean[] points = [.. means.OrderBy(static mean => mean.Shots)];
        double last = Math.Max(1, Math.Log2(points[^1].Shots));
        ChartAxis examples = new("examples of each label", 0, last, static power => NumberFormat.Short(Math.Pow(2, power)));
        Chart chart = new(examples, ChartAxis.Shares("right answers"));
        chart.AddBand("band", [.. points.Select(static mean => (Math.Log2(mean.Shots), mean.Interval.Low, mean.Interval.High))]);
        chart.AddLine("diagonal", [(0, zeroShot), (last, zeroShot)]);
        chart.AddLine("curve", points.Select(static mean => (Math.Log2(mean.Shots), mean.Top1)));
        foreach (FewShotMean mean in points)
        {
            chart.AddPoint(
                "point",
                Math.Log2(mean.Shots),
                mean.Top1,
                $"{NumberFormat.Count(mean.Shots, "example")}: {NumberFormat.Percent(mean.Top1)} right"
            );
        }

        return HtmlPage.Element(
            "figure",
            "panel",
            HtmlPage.Element(
                "figcaption",
                null,
                name,
                HtmlPage.Element("span", "quiet", NumberFormat.Difference(points[^1].Top1 - points[^1].ZeroShot))
            ),
            chart.Draw($"Right answers by {name}, by the number of examples")
        );
    }
}
