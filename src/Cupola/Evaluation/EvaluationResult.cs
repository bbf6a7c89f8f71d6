namespace Cupola.Evaluation;

/// <summary>The number of right answers among images.</summary>
/// <param name="Right">The number of right answers.</param>
/// <param name="Images">The number of images.</param>
public sealed record Accuracy(int Right, int Images)
{
    /// <summary>The share; 0 if there are no images.</summary>
    public double Share => Images == 0 ? 0 : (double)Right / Images;

    /// <summary>Wilson's interval of the share.</summary>
    public Interval Interval => WilsonInterval.Compute(Right, Images);
}

/// <summary>The results of one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Recall">How many of its images were answered with it.</param>
/// <param name="Precision">How many of the images answered with it belong to it.</param>
public sealed record ClassAccuracy(string Label, Accuracy Recall, Accuracy Precision);

/// <summary>The results of one prompt set on labeled images.</summary>
public sealed class EvaluationResult
{
    /// <summary>The k of top-5 accuracy, as for ImageNet.</summary>
    private const int Five = 5;

    /// <summary>Counts outcomes.</summary>
    /// <param name="candidate">The prompt set; its classes are the possible answers.</param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <param name="outcomes">The answer for each image.</param>
    internal EvaluationResult(NamedPromptSet candidate, ClassEnsemble ensemble, IReadOnlyList<ImageResult> outcomes)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(outcomes);
        Candidate = candidate;
        Ensemble = ensemble;
        Outcomes = outcomes;
        Labels = candidate.Prompts.ClassNames;
        Confusion = ConfusionMatrix.Compute(outcomes, Labels.Count);
        Reliability = CalibrationCurve.Compute(outcomes);
        Classes =
        [
            .. Labels.Select(
                (label, index) =>
                    new ClassAccuracy(
                        label,
                        new(Confusion[index, index], Confusion.ImagesOf(index)),
                        new(Confusion[index, index], Confusion.AnswersOf(index))
                    )
            ),
        ];
        (int, int)[] recalls = [.. Classes.Select(static each => (each.Recall.Right, each.Recall.Images))];
        MeanPerClass = MeanPerClassRecall.Compute(recalls);
        MeanPerClassInterval = MeanPerClassRecall.IntervalOf(recalls);
    }

    /// <summary>The prompt set.</summary>
    internal NamedPromptSet Candidate { get; }

    /// <summary>The set's name.</summary>
    public string Name => Candidate.Name;

    /// <summary>How the prompts of a class are combined.</summary>
    public ClassEnsemble Ensemble { get; }

    /// <summary>The classes that could be answered.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The answer for each image.</summary>
    public IReadOnlyList<ImageResult> Outcomes { get; }

    /// <summary>Top-1 accuracy: how often the answer is right.</summary>
    public Accuracy Top1 => new(Outcomes.Count(static outcome => outcome.IsRight), Outcomes.Count);

    /// <summary>Top-5 accuracy: how often the right class is among the five best.</summary>
    public Accuracy Top5 => new(Outcomes.Count(static outcome => outcome.Rank < Five), Outcomes.Count);

    /// <summary>The mean of the classes' recalls (<see cref="MeanPerClassRecall"/>).</summary>
    public double MeanPerClass { get; }

    /// <summary>Its bootstrap interval.</summary>
    public Interval MeanPerClassInterval { get; }

    /// <summary>The calibration of the answers' probabilities.</summary>
    internal CalibrationCurve Reliability { get; }

    /// <summary>The confusion matrix.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>The results of each class, in the labels' order.</summary>
    public IReadOnlyList<ClassAccuracy> Classes { get; }

    /// <summary>Classifies images whose classes are known, and counts the outcomes.</summary>
    /// <param name="name">The name of the prompt set.</param>
    /// <param name="prompts">The prompt set.</param>
    /// <param name="classifier">The classifier created from it.</param>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="truths">The index of each image's class among the labels.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of classes and images differ, or the classifier has other labels.
    /// </exception>
    public static EvaluationResult Evaluate(
        string name,
        PromptSet prompts,
        ZeroShotClassifier classifier,
        EmbeddingMatrix images,
        IReadOnlyList<int> truths
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(prompts);
        return Evaluate(new NamedPromptSet(name, prompts), classifier, images, truths);
    }

    /// <summary>Lets a prompt set answer for images whose classes are known, and counts.</summary>
    /// <param name="candidate">The prompt set.</param>
    /// <param name="classifier">The classifier that was made from it.</param>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="truths">The position of each image's class among the labels.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many classes as images, or the classifier's labels are others.
    /// </exception>
    internal static EvaluationResult Evaluate(
        NamedPromptSet candidate,
        ZeroShotClassifier classifier,
        EmbeddingMatrix images,
        IReadOnlyList<int> truths
    )
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(classifier);
        return classifier.Labels.SequenceEqual(candidate.Prompts.ClassNames)
            ? new(candidate, classifier.Ensemble, ImageResult.Create(classifier, images, truths))
            : throw new ArgumentException(
                $"The classifier's {classifier.Labels.Count} labels are not the {candidate.Prompts.ClassNames.Count} classes "
                    + $"of {candidate.Name}.",
                nameof(classifier)
            );
    }
}
