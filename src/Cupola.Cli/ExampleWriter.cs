using System.Globalization;
using Cupola.FewShot;
using Cupola.Reports;

namespace Cupola.Cli;

/// <summary>Writes what examples add, for a person or a program.</summary>
/// <param name="format">How.</param>
/// <param name="prompts">What the prompt set is called, where there are several.</param>
internal sealed class ExampleWriter(OutputFormat format, string? prompts)
{
    private const double Significant = 0.05;

    private CsvOutput? _table;

    /// <summary>The prompts alone.</summary>
    public void WriteAlone(FewShotEvaluation evaluation)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Output.WriteJson(
                    new
                    {
                        Method = ExampleOptions.Name(FewShotMethod.ZeroShot),
                        Prompts = prompts,
                        Shots = 0,
                        Top1 = evaluation.ZeroShot,
                        Top1Low = evaluation.ZeroShotInterval.Low,
                        Top1High = evaluation.ZeroShotInterval.High,
                    }
                );
                break;
            case OutputFormat.Csv:
                _table = new(
                    "prompts",
                    "method",
                    "shots",
                    "draw",
                    "top1",
                    "low",
                    "high",
                    "alpha",
                    "beta",
                    "chosen",
                    "p",
                    "pHolm"
                );
                _table.Write(
                    prompts,
                    ExampleOptions.Name(FewShotMethod.ZeroShot),
                    0,
                    null,
                    evaluation.ZeroShot,
                    evaluation.ZeroShotInterval.Low,
                    evaluation.ZeroShotInterval.High,
                    null,
                    null,
                    null,
                    null,
                    null
                );
                break;
            default:
                TextTable.WriteName(
                    prompts ?? "The prompts alone",
                    $"{NumberFormat.Percent(evaluation.ZeroShot)} right ("
                        + $"{NumberFormat.PointsRange(evaluation.ZeroShotInterval.Low, evaluation.ZeroShotInterval.High)})"
                );
                break;
        }
    }

    /// <summary>One draw; a person sees the means only.</summary>
    public void Write(FewShotScore score)
    {
        if (format == OutputFormat.Json)
        {
            Output.WriteJson(
                new
                {
                    Method = ExampleOptions.Name(score.Method),
                    Prompts = prompts,
                    score.Shots,
                    score.Draw,
                    score.Top1,
                    score.Choice.Alpha,
                    score.Choice.Beta,
                    Chosen = ExampleOptions.Name(score.Choice.Method),
                    score.Choice.Expected,
                }
            );
        }

        _table?.Write(
            prompts,
            ExampleOptions.Name(score.Method),
            score.Shots,
            score.Draw,
            score.Top1,
            null,
            null,
            score.Choice.Alpha,
            score.Choice.Beta,
            ExampleOptions.Name(score.Choice.Method),
            null,
            null
        );
    }

    /// <summary>The means over draws.</summary>
    public void Write(IReadOnlyList<FewShotMean> means)
    {
        if (format == OutputFormat.Table)
        {
            WriteTable(means);
            return;
        }

        foreach (FewShotMean mean in means)
        {
            if (format == OutputFormat.Json)
            {
                Output.WriteJson(
                    new
                    {
                        Method = ExampleOptions.Name(mean.Method),
                        Prompts = prompts,
                        mean.Shots,
                        Top1Mean = mean.Top1,
                        Top1Low = mean.Interval.Low,
                        Top1High = mean.Interval.High,
                        mean.ZeroShot,
                        mean.P,
                        PHolm = mean.HolmP,
                    }
                );
            }

            _table?.Write(
                prompts,
                ExampleOptions.Name(mean.Method),
                mean.Shots,
                null,
                mean.Top1,
                mean.Interval.Low,
                mean.Interval.High,
                null,
                null,
                null,
                mean.P,
                mean.HolmP
            );
        }
    }

    private static void WriteTable(IReadOnlyList<FewShotMean> means)
    {
        TextTable.Write(
            ["method", "#examples", "#right", "interval", "#beside the prompts", "#p (Holm)", ""],
            [
                .. means.Select(static mean =>
                    (IReadOnlyList<string>)
                        [
                            ExampleOptions.Name(mean.Method),
                            mean.Shots.ToString(CultureInfo.InvariantCulture),
                            NumberFormat.Percent(mean.Top1),
                            NumberFormat.PointsRange(mean.Interval.Low, mean.Interval.High),
                            NumberFormat.Difference(mean.Top1 - mean.ZeroShot),
                            NumberFormat.PValue(mean.HolmP),
                            mean.HolmP >= Significant ? ""
                            : mean.Top1 > mean.ZeroShot ? "better"
                            : "worse",
                        ]
                ),
            ]
        );
    }
}
