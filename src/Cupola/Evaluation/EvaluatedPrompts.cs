using Cupola.Embedding;
using Cupola.ZeroShot;

namespace Cupola.Evaluation;

/// <summary>How often something was right.</summary>
/// <param name="Right">How many pictures.</param>
/// <param name="Pictures">Of how many.</param>
public sealed record Accuracy(int Right, int Pictures)
{
    /// <summary>The share; 0 where there are no pictures.</summary>
    public double Share => Pictures == 0 ? 0 : (double)Right / Pictures;

    /// <summary>Wilson's interval of the share.</summary>
    public Interval Interval => WilsonInterval.Of(Right, Pictures);
}

/// <summary>How one class fared.</summary>
/// <param name="Label">The class.</param>
/// <param name="Recall">Of its pictures, how many were answered with it.</param>
/// <param name="Precision">Of the pictures that were answered with it, how many are of it.</param>
public sealed record ClassAccuracy(string Label, Accuracy Recall, Accuracy Precision);

/// <summary>How good the answers of one prompt set are on labelled pictures.</summary>
public sealed class EvaluatedPrompts
{
    /// <summary>Answers that count as found where five may be given, as ImageNet counts.</summary>
    private const int Five = 5;

    /// <summary>Counts what was answered.</summary>
    /// <param name="candidate">The prompt set; its classes are what there was to choose from.</param>
    /// <param name="ensemble">How a class's prompts became one score.</param>
    /// <param name="outcomes">What was answered for each picture.</param>
    public EvaluatedPrompts(PromptCandidate candidate, ClassEnsemble ensemble, IReadOnlyList<PictureOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(outcomes);
        Candidate = candidate;
        Ensemble = ensemble;
        Outcomes = outcomes;
        Labels = candidate.Prompts.ClassNames;
        Confusion = Confusion.Of(outcomes, Labels.Count);
        Reliability = Reliability.Of(outcomes);
        Classes =
        [
            .. Labels.Select((label, index) => new ClassAccuracy(
                label, new(Confusion[index, index], Confusion.PicturesOf(index)), new(Confusion[index, index], Confusion.AnswersOf(index)))),
        ];
        (int, int)[] recalls = [.. Classes.Select(static each => (each.Recall.Right, each.Recall.Pictures))];
        MeanPerClass = MeanPerClassRecall.Of(recalls);
        MeanPerClassInterval = MeanPerClassRecall.IntervalOf(recalls);
    }

    /// <summary>The prompt set.</summary>
    public PromptCandidate Candidate { get; }

    /// <summary>What it is called.</summary>
    public string Name => Candidate.Name;

    /// <summary>How a class's prompts became one score.</summary>
    public ClassEnsemble Ensemble { get; }

    /// <summary>The classes to choose from.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What was answered for each picture.</summary>
    public IReadOnlyList<PictureOutcome> Outcomes { get; }

    /// <summary>How often the answer is right.</summary>
    public Accuracy Top1 => new(Outcomes.Count(static outcome => outcome.IsRight), Outcomes.Count);

    /// <summary>How often the right class is among the five best.</summary>
    public Accuracy Top5 => new(Outcomes.Count(static outcome => outcome.Rank < Five), Outcomes.Count);

    /// <summary>The mean of the classes' recalls (<see cref="MeanPerClassRecall"/>).</summary>
    public double MeanPerClass { get; }

    /// <summary>Its interval, by the bootstrap.</summary>
    public Interval MeanPerClassInterval { get; }

    /// <summary>Whether the answers' probabilities can be believed.</summary>
    public Reliability Reliability { get; }

    /// <summary>Which classes were taken for which.</summary>
    public Confusion Confusion { get; }

    /// <summary>How each class fared, in the labels' order.</summary>
    public IReadOnlyList<ClassAccuracy> Classes { get; }

    /// <summary>Lets a prompt set answer for pictures whose classes are known, and counts.</summary>
    /// <param name="candidate">The prompt set.</param>
    /// <param name="classifier">The classifier that was made from it.</param>
    /// <param name="pictures">Unit embeddings: [pictures, dimension].</param>
    /// <param name="truths">The position of each picture's class among the labels.</param>
    /// <exception cref="ArgumentException">There are not as many classes as pictures, or the classifier's labels are others.</exception>
    public static EvaluatedPrompts Judge(PromptCandidate candidate, ZeroShotClassifier classifier, EmbeddingMatrix pictures, IReadOnlyList<int> truths)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(classifier);
        return classifier.Labels.SequenceEqual(candidate.Prompts.ClassNames)
            ? new(candidate, classifier.Ensemble, PictureOutcome.Of(classifier, pictures, truths))
            : throw new ArgumentException($"The classifier's {classifier.Labels.Count} labels are not the {candidate.Prompts.ClassNames.Count} classes of {candidate.Name}.", nameof(classifier));
    }
}
