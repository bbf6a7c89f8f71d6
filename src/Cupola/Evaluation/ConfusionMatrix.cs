namespace Cupola.Evaluation;

/// <summary>A class whose images were taken for another.</summary>
/// <param name="Truth">The class, as its position among the labels.</param>
/// <param name="Answer">What its images were taken for.</param>
/// <param name="Images">How many.</param>
/// <param name="Share">Which share of the class's images that is.</param>
internal sealed record ConfusedPair(int Truth, int Answer, int Images, double Share);

/// <summary>
/// The confusion matrix: how often images of each class were answered with each class. Only what occurred is stored, so ten
/// thousand classes are no burden.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(int Truth, int Answer), int> _counts;
    private readonly int[] _images;
    private readonly int[] _answers;

    private ConfusionMatrix(Dictionary<(int, int), int> counts, int[] images, int[] answers) =>
        (_counts, _images, _answers) = (counts, images, answers);

    /// <summary>How many classes there are.</summary>
    public int ClassCount => _images.Length;

    /// <summary>How many images of one class were answered with another, or with itself.</summary>
    public int this[int truth, int answer] => _counts.GetValueOrDefault((truth, answer));

    /// <summary>Counts outcomes.</summary>
    /// <param name="outcomes">What was answered.</param>
    /// <param name="classCount">How many labels there were to choose from.</param>
    public static ConfusionMatrix Compute(IReadOnlyList<ImageResult> outcomes, int classCount)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        int[] images = new int[classCount],
            answers = new int[classCount];
        foreach (ImageResult outcome in outcomes)
        {
            images[outcome.Truth]++;
            answers[outcome.Answer]++;
        }

        return new(outcomes.CountBy(static outcome => (outcome.Truth, outcome.Answer)).ToDictionary(), images, answers);
    }

    /// <summary>How many images of a class there were.</summary>
    public int ImagesOf(int truth) => _images[truth];

    /// <summary>How many images were answered with a class.</summary>
    public int AnswersOf(int answer) => _answers[answer];

    /// <summary>Which classes were taken for which, the most frequent first.</summary>
    /// <param name="most">How many pairs to name.</param>
    internal IReadOnlyList<ConfusedPair> MostConfused(int most) =>
        [
            .. _counts
                .Where(static entry => entry.Key.Truth != entry.Key.Answer)
                .Select(entry => new ConfusedPair(
                    entry.Key.Truth,
                    entry.Key.Answer,
                    entry.Value,
                    (double)entry.Value / _images[entry.Key.Truth]
                ))
                .OrderByDescending(static pair => pair.Images)
                .ThenByDescending(static pair => pair.Share)
                .ThenBy(static pair => pair.Truth)
                .ThenBy(static pair => pair.Answer)
                .Take(most),
        ];
}
