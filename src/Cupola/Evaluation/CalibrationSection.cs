using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>
/// Whether probabilities can be believed: one reliability curve a set (Guo and others, arXiv 1706.04599, figure 1).
/// </summary>
internal static class CalibrationSection
{
    /// <summary>How much of the height the fullest range's bar takes, so that the bars stay behind the curve.</summary>
    private const double TallestBar = 0.35;

    public static XElement Create(DatasetEvaluation report, SetLabels labels) =>
        HtmlPage.Section(
            "Whether it knows how sure it can be",
            "Each point stands for the answers of like probability: to the right what it said, upwards how many of them are "
                + "right. On the dashed line both agree; below it, it is surer than it should be. The bars behind "
                + "say where the answers are.",
            HtmlPage.Element(
                "div",
                "panels",
                report.Sets.Select(set =>
                    HtmlPage.Element(
                        "figure",
                        set.Candidate.Control is null ? "panel" : "panel control",
                        HtmlPage.Element(
                            "figcaption",
                            null,
                            labels.Label(set),
                            HtmlPage.Element(
                                "span",
                                "quiet",
                                $"off by {NumberFormat.Percent(set.Reliability.ExpectedCalibrationError)}"
                            )
                        ),
                        Curve(set.Reliability, set.Outcomes.Count, labels.Name(set))
                    )
                )
            )
        );

    private static XElement Curve(CalibrationCurve reliability, int images, string name)
    {
        Chart chart = new(ChartAxis.Shares("probability of the answer"), ChartAxis.Shares("answers that are right"));
        CalibrationBin[] bins = [.. reliability.Bins.Where(static bin => bin.Images > 0)];
        int most = bins.Select(static bin => bin.Images).DefaultIfEmpty(1).Max();
        foreach (CalibrationBin bin in bins)
        {
            chart.AddBar(
                "count",
                bin.Low,
                bin.High,
                TallestBar * bin.Images / most,
                $"{NumberFormat.Count(bin.Images, "answer")} of {NumberFormat.Percent(bin.Low, 0)} to "
                    + $"{NumberFormat.Percent(bin.High, 0)}"
            );
        }

        chart.AddLine("diagonal", [(0, 0), (1, 1)]);
        foreach (CalibrationBin bin in bins)
        {
            Interval interval = WilsonInterval.Compute((int)Math.Round(bin.Accuracy * bin.Images), bin.Images);
            chart.AddWhisker("spread", bin.Confidence, interval.Low, interval.High);
        }

        chart.AddLine("curve", bins.Select(static bin => (bin.Confidence, bin.Accuracy)));
        foreach (CalibrationBin bin in bins)
        {
            chart.AddPoint(
                "point",
                bin.Confidence,
                bin.Accuracy,
                $"{NumberFormat.Count(bin.Images, "answer")} with {NumberFormat.Percent(bin.Confidence)} on average; "
                    + $"{NumberFormat.Percent(bin.Accuracy)} of them right"
            );
        }

        return chart.Draw(
            $"Reliability of {name} on {NumberFormat.Count(images, "image")}: calibration error "
                + $"{NumberFormat.Percent(reliability.ExpectedCalibrationError)}"
        );
    }
}
