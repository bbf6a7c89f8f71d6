using System.Globalization;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary>How an evaluation is written, for a person or a program.</summary>
internal static class EvaluationWriters
{
    /// <summary>How many confused pairs a program is told of.</summary>
    private const int ConfusedInJson = 100;

    /// <summary>How many classes and pairs a person sees.</summary>
    private const int Shown = 15;

    public static void Write(DatasetEvaluation report, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(report);
                break;
            case OutputFormat.Csv:
                WriteCsv(report);
                break;
            default:
                WriteTables(report);
                break;
        }
    }

    private static void WriteJson(DatasetEvaluation report)
    {
        foreach (EvaluationResult set in report.Sets)
        {
            Output.WriteJson(
                new
                {
                    Prompts = set.Name,
                    Ensemble = EnsembleOption.Name(set.Ensemble),
                    Sentences = set.Candidate.Prompts.PromptCount,
                    Pictures = set.Outcomes.Count,
                    Failed = report.Failed.Count,
                    set.Top1.Right,
                    Top1 = set.Top1.Share,
                    Top1Low = set.Top1.Interval.Low,
                    Top1High = set.Top1.Interval.High,
                    Top5 = set.Top5.Share,
                    Top5Low = set.Top5.Interval.Low,
                    Top5High = set.Top5.Interval.High,
                    set.MeanPerClass,
                    MeanPerClassLow = set.MeanPerClassInterval.Low,
                    MeanPerClassHigh = set.MeanPerClassInterval.High,
                    CalibrationError = set.Reliability.ExpectedCalibrationError,
                    set.Candidate.Control?.Renamed,
                    Reliability = set
                        .Reliability.Bins.Where(static bin => bin.Images > 0)
                        .Select(static bin => new
                        {
                            bin.Low,
                            bin.High,
                            Pictures = bin.Images,
                            bin.Confidence,
                            bin.Accuracy,
                        }),
                    Classes = set.Classes.Select(static each => new
                    {
                        each.Label,
                        Pictures = each.Recall.Images,
                        each.Recall.Right,
                        Recall = Known(each.Recall),
                        RecallLow = each.Recall.Interval.Low,
                        RecallHigh = each.Recall.Interval.High,
                        Answered = each.Precision.Images,
                        Precision = Known(each.Precision),
                    }),
                    Confused = set
                        .Confusion.MostConfused(ConfusedInJson)
                        .Select(pair => new
                        {
                            Label = set.Labels[pair.Truth],
                            Answer = set.Labels[pair.Answer],
                            Pictures = pair.Images,
                            pair.Share,
                        }),
                }
            );
        }

        foreach (PromptComparison pair in report.Comparisons)
        {
            Output.WriteJson(
                new
                {
                    First = pair.First.Name,
                    Second = pair.Second.Name,
                    pair.Test.OnlyFirstRight,
                    pair.Test.OnlySecondRight,
                    pair.Test.P,
                    pair.Test.Difference,
                    DifferenceLow = pair.Test.DifferenceInterval.Low,
                    DifferenceHigh = pair.Test.DifferenceInterval.High,
                }
            );
        }
    }

    private static void WriteCsv(DatasetEvaluation report)
    {
        CsvOutput rows = new(
            "prompts",
            "ensemble",
            "sentences",
            "pictures",
            "failed",
            "right",
            "top1",
            "top1Low",
            "top1High",
            "top5",
            "top5Low",
            "top5High",
            "meanPerClass",
            "meanPerClassLow",
            "meanPerClassHigh",
            "calibrationError"
        );
        foreach (EvaluationResult set in report.Sets)
        {
            rows.Write(
                set.Name,
                EnsembleOption.Name(set.Ensemble),
                set.Candidate.Prompts.PromptCount,
                set.Outcomes.Count,
                report.Failed.Count,
                set.Top1.Right,
                set.Top1.Share,
                set.Top1.Interval.Low,
                set.Top1.Interval.High,
                set.Top5.Share,
                set.Top5.Interval.Low,
                set.Top5.Interval.High,
                set.MeanPerClass,
                set.MeanPerClassInterval.Low,
                set.MeanPerClassInterval.High,
                set.Reliability.ExpectedCalibrationError
            );
        }
    }

    private static void WriteTables(DatasetEvaluation report)
    {
        EvaluationResult best = report.Best;
        int images = best.Outcomes.Count;
        Console.Out.WriteLine(
            $"{report.Dataset}: {images} images of {best.Classes.Count(static each => each.Recall.Images > 0)} classes, "
                + $"{best.Labels.Count} labels to choose from."
        );
        if (report.Failed.Count > 0)
        {
            Console.Out.WriteLine($"{report.Failed.Count} more could not be read and count nowhere.");
        }

        Heading("In percent, with intervals of 95 % (Wilson's; the bootstrap's for the mean per class)");
        TextTable.Write(
            [
                "#",
                "#top-1",
                "#interval",
                "#top-5",
                "#interval",
                "#per class",
                "#interval",
                "#calibration error",
                "#sentences",
                "prompts",
            ],
            [
                .. report.Sets.Select(
                    (set, index) =>
                        (IReadOnlyList<string>)
                            [
                                Number(index + 1),
                                Percent(set.Top1.Share),
                                Percent(set.Top1.Interval),
                                Percent(set.Top5.Share),
                                Percent(set.Top5.Interval),
                                Percent(set.MeanPerClass),
                                Percent(set.MeanPerClassInterval),
                                Percent(set.Reliability.ExpectedCalibrationError),
                                Number(set.Candidate.Prompts.PromptCount),
                                set.Name,
                            ]
                ),
            ]
        );
        if (report.Sets.FirstOrDefault(static set => set.Candidate.Control is not null)?.Candidate.Control is { } control)
        {
            Console.Out.WriteLine(
                $"  A shuffled set is a control: descriptions are exchanged between classes. Of {control.Prompts.PromptCount} "
                    + $"sentences {control.Renamed} named their class and now name the other."
            );
        }

        if (report.Comparisons.Count > 0)
        {
            Heading("Two by two (McNemar's test, exact; difference in percentage points)");
            TextTable.Write(
                ["#first", "#second", "#only first right", "#only second right", "#difference", "#interval", "#p"],
                [
                    .. report.Comparisons.Select(pair =>
                        (IReadOnlyList<string>)
                            [
                                Place(pair.First),
                                Place(pair.Second),
                                Number(pair.Test.OnlyFirstRight),
                                Number(pair.Test.OnlySecondRight),
                                Signed(pair.Test.Difference),
                                $"{Signed(pair.Test.DifferenceInterval.Low)} to {Signed(pair.Test.DifferenceInterval.High)}",
                                Probability(pair.Test.P),
                            ]
                    ),
                ]
            );
        }

        WriteClasses(best);

        string Place(EvaluationResult set) => Number(report.Sets.Index().First(each => each.Item == set).Index + 1);
    }

    private static void WriteClasses(EvaluationResult best)
    {
        ClassAccuracy[] classes =
        [
            .. best.Classes.Where(static each => each.Recall.Images > 0).OrderBy(static each => each.Recall.Share),
        ];
        Heading($"Classes with {best.Name}, the worst first");
        TextTable.Write(
            ["class", "#images", "#recall", "#interval", "#precision"],
            [
                .. classes
                    .Take(Shown)
                    .Select(static each =>
                        (IReadOnlyList<string>)
                            [
                                each.Label,
                                Number(each.Recall.Images),
                                Percent(each.Recall.Share),
                                Percent(each.Recall.Interval),
                                each.Precision.Images == 0 ? "–" : Percent(each.Precision.Share),
                            ]
                    ),
            ]
        );
        if (classes.Length > Shown)
        {
            Console.Out.WriteLine($"  … and {classes.Length - Shown} more; --report FILE.html and --format json have them all.");
        }

        IReadOnlyList<ConfusedPair> confused = best.Confusion.MostConfused(Shown);
        if (confused.Count > 0)
        {
            Heading($"Most confused with {best.Name}");
            TextTable.Write(
                ["class", "taken for", "#images", "#of the class"],
                [
                    .. confused.Select(pair =>
                        (IReadOnlyList<string>)
                            [best.Labels[pair.Truth], best.Labels[pair.Answer], Number(pair.Images), Percent(pair.Share)]
                    ),
                ]
            );
        }
    }

    private static void Heading(string text)
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine(text);
    }

    /// <summary>Nothing is known of a class without images, or of one that was never answered.</summary>
    private static double? Known(Accuracy accuracy) => accuracy.Images == 0 ? null : accuracy.Share;

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Percent(Interval interval) => $"{Percent(interval.Low)} to {Percent(interval.High)}";

    private static string Signed(double share) => (share * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Probability(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);
}
