namespace Cupola.Evaluation;

/// <summary>A class whose images were mistaken for another.</summary>
/// <param name="Truth">The class, as its index among the labels.</param>
/// <param name="Answer">The class that was answered.</param>
/// <param name="Images">The number of such images.</param>
/// <param name="Share">Their share of the class's images.</param>
internal sealed record ConfusedPair(int Truth, int Answer, int Images, double Share);

/// <summary>
/// The confusion matrix: how often images of each class were answered with each class. It is stored sparsely, so it suits ten
/// thousand classes too.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(int Truth, int Answer), int> _counts;
    private readonly int[] _images;
    private readonly int[] _answers;

    private ConfusionMatrix(Dictionary<(int, int), int> counts, int[] images, int[] answers) =>
        (_counts, _images, _answers) = (counts, images, answers);

    /// <summary>The number of classes.</summary>
    public int ClassCount => _images.Length;

    /// <summary>How many images of one class were answered with another, or with itself.</summary>
    public int this[int truth, int answer] => _counts.GetValueOrDefault((truth, answer));

    /// <summary>Counts outcomes.</summary>
    /// <param name="outcomes">The answers.</param>
    /// <param name="classCount">The number of labels that could be answered.</param>
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

    /// <summary>The number of images of a class.</summary>
    public int ImagesOf(int truth) => _images[truth];

    /// <summary>The number of images that were answered with a class.</summary>
    public int AnswersOf(int answer) => _answers[answer];

    /// <summary>The pairs of classes that are confused most often, the most frequent first.</summary>
    /// <param name="most">The most pairs to return.</param>
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
