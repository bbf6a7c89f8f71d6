using Cupola.Explanation;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>Classifies images as they come, and writes what they show.</summary>
/// <param name="classifier">What answers.</param>
/// <param name="byName">Answers by the labels' names alone; null where nobody asks for that.</param>
/// <param name="influence">What each prompt did; null where answers are not explained.</param>
/// <param name="examples">The labeled examples that an explanation shows; null where there are none.</param>
/// <param name="top">How many labels are shown.</param>
/// <param name="writer">Writes the answers.</param>
internal sealed class Classification(
    ImageClassifier classifier,
    ZeroShotClassifier? byName,
    PromptInfluence? influence,
    NearestExamples? examples,
    int top,
    IClassificationWriter writer
)
{
    /// <summary>How many prompts a page names for an answer, and how many against.</summary>
    private const int ArgumentsShown = 6;

    /// <summary>How many examples a page shows beside an image.</summary>
    private const int ExamplesShown = 8;

    private readonly List<ExplainedAnswer> _explained = [];
    private int _classified;

    /// <summary>Writes what the images show; gives how many could not be read.</summary>
    public int Write(IEnumerable<EmbeddedImage> images, IProgress<int>? progress)
    {
        int failed = 0;
        try
        {
            foreach (EmbeddedImage image in images)
            {
                progress?.Report(1);
                if (image.Vector is null)
                {
                    failed++;
                    writer.WriteError(image.Path, image.Error!);
                    continue;
                }

                Write(image.Path, image.Vector);
            }
        }
        finally
        {
            Console.Out.Flush();
        }

        return failed;
    }

    /// <summary>Writes the page that explains the first answers.</summary>
    public void WriteReport(string page, bool orient, AnswerMaps maps) =>
        ClassificationReport.Write(page, _explained, _classified - _explained.Count, orient, maps);

    private void Write(string image, float[] embedding)
    {
        ImageLabels shown = classifier.Classify(embedding);
        IReadOnlyList<Prediction>? named = byName is null ? null : [.. byName.Classify(embedding).Take(top)];
        writer.Write(new(image, shown.Predictions, top, shown.Answer, shown.Answers, named));
        _classified++;
        if (influence is not null && _explained.Count < ClassificationReport.MostImages)
        {
            _explained.Add(
                new(
                    image,
                    [.. shown.Predictions.Take(top)],
                    PromptAttributions.Compute(influence, shown.Predictions, embedding, ArgumentsShown)
                )
                {
                    Examples = examples?.Find(embedding, ExamplesShown) ?? [],
                    Mapped = (Mapped(shown.Predictions[0].Label, embedding), Mapped(shown.Predictions[1].Label, embedding)),
                }
            );
        }
    }

    private MappedClass Mapped(string label, float[] embedding) =>
        new(label, ((SingleLabelAnswers)classifier).Classifier.ByPrompts.VectorOf(label, embedding));
}
