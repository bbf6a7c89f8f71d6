using System.Xml.Linq;
using Cupola.Reports;
using static System.FormattableString;

namespace Cupola.Evaluation;

/// <summary>
/// Writes an HTML report on the evaluation of prompt sets: bars with intervals, significance of differences, calibration,
/// classes, confusions, and the most confident wrong answers of the best set. Its size is bounded for any number of images and
/// classes.
/// </summary>
internal static class EvaluationReport
{
    /// <summary>The most failed images that are listed; a longer list is not read.</summary>
    private const int MostFailed = 100;

    /// <summary>Writes the report; the file is replaced atomically.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="report">The evaluation.</param>
    /// <param name="images">
    /// The images that were evaluated, in the order of the outcomes; those of the worst answers are read again for thumbnails.
    /// </param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    /// <exception cref="ArgumentException">There are not as many images as outcomes.</exception>
    public static void Write(
        string path,
        DatasetEvaluation report,
        IReadOnlyList<ImageSource> images,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(images);
        EvaluationResult best = report.Best;
        if (images.Count != best.Outcomes.Count)
        {
            throw new ArgumentException(
                $"The report shows the evaluated images, and there are {images.Count} images and {best.Outcomes.Count} "
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
            WrongImageSection.Create(best, bestName, report.Dataset, images, cancellationToken),
            Failed(report.Failed),
            Methods(),
        ];
        HtmlPage.Write(
            path,
            $"How well {(report.Sets.Count == 1 ? "the model recognizes" : "prompts recognize")} {NameOf(report.Dataset)}",
            $"{NumberFormat.Count(best.Outcomes.Count, "image")} of "
                + $"{NumberFormat.Count(best.Classes.Count(static each => each.Recall.Images > 0), "class", "classes")}, "
                + $"{NumberFormat.Count(best.Labels.Count, "label")} to choose from, evaluated "
                + $"with {(Path.IsPathRooted(report.Model) ? NameOf(report.Model) : report.Model)}.",
            sections.OfType<XElement>()
        );
    }

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    private static XElement? Failed(IReadOnlyList<string> failed) =>
        failed.Count == 0
            ? null
            : HtmlPage.Section(
                $"{NumberFormat.Count(failed.Count, "image")} could not be read",
                "They are not counted above.",
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
            "How these numbers are computed",
            null,
            HtmlPage.Element(
                "dl",
                "small methods",
                HtmlPage.Definition(
                    "Intervals",
                    "of 95 %: of a hundred such experiments, about ninety-five have the true value in theirs. Wilson's for "
                        + "shares; for the mean per class the bootstrap's, with images resampled within each class."
                ),
                HtmlPage.Definition(
                    "Paired test",
                    "McNemar's, exact. Only images that one set answers rightly and the other wrongly distinguish two sets; p is "
                        + "the probability of so uneven a split of them if both sets are equally good."
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
                    "a control: the same sentences with the classes' descriptions exchanged. What a set gains over its control, "
                        + "it gains "
                        + "by what its sentences say."
                )
            )
        );
}
