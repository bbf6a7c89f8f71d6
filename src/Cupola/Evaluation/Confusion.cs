namespace Cupola.Evaluation;

/// <summary>A class whose pictures were taken for another.</summary>
/// <param name="Truth">The class, as its position among the labels.</param>
/// <param name="Answer">What its pictures were taken for.</param>
/// <param name="Pictures">How many.</param>
/// <param name="Share">Which share of the class's pictures that is.</param>
public sealed record ConfusedPair(int Truth, int Answer, int Pictures, double Share);

/// <summary>The confusion matrix: how often pictures of each class were answered with each class. Only what occurred is stored, so ten thousand classes are no burden.</summary>
public sealed class Confusion
{
    private readonly Dictionary<(int Truth, int Answer), int> _counts;
    private readonly int[] _pictures;
    private readonly int[] _answers;

    private Confusion(Dictionary<(int, int), int> counts, int[] pictures, int[] answers) => (_counts, _pictures, _answers) = (counts, pictures, answers);

    /// <summary>How many classes there are.</summary>
    public int ClassCount => _pictures.Length;

    /// <summary>How many pictures of one class were answered with another, or with itself.</summary>
    public int this[int truth, int answer] => _counts.GetValueOrDefault((truth, answer));

    /// <summary>Counts outcomes.</summary>
    /// <param name="outcomes">What was answered.</param>
    /// <param name="classCount">How many labels there were to choose from.</param>
    public static Confusion Of(IReadOnlyList<PictureOutcome> outcomes, int classCount)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        int[] pictures = new int[classCount], answers = new int[classCount];
        foreach (PictureOutcome outcome in outcomes)
        {
            pictures[outcome.Truth]++;
            answers[outcome.Answer]++;
        }

        return new(outcomes.CountBy(static outcome => (outcome.Truth, outcome.Answer)).ToDictionary(), pictures, answers);
    }

    /// <summary>How many pictures of a class there were.</summary>
    public int PicturesOf(int truth) => _pictures[truth];

    /// <summary>How many pictures were answered with a class.</summary>
    public int AnswersOf(int answer) => _answers[answer];

    /// <summary>Which classes were taken for which, the most frequent first.</summary>
    /// <param name="most">How many pairs to name.</param>
    public IReadOnlyList<ConfusedPair> MostConfused(int most) =>
    [
        .. _counts.Where(static entry => entry.Key.Truth != entry.Key.Answer)
            .Select(entry => new ConfusedPair(entry.Key.Truth, entry.Key.Answer, entry.Value, (double)entry.Value / _pictures[entry.Key.Truth]))
            .OrderByDescending(static pair => pair.Pictures).ThenByDescending(static pair => pair.Share).ThenBy(static pair => pair.Truth).ThenBy(static pair => pair.Answer)
            .Take(most),
    ];
}
