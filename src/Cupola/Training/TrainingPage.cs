using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cupola.Explanation;

namespace Cupola.Training;

/// <summary>A page that shows how a training goes: its loss, what it recognises, learning rate and logit scale, and the settings. Its size is bounded, whatever the number of steps.</summary>
internal static class TrainingPage
{
    /// <summary>Points of a curve; a screen shows no more.</summary>
    private const int MostPoints = 300;

    /// <summary>Of the mean that is drawn over the loss of single batches: it looks back on about the last ten points.</summary>
    private const double Smoothing = 0.9;

    /// <summary>Writes the page; the file is whole or what it was before.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="name">What the run is called.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="plannedSteps">Steps in all.</param>
    /// <param name="steps">What was logged.</param>
    /// <param name="evaluations">What evaluations said.</param>
    public static void Write(string path, string name, TrainingSettings settings, long plannedSteps, IReadOnlyList<LoggedStep> steps, IReadOnlyList<LoggedEvaluation> evaluations)
    {
        if (steps.Count == 0)
        {
            return;
        }

        LoggedStep[] shown = [.. Thinned(steps)];
        XElement?[] sections =
        [
            Summary(steps[^1], evaluations.Count > 0 ? evaluations[^1] : null, plannedSteps),
            HtmlPage.Section(
                "Loss", $"Of batches of {settings.Batch} pairs, and their running mean{(Has(evaluations, static line => line.ValidationLoss) ? "; in the other colour that of pairs which are not learned from" : "")}. Guessing gives {HtmlPage.Number(Math.Log(settings.Batch))}.",
                Loss(shown, evaluations)),
            Recognised(evaluations),
            HtmlPage.Section(
                "How it learns", null,
                HtmlPage.Element("div", "panels", Panel("Learning rate", shown, static line => line.LearningRate), Panel("Logit scale", shown, static line => line.LogitScale), Panel("Pairs a second", shown, static line => line.PairsPerSecond))),
            Settings(settings),
        ];
        HtmlPage.Write(path, $"Training of {name}", $"Step {Whole(steps[^1].Step)} of {Whole(plannedSteps)}.", sections.OfType<XElement>());
    }

    private static XElement Summary(LoggedStep last, LoggedEvaluation? evaluation, long plannedSteps)
    {
        List<XElement> tiles =
        [
            Tile(HtmlPage.Number(last.Loss), "loss of the last batch that was logged"),
            Tile(HtmlPage.Percent((double)last.Step / plannedSteps, 0), $"of the steps, {HtmlPage.Number(last.Epoch)} epochs"),
            Tile(last.PairsPerSecond.ToString("0", CultureInfo.InvariantCulture), "pairs a second"),
        ];
        if (evaluation?.ValidationLoss is { } loss)
        {
            tiles.Add(Tile(HtmlPage.Number(loss), $"validation loss after step {Whole(evaluation.Step)}"));
        }

        if (evaluation?.Top1 is { } share)
        {
            tiles.Add(Tile(HtmlPage.Percent(share), $"of {HtmlPage.Count(evaluation.Pictures ?? 0, "picture")} recognised, {HtmlPage.Percent(evaluation.Top1Low ?? 0)} to {HtmlPage.Percent(evaluation.Top1High ?? 1)}"));
        }

        return HtmlPage.Element("section", "tiles", tiles);
    }

    private static XElement Loss(LoggedStep[] steps, IReadOnlyList<LoggedEvaluation> evaluations)
    {
        (double, double)[] validation = [.. evaluations.Where(static line => line.ValidationLoss is not null).Select(static line => ((double)line.Step, line.ValidationLoss!.Value))];
        Chart chart = new(Across(steps), ChartAxis.Over("loss", steps.Select(static line => line.Loss).Concat(validation.Select(static point => point.Item2)).Append(0)), width: 680);
        chart.AddLine("faded", steps.Select(static line => ((double)line.Step, line.Loss)));
        chart.AddLine("curve", steps.Select(static line => (double)line.Step).Zip(Smoothed(steps)));
        chart.AddLine("curve second", validation);
        return chart.Draw($"The loss goes from {HtmlPage.Number(steps[0].Loss)} to {HtmlPage.Number(steps[^1].Loss)} in {Whole(steps[^1].Step)} steps");
    }

    private static XElement? Recognised(IReadOnlyList<LoggedEvaluation> evaluations)
    {
        LoggedEvaluation[] judged = [.. evaluations.Where(static line => line.Top1 is not null)];
        if (judged.Length == 0)
        {
            return null;
        }

        judged = [.. Enumerable.Range(0, Math.Min(judged.Length, MostPoints)).Select(index => judged[(int)((long)(index + 1) * judged.Length / Math.Min(judged.Length, MostPoints)) - 1])];
        Chart chart = new(ChartAxis.Over("step", [0, .. judged.Select(static line => (double)line.Step)]), ChartAxis.Shares("pictures recognised"), width: 680);
        foreach (LoggedEvaluation line in judged)
        {
            chart.AddWhisker("spread", line.Step, line.Top1Low ?? 0, line.Top1High ?? 1);
        }

        chart.AddLine("curve", judged.Select(static line => ((double)line.Step, line.Top1!.Value)));
        foreach (LoggedEvaluation line in judged)
        {
            chart.AddPoint("point", line.Step, line.Top1!.Value, $"step {Whole(line.Step)}: {HtmlPage.Percent(line.Top1.Value)}");
        }

        return HtmlPage.Section(
            "What it recognises", $"Of {HtmlPage.Count(judged[^1].Pictures ?? 0, "labelled picture")} that are not learned from, with intervals of 95 % (Wilson's).",
            chart.Draw($"The share of pictures that are recognised goes from {HtmlPage.Percent(judged[0].Top1!.Value)} to {HtmlPage.Percent(judged[^1].Top1!.Value)}"));
    }

    private static XElement Panel(string name, LoggedStep[] steps, Func<LoggedStep, double> value)
    {
        Chart chart = new(Across(steps), ChartAxis.Over("", steps.Select(value).Append(0)));
        chart.AddLine("curve", steps.Select(line => ((double)line.Step, value(line))));
        return HtmlPage.Element("figure", "panel", HtmlPage.Element("figcaption", null, name), chart.Draw($"{name}: {ChartAxis.Plain(value(steps[^1]))} at the end"));
    }

    private static XElement Settings(TrainingSettings settings)
    {
        JsonObject all = TrainingSettingsFile.ToJson(settings);
        IEnumerable<(string Name, JsonNode? Value)> flat = all.SelectMany(static entry => entry.Value is JsonObject inner
            ? inner.Select(each => ($"{entry.Key}.{each.Key}", each.Value))
            : [(entry.Key, entry.Value)]);
        return HtmlPage.Section(
            "Settings", null,
            HtmlPage.Table(["setting", "value"], flat.Where(static entry => entry.Value is not null).Select(static entry => new object[] { entry.Name, HtmlPage.Shortened(entry.Value!.ToJsonString()) })));
    }

    private static XElement Tile(string figure, string meaning) => HtmlPage.Element("div", "tile", HtmlPage.Element("b", "figure", figure), HtmlPage.Element("span", null, meaning));

    private static ChartAxis Across(LoggedStep[] steps) => ChartAxis.Over("step", [0, steps[^1].Step]);

    private static bool Has(IReadOnlyList<LoggedEvaluation> evaluations, Func<LoggedEvaluation, double?> value) => evaluations.Any(line => value(line) is not null);

    private static string Whole(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>At most so many lines as are shown, each the mean of its neighbours.</summary>
    private static IEnumerable<LoggedStep> Thinned(IReadOnlyList<LoggedStep> steps) => steps
        .Chunk((steps.Count + MostPoints - 1) / MostPoints)
        .Select(static lines => lines[^1] with { Loss = lines.Average(static line => line.Loss), PairsPerSecond = lines.Average(static line => line.PairsPerSecond) });

    /// <summary>A running mean that does not lean to where it began (arXiv 1412.6980, section 3).</summary>
    private static IEnumerable<double> Smoothed(LoggedStep[] steps)
    {
        double sum = 0, weight = 0;
        foreach (LoggedStep line in steps)
        {
            sum = (Smoothing * sum) + line.Loss;
            weight = (Smoothing * weight) + 1;
            yield return sum / weight;
        }
    }
}
