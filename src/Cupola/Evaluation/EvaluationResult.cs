namespace Cupola.Evaluation;

/// <summary>How often something was right.</summary>
/// <param name="Right">How many images.</param>
/// <param name="Images">Of how many.</param>
public sealed record Accuracy(int Right, int Images)
{
    /// <summary>The share; 0 where there are no images.</summary>
    public double Share => Images == 0 ? 0 : (double)Right / Images;

    /// <summary>Wilson's interval of the share.</summary>
    public Interval Interval => WilsonInterval.Compute(Right, Images);
}

/// <summary>How one class fared.</summary>
/// <param name="Label">The class.</param>
/// <param name="Recall">Of its images, how many were answered with it.</param>
/// <param name="Precision">Of the images that were answered with it, how many are of it.</param>
public sealed record ClassAccuracy(string Label, Accuracy Recall, Accuracy Precision);

/// <summary>How good the answers of one prompt set are on labelled images.</summary>
public sealed class EvaluationResult
{
    /// <summary>Answers that count as found where five may be given, as ImageNet counts.</summary>
    private const int Five = 5;

    /// <summary>Counts what was answered.</summary>
    /// <param name="candidate">The prompt set; its classes are what there was to choose from.</param>
    /// <param name="ensemble">How a class's prompts became one score.</param>
    /// <param name="outcomes">What was answered for each image.</param>
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

    /// <summary>What it is called.</summary>
    public string Name => Candidate.Name;

    /// <summary>How a class's prompts became one score.</summary>
    public ClassEnsemble Ensemble { get; }

    /// <summary>The classes to choose from.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What was answered for each image.</summary>
    public IReadOnlyList<ImageResult> Outcomes { get; }

    /// <summary>How often the answer is right.</summary>
    public Accuracy Top1 => new(Outcomes.Count(static outcome => outcome.IsRight), Outcomes.Count);

    /// <summary>How often the right class is among the five best.</summary>
    public Accuracy Top5 => new(Outcomes.Count(static outcome => outcome.Rank < Five), Outcomes.Count);

    /// <summary>The mean of the classes' recalls (<see cref="MeanPerClassRecall"/>).</summary>
    public double MeanPerClass { get; }

    /// <summary>Its interval, by the bootstrap.</summary>
    public Interval MeanPerClassInterval { get; }

    /// <summary>Whether the answers' probabilities can be believed.</summary>
    internal CalibrationCurve Reliability { get; }

    /// <summary>Which classes were taken for which.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>How each class fared, in the labels' order.</summary>
    public IReadOnlyList<ClassAccuracy> Classes { get; }

    /// <summary>Lets a prompt set answer for images whose classes are known, and counts.</summary>
    /// <param name="name">What the result is called.</param>
    /// <param name="prompts">The prompt set.</param>
    /// <param name="classifier">The classifier that was made from it.</param>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="truths">The position of each image's class among the labels.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many classes as images, or the classifier's labels are others.
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
