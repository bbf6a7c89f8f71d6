using System.Xml.Linq;
using Cupola.Reports;
using static System.FormattableString;

namespace Cupola.Evaluation;

/// <summary>
/// A page that shows how good prompt sets are: bars with intervals, which differences are real, whether probabilities can be
/// believed, how each class fared, what is taken for
/// what, and the images that the best set got most wrong. Its size is bounded, whatever the number of images and classes.
/// </summary>
internal static class EvaluationReport
{
    /// <summary>More of them no one reads.</summary>
    private const int MostFailed = 100;

    /// <summary>Writes the page; the file is whole or what it was before.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="report">What came of judging.</param>
    /// <param name="images">
    /// The images that were judged, in the order of the outcomes; the worst answered are read again and shown small.
    /// </param>
    /// <param name="cancellation">Stops before the next image.</param>
    /// <exception cref="ArgumentException">There are not as many images as outcomes.</exception>
    public static void Write(
        string path,
        DatasetEvaluation report,
        IReadOnlyList<ImageSource> images,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(images);
        EvaluationResult best = report.Best;
        if (images.Count != best.Outcomes.Count)
        {
            throw new ArgumentException(
                $"The page shows the images that were judged, and there are {images.Count} images and {best.Outcomes.Count} "
                    + "answers.",
                nameof(images)
            );
        }

        SetLabels labels = new(report.Sets);
        string bestName = labels.Name(best);
        XElement?[] sections =
        [
            AccuracySection.Summary(report, bestName),
            AccuracySection.Create(report, labels),
            ComparisonSection.Create(report, labels),
            CalibrationSection.Create(report, labels),
            ClassSection.Create(best, bestName),
            ConfusionSection.Map(best, bestName),
            ConfusionSection.Pairs(best, bestName),
            WrongImageSection.Create(best, bestName, report.Dataset, images, cancellation),
            Failed(report.Failed),
            Methods(),
        ];
        HtmlPage.Write(
            path,
            $"How well {(report.Sets.Count == 1 ? "it recognises" : "prompts recognise")} {NameOf(report.Dataset)}",
            $"{HtmlPage.Count(best.Outcomes.Count, "image")} of "
                + $"{HtmlPage.Count(best.Classes.Count(static each => each.Recall.Images > 0), "class", "classes")}, "
                + $"{HtmlPage.Count(best.Labels.Count, "label")} to choose from, judged "
                + $"by {(Path.IsPathRooted(report.Model) ? NameOf(report.Model) : report.Model)}.",
            sections.OfType<XElement>()
        );
    }

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    private static XElement? Failed(IReadOnlyList<string> failed) =>
        failed.Count == 0
            ? null
            : HtmlPage.Section(
                $"{HtmlPage.Count(failed.Count, "image")} could not be read",
                "They count nowhere above.",
                HtmlPage.Element(
                    "ul",
                    "small",
                    failed.Take(MostFailed).Select(static sentence => HtmlPage.Element("li", null, sentence))
                ),
                failed.Count > MostFailed
                    ? HtmlPage.Element("p", "quiet", Invariant($"… and {failed.Count - MostFailed} more."))
                    : null
            );

    private static XElement Methods() =>
        HtmlPage.Section(
            "How these numbers are made",
            null,
            HtmlPage.Element(
                "dl",
                "small methods",
                HtmlPage.Definition(
                    "Intervals",
                    "of 95 %: of a hundred such experiments, about ninety-five have the true value in theirs. Wilson's for "
                        + "shares; for the mean per class the bootstrap's, images drawn anew within each class."
                ),
                HtmlPage.Definition(
                    "Paired test",
                    "McNemar's, exact. Only images that one set answers rightly and the other wrongly tell two sets apart; p is "
                        + "how likely so uneven a split of them is where both are equally good."
                ),
                HtmlPage.Definition(
                    "Mean per class",
                    "the mean of the classes' recalls, so that a class with few images counts as much as one with many."
                ),
                HtmlPage.Definition(
                    "Calibration error",
                    "how far, on average, an answer's probability is from the share of such answers that are right, in "
                        + $"{CalibrationCurve.BinCount} ranges of equal width."
                ),
                HtmlPage.Definition(
                    "Shuffled",
                    "a control: the same sentences with the classes' descriptions exchanged. What a set gains over it, it gains "
                        + "by what its sentences say."
                )
            )
        );
}
