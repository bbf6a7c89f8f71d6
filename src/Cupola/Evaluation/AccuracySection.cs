using System.Globalization;
using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>The accuracy of the sets: the best one in large figures, and all of them as bars with intervals.</summary>
internal static class AccuracySection
{
    /// <summary>The best set's figures.</summary>
    public static XElement Summary(DatasetEvaluation report, string bestName)
    {
        EvaluationResult best = report.Best;
        double confidence = best.Outcomes.Average(static outcome => outcome.Confidence);
        string calibration = confidence > best.Top1.Share ? "overconfident" : "underconfident";
        return HtmlPage.Element(
            "section",
            "tiles",
            HtmlPage.Tile(
                HtmlPage.Percent(best.Top1.Share),
                report.Sets.Count == 1 ? "right" : $"right with {bestName}, the best set",
                Range(best.Top1.Interval)
            ),
            HtmlPage.Tile(HtmlPage.Percent(best.Top5.Share), "right within five answers", Range(best.Top5.Interval)),
            HtmlPage.Tile(HtmlPage.Percent(best.MeanPerClass), "mean of the classes' recalls", Range(best.MeanPerClassInterval)),
            HtmlPage.Tile(HtmlPage.Percent(best.Reliability.ExpectedCalibrationError), "calibration error", calibration)
        );
    }

    /// <summary>All sets as bars.</summary>
    public static XElement Create(DatasetEvaluation report, SetLabels labels)
    {
        ShuffledControl? control = report
            .Sets.Select(static set => set.Candidate.Control)
            .FirstOrDefault(static each => each is not null);
        return HtmlPage.Section(
            "How often each set is right",
            "The thin line over a bar's end is its 95 % interval: where the true share is likely to be.",
            Bars(report, labels, "The best answer is right", static set => set.Top1.Share, static set => set.Top1.Interval),
            Bars(
                report,
                labels,
                "The right label is among the five best",
                static set => set.Top5.Share,
                static set => set.Top5.Interval
            ),
            Bars(report, labels, "Mean over the classes", static set => set.MeanPerClass, static set => set.MeanPerClassInterval),
            control is null
                ? null
                : HtmlPage.Element(
                    "p",
                    "quiet small",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Gray bars are controls: the same sentences, with the descriptions exchanged between classes. Of "
                            + $"{control.Prompts.PromptCount:#,0} sentences {control.Renamed:#,0} named their class and now "
                            + $"name the other."
                    )
                )
        );
    }

    private static XElement Bars(
        DatasetEvaluation report,
        SetLabels labels,
        string heading,
        Func<EvaluationResult, double> share,
        Func<EvaluationResult, Interval> interval
    )
    {
        ChartAxis axis = ChartAxis.SharesUpTo(heading, report.Sets.Select(set => interval(set).High));
        return HtmlPage.Element(
            "div",
            "barchart",
            HtmlPage.Element("h3", null, heading),
            report.Sets.Select(set =>
                HtmlPage.Element(
                    "div",
                    set.Candidate.Control is null ? "row" : "row control",
                    HtmlPage.Element("div", "label", labels.Label(set)),
                    IntervalBar.Share(
                        axis,
                        share(set),
                        interval(set).Low,
                        interval(set).High,
                        $"{labels.Name(set)}: {HtmlPage.Percent(share(set))}, {Range(interval(set))}"
                    ),
                    HtmlPage.Element(
                        "div",
                        "figure",
                        HtmlPage.Element("b", null, HtmlPage.Percent(share(set))),
                        HtmlPage.Element("span", "quiet", Range(interval(set)))
                    )
                )
            ),
            HtmlPage.Element("div", "row", HtmlPage.Element("div", "label", ""), IntervalBar.Scale(axis))
        );
    }

    private static string Range(Interval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{interval.Low * 100:0.0} to {interval.High * 100:0.0}");
}
