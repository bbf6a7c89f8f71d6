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
    /// <param name="name">What the prompt set is called.</param>
    /// <param name="ensemble">How a class's prompts became one score.</param>
    /// <param name="labels">The classes to choose from.</param>
    /// <param name="outcomes">What was answered for each picture.</param>
    public EvaluatedPrompts(string name, ClassEnsemble ensemble, IReadOnlyList<string> labels, IReadOnlyList<PictureOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(outcomes);
        Name = name;
        Ensemble = ensemble;
        Labels = labels;
        Outcomes = outcomes;
        Confusion = Confusion.Of(outcomes, labels.Count);
        Reliability = Reliability.Of(outcomes);
        Classes =
        [
            .. labels.Select((label, index) => new ClassAccuracy(
                label, new(Confusion[index, index], Confusion.PicturesOf(index)), new(Confusion[index, index], Confusion.AnswersOf(index)))),
        ];
        (int, int)[] recalls = [.. Classes.Select(static each => (each.Recall.Right, each.Recall.Pictures))];
        MeanPerClass = MeanPerClassRecall.Of(recalls);
        MeanPerClassInterval = MeanPerClassRecall.IntervalOf(recalls);
    }

    /// <summary>What the prompt set is called.</summary>
    public string Name { get; }

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

    /// <summary>Lets a classifier answer for pictures whose classes are known, and counts.</summary>
    /// <param name="name">What the prompt set is called.</param>
    /// <param name="classifier">Who answers.</param>
    /// <param name="pictures">Unit embeddings: [pictures, dimension].</param>
    /// <param name="truths">The position of each picture's class among the classifier's labels.</param>
    /// <exception cref="ArgumentException">There are not as many classes as pictures.</exception>
    public static EvaluatedPrompts Judge(string name, ZeroShotClassifier classifier, EmbeddingMatrix pictures, IReadOnlyList<int> truths)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(truths);
        if (pictures.Count != truths.Count)
        {
            throw new ArgumentException($"Each picture has one class, and there are {pictures.Count} pictures and {truths.Count} classes.", nameof(truths));
        }

        PictureOutcome[] outcomes = new PictureOutcome[pictures.Count];
        Parallel.For(0, pictures.Count, picture =>
        {
            (float[] scores, float[] probabilities) = classifier.Score(pictures[picture]);
            outcomes[picture] = PictureOutcome.Of(scores, probabilities, truths[picture]);
        });
        return new(name, classifier.Ensemble, classifier.Labels, outcomes);
    }
}
