using System.Globalization;
using System.Xml.Linq;
using Cupola.Reports;
using static System.FormattableString;

namespace Cupola.Evaluation;

/// <summary>The significance of the differences between sets, pair by pair, in plain words.</summary>
internal static class ComparisonSection
{
    /// <summary>The most pairs, those of eleven sets; a longer table is not read.</summary>
    private const int MostPairs = 55;

    /// <summary>The significance level: a difference that is rarer than this among equal sets counts.</summary>
    private const double Rare = 0.05;

    public static XElement? Create(DatasetEvaluation report, SetLabels labels)
    {
        if (report.Comparisons.Count == 0)
        {
            return null;
        }

        int tests = report.Comparisons.Count;
        PromptComparison[] shown =
            tests > MostPairs
                ? [.. report.Comparisons.OrderBy(static pair => pair.Test.P).Take(MostPairs)]
                : [.. report.Comparisons];
        double end = shown.Max(static pair =>
            Math.Max(Math.Abs(pair.Test.DifferenceInterval.Low), Math.Abs(pair.Test.DifferenceInterval.High))
        );
        return HtmlPage.Section(
            "Which differences are real",
            "All sets answered the same images, so only those count that one set answers rightly and the other wrongly. "
                + (
                    tests == 1
                        ? ""
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"A set is better if chance would make equal sets differ as much less than once in "
                                + $"{tests / Rare:#,0} comparisons, and may be better if less than once in {1 / Rare:0}: "
                        ) + Invariant($"among {tests}, something as rare is no surprise (Bonferroni).")
                ),
            HtmlPage.Table(
                ["sets", "what the images say", "|the second's advantage", "#in points", "#p"],
                shown.Select(pair =>
                    (IReadOnlyList<object>)
                        [
                            HtmlPage.Element("span", "versus", labels.Disc(pair.First), " – ", labels.Disc(pair.Second)),
                            HtmlPage.Element("div", "words", Words(pair, labels, tests)),
                            IntervalBar.Difference(
                                end,
                                pair.Test.Difference,
                                pair.Test.DifferenceInterval.Low,
                                pair.Test.DifferenceInterval.High,
                                $"{NumberFormat.Difference(pair.Test.Difference)} points, "
                                    + $"{Range(pair.Test.DifferenceInterval)}"
                            ),
                            new[]
                            {
                                HtmlPage.Element("b", null, NumberFormat.Difference(pair.Test.Difference)),
                                HtmlPage.Element("span", "quiet below", Range(pair.Test.DifferenceInterval)),
                            },
                            NumberFormat.PValue(pair.Test.P),
                        ]
                )
            ),
            tests > shown.Length ? HtmlPage.Element("p", "quiet", Invariant($"The {shown.Length} smallest p of {tests}.")) : null
        );
    }

    private static object[] Words(PromptComparison pair, SetLabels labels, int tests)
    {
        PairedTest test = pair.Test;
        bool secondLeads = test.OnlySecondRight > test.OnlyFirstRight;
        XElement leader = labels.Disc(secondLeads ? pair.Second : pair.First);
        int more = Math.Max(test.OnlyFirstRight, test.OnlySecondRight),
            fewer = Math.Min(test.OnlyFirstRight, test.OnlySecondRight);
        if (more + fewer == 0)
        {
            return [HtmlPage.Element("b", "quiet", "The same answers."), " Both are right on the same images."];
        }

        object[] counts =
        [
            " alone is right on ",
            NumberFormat.Count(more, "image"),
            ", ",
            labels.Disc(secondLeads ? pair.First : pair.Second),
            $" alone on {NumberFormat.Count(fewer)}.",
        ];
        return test.P switch
        {
            double p when p * tests < Rare => [HtmlPage.Element("b", "right", leader, " is better."), " It", .. counts],
            double p when p < Rare => [HtmlPage.Element("b", null, leader, " may be better."), " It", .. counts],
            double p =>
            [
                HtmlPage.Element("b", "quiet", "Cannot be told apart."),
                " ",
                leader,
                .. counts,
                $" A coin splits them as unevenly {Often(p)}.",
            ],
        };
    }

    private static string Often(double p) =>
        p > 0.995 ? "every time" : string.Create(CultureInfo.InvariantCulture, $"{p * 100:0} times in 100");

    private static string Range(Interval interval) => NumberFormat.DifferenceRange(interval.Low, interval.High);
}
