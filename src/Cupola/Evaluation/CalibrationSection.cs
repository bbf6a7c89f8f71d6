using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>The calibration of the sets: one calibration curve per set (Guo et al., arXiv 1706.04599, figure 1).</summary>
internal static class CalibrationSection
{
    /// <summary>The share of the height that the tallest bar takes, so that the bars do not hide the curve.</summary>
    private const double TallestBar = 0.35;

    public static XElement Create(DatasetEvaluation report, SetLabels labels) =>
        HtmlPage.Section(
            "Calibration",
            "Each point stands for the answers of similar probability: its position to the right is their mean probability, its "
                + "height "
                + "the share of them that are right. On the dashed line both agree; below it, the model is overconfident. The "
                + "bars "
                + "show how many answers there are.",
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
                                $"off by {HtmlPage.Percent(set.Reliability.ExpectedCalibrationError)}"
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
                $"{HtmlPage.Count(bin.Images, "answer")} of {HtmlPage.Percent(bin.Low, 0)} to {HtmlPage.Percent(bin.High, 0)}"
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
                $"{HtmlPage.Count(bin.Images, "answer")} with {HtmlPage.Percent(bin.Confidence)} on average; "
                    + $"{HtmlPage.Percent(bin.Accuracy)} of them right"
            );
        }

        return chart.Draw(
            $"Reliability of {name} on {HtmlPage.Count(images, "image")}: calibration error "
                + $"{HtmlPage.Percent(reliability.ExpectedCalibrationError)}"
        );
    }
}
