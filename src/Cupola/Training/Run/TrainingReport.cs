using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Training.Run;

/// <summary>
/// A page that shows how training went: loss, accuracy on images that are not learned from, and what else is logged, over the
/// steps. Its size does not grow with their number.
/// </summary>
internal static class TrainingReport
{
    /// <summary>
    /// What is drawn of the range between the lowest and the highest of neighbouring steps: about one for each pixel of a chart.
    /// </summary>
    private const int PointsOfSpread = 400;

    /// <summary>What is drawn of the mean, so that a trend shows in a loss that jumps from batch to batch.</summary>
    private const int PointsOfMean = 80;

    /// <summary>More rows no one reads; the last ones matter.</summary>
    private const int MostEvaluations = 200;

    private const double Width = 460;

    /// <summary>Writes the page; the file is whole or what it was before.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="run">What the run is called.</param>
    /// <param name="planned">How many steps it shall make.</param>
    /// <param name="steps">What was logged, in order.</param>
    /// <param name="evaluations">What evaluations said, in order; none where there were none.</param>
    /// <exception cref="ArgumentException">Nothing was logged.</exception>
    public static void Write(
        string path,
        string run,
        long planned,
        IReadOnlyList<LoggedStep> steps,
        IReadOnlyList<LoggedEvaluation> evaluations
    )
    {
        if (steps.Count == 0)
        {
            throw new ArgumentException("No step was logged yet, so there is nothing to draw.", nameof(steps));
        }

        LoggedStep last = steps[^1];
        HtmlPage.Write(
            path,
            $"How {run} was trained",
            last.Step < planned
                ? $"{NumberFormat.Count(last.Step)} of {NumberFormat.Count(planned)} steps, and the pairs seen "
                    + $"{ChartAxis.Plain(Math.Round(last.Epoch, 2))} times."
                : $"{NumberFormat.Count(last.Step)} steps; the pairs were seen {ChartAxis.Plain(Math.Round(last.Epoch, 2))} "
                    + "times.",
            new[] { Summary(steps, evaluations), Curves(steps, evaluations), Evaluations(evaluations) }.OfType<XElement>()
        );
    }

    private static XElement Summary(IReadOnlyList<LoggedStep> steps, IReadOnlyList<LoggedEvaluation> evaluations)
    {
        double[] losses = [.. steps.Select(static step => step.Loss).Where(double.IsFinite)];
        LoggedEvaluation? best = evaluations.Where(static each => each.Top1 is not null).MaxBy(static each => each.Top1),
            held = evaluations.Where(static each => each.ValidationLoss is not null).MinBy(static each => each.ValidationLoss);
        return HtmlPage.Element(
            "section",
            "tiles",
            losses.Length == 0
                ? null
                : HtmlPage.Tile(
                    NumberFormat.Thousandths(losses[^1]),
                    "loss of the last batch",
                    $"the lowest {NumberFormat.Thousandths(losses.Min())}"
                ),
            held is null
                ? null
                : HtmlPage.Tile(
                    NumberFormat.Thousandths(held.ValidationLoss!.Value),
                    "lowest loss on pairs not learned from",
                    $"at step {NumberFormat.Count(held.Step)}"
                ),
            best is null
                ? null
                : HtmlPage.Tile(
                    NumberFormat.Percent(best.Top1!.Value),
                    "recognised, at best",
                    $"{Range(best)}at step {NumberFormat.Count(best.Step)}"
                ),
            HtmlPage.Tile(
                NumberFormat.Count((long)Median(steps.Select(static step => step.PairsPerSecond))),
                "pairs a second",
                "the median"
            )
        );
    }

    private static XElement Curves(IReadOnlyList<LoggedStep> steps, IReadOnlyList<LoggedEvaluation> evaluations)
    {
        ChartAxis across = ChartAxis.Over(
            "steps",
            steps.Select(static step => (double)step.Step).Concat(evaluations.Select(static each => (double)each.Step)).Prepend(0)
        );
        (double, double)[] held =
        [
            .. evaluations
                .Where(static each => each.ValidationLoss is not null)
                .Select(static each => ((double)each.Step, each.ValidationLoss!.Value)),
        ];
        int diverged = steps.Count(static step => !double.IsFinite(step.Loss));
        return HtmlPage.Section(
            "Curves",
            "A line is the mean of neighbouring steps; the band behind it goes from the lowest of them to the highest.",
            HtmlPage.Element(
                "div",
                "panels wide",
                Panel(
                    "Loss",
                    held.Length == 0 ? null : Legend("of batches", "of pairs not learned from"),
                    Curve(across, "loss", steps.Select(static step => ((double)step.Step, step.Loss)), fromZero: false, held)
                ),
                Accuracy(across, evaluations),
                Panel(
                    "Learning rate",
                    null,
                    Curve(
                        across,
                        "learning rate",
                        steps.Select(static step => ((double)step.Step, step.LearningRate)),
                        fromZero: true,
                        []
                    )
                ),
                Panel(
                    "Logit scale",
                    null,
                    Curve(
                        across,
                        "factor on cosines",
                        steps.Select(static step => ((double)step.Step, step.LogitScale)),
                        fromZero: false,
                        []
                    )
                ),
                Panel(
                    "Speed",
                    null,
                    Curve(
                        across,
                        "pairs a second",
                        steps.Select(static step => ((double)step.Step, step.PairsPerSecond)),
                        fromZero: true,
                        []
                    )
                )
            ),
            diverged == 0
                ? null
                : HtmlPage.Element("p", "wrong", $"The loss of {NumberFormat.Count(diverged, "logged step")} is not a number.")
        );
    }

    private static XElement Curve(
        ChartAxis across,
        string what,
        IEnumerable<(double Across, double Up)> points,
        bool fromZero,
        IReadOnlyList<(double Across, double Up)> second
    )
    {
        (double Across, double Up)[] all = [.. points];
        IReadOnlyList<CurvePoint> spread = CurvePoint.Thin(all, PointsOfSpread),
            mean = CurvePoint.Thin(all, PointsOfMean);
        Chart chart = new(
            across,
            ChartAxis.Over(
                what,
                spread
                    .SelectMany(static point => new[] { point.Low, point.High })
                    .Concat(second.Select(static point => point.Up))
                    .Concat(fromZero ? [0] : [])
            ),
            Width
        );
        if (spread.Count > 1)
        {
            chart.AddBand("band", [.. spread.Select(static point => (point.Across, point.Low, point.High))]);
            chart.AddLine("faded", spread.Select(static point => (point.Across, point.Mean)));
        }

        chart.AddLine("curve", mean.Select(static point => (point.Across, point.Mean)));
        AddPoints(
            chart,
            "curve second",
            "point second",
            [
                .. CurvePoint
                    .Thin(second, PointsOfMean)
                    .Select(static point => (point.Across, point.Mean, NumberFormat.Thousandths(point.Mean))),
            ]
        );
        return chart.Draw($"{what} over {NumberFormat.Count((long)across.High)} steps");
    }

    private static XElement? Accuracy(ChartAxis across, IReadOnlyList<LoggedEvaluation> evaluations)
    {
        LoggedEvaluation[] scored = [.. evaluations.Where(static each => each.Top1 is not null)];
        if (scored.Length == 0)
        {
            return null;
        }

        IReadOnlyList<CurvePoint> mean = CurvePoint.Thin(
            scored.Select(static each => ((double)each.Step, each.Top1!.Value)),
            PointsOfMean
        );
        IReadOnlyList<CurvePoint> low = CurvePoint.Thin(
            scored.Select(static each => ((double)each.Step, each.Top1Low ?? each.Top1!.Value)),
            PointsOfMean
        );
        IReadOnlyList<CurvePoint> high = CurvePoint.Thin(
            scored.Select(static each => ((double)each.Step, each.Top1High ?? each.Top1!.Value)),
            PointsOfMean
        );
        Chart chart = new(across, ChartAxis.SharesUpTo("images recognised", high.Select(static point => point.High)), Width);
        chart.AddBand("band", [.. low.Zip(high).Select(static pair => (pair.First.Across, pair.First.Mean, pair.Second.Mean))]);
        AddPoints(
            chart,
            "curve",
            "point",
            [.. mean.Select(static point => (point.Across, point.Mean, NumberFormat.Percent(point.Mean)))]
        );
        return Panel(
            "Zero-shot accuracy",
            Legend($"of {NumberFormat.Count(scored[^1].Images ?? 0, "image")}, with its interval of 95 %", null),
            chart.Draw($"Zero-shot accuracy over {NumberFormat.Count(scored.Length, "evaluation")}")
        );
    }

    private static void AddPoints(Chart chart, string line, string point, (double Across, double Up, string Said)[] points)
    {
        chart.AddLine(line, points.Select(static each => (each.Across, each.Up)));
        foreach ((double place, double height, string said) in points)
        {
            chart.AddPoint(point, place, height, $"step {NumberFormat.Count((long)place)}: {said}");
        }
    }

    private static XElement? Evaluations(IReadOnlyList<LoggedEvaluation> evaluations) =>
        evaluations.Count == 0
            ? null
            : HtmlPage.Section(
                "Evaluations",
                evaluations.Count > MostEvaluations
                    ? $"The last {MostEvaluations} of {NumberFormat.Count(evaluations.Count, "evaluation")}, the newest first."
                    : "The newest first.",
                HtmlPage.Element(
                    "details",
                    null,
                    HtmlPage.Element(
                        "summary",
                        null,
                        NumberFormat.Count(Math.Min(evaluations.Count, MostEvaluations), "evaluation")
                    ),
                    HtmlPage.Table(
                        ["#step", "#epoch", "#validation loss", "#recognised", "#interval"],
                        evaluations
                            .Reverse()
                            .Take(MostEvaluations)
                            .Select(static each =>
                                (IReadOnlyList<object>)
                                    [
                                        NumberFormat.Count(each.Step),
                                        ChartAxis.Plain(Math.Round(each.Epoch, 2)),
                                        each.ValidationLoss is { } loss ? NumberFormat.Thousandths(loss) : "–",
                                        each.Top1 is { } share ? NumberFormat.Percent(share) : "–",
                                        each.Top1Low is { } low && each.Top1High is { } high
                                            ? NumberFormat.PointsRange(low, high)
                                            : "–",
                                    ]
                            )
                    )
                )
            );

    private static XElement Panel(string heading, XElement? legend, XElement drawing) =>
        HtmlPage.Element(
            "figure",
            "panel",
            HtmlPage.Element("figcaption", null, HtmlPage.Element("b", null, heading), legend),
            drawing
        );

    private static XElement Legend(string first, string? second) =>
        HtmlPage.Element(
            "span",
            "legend small",
            HtmlPage.Element("i", "agree", ""),
            first,
            second is null ? null : new object[] { " ", HtmlPage.Element("i", "confuse", ""), second }
        );

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }

    /// <summary>The interval of an accuracy in percent, with a comma behind it; nothing where there is none.</summary>
    private static string Range(LoggedEvaluation evaluation) =>
        evaluation is { Top1Low: { } low, Top1High: { } high } ? $"{NumberFormat.PointsRange(low, high)}, " : "";
}
