using System.Numerics.Tensors;
using Cupola.FewShot;
using Cupola.Models;
using Cupola.ZeroShot;
using static System.FormattableString;

namespace Cupola;

/// <summary>
/// A zero-shot classifier that labeled examples make better, without training a network: class means, Tip-Adapter, Gaussian
/// discriminants, ProKeR or a linear probe. Which of them, and how much the examples count, is chosen by leaving examples out,
/// never by the images that are to be classified. It is thread-safe.
/// </summary>
public sealed class FewShotClassifier : ILabelClassifier
{
    private readonly ZeroShotClassifier _zeroShot;
    private readonly ClassScores _scores;
    private readonly double _scale;

    internal FewShotClassifier(ZeroShotClassifier zeroShot, ExampleLogits logits, FewShotChoice choice, float temperature)
    {
        _zeroShot = zeroShot;
        _scores = new(zeroShot.Weights);
        _scale = zeroShot.Rule.Scale;
        LogitsOfExamples = logits;
        Choice = choice;
        Temperature = temperature;
    }

    /// <summary>The classes, in order.</summary>
    public IReadOnlyList<string> Labels => _zeroShot.Labels;

    /// <summary>The method, its factors, and what may be expected of it.</summary>
    public FewShotChoice Choice { get; }

    /// <summary>The divisor of the logits; 1 if the classifier is not calibrated.</summary>
    public float Temperature { get; }

    /// <summary>The classifier that answers by prompts alone.</summary>
    internal ZeroShotClassifier ZeroShot => _zeroShot;

    internal ExampleLogits LogitsOfExamples { get; }

    /// <summary>Makes a classifier of examples.</summary>
    /// <param name="zeroShot">What answers by prompts alone.</param>
    /// <param name="examples">Unit embeddings of labeled images: [examples, dimension].</param>
    /// <param name="labels">The position of each one's label among the classifier's labels; not every label needs one.</param>
    /// <param name="method">How examples change the answers.</param>
    /// <param name="alpha">How much examples count beside the prompts (ProKeR's λ), up to 1,000,000; chosen where null.</param>
    /// <param name="beta">How fast an example's weight falls with its distance, up to 1,000,000; chosen where null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentException">There are no examples, or not as many labels, or a label is none.</exception>
    /// <exception cref="InvalidDataException">The examples do not suffice for the method.</exception>
    public static FewShotClassifier Create(
        ZeroShotClassifier zeroShot,
        EmbeddingMatrix examples,
        IReadOnlyList<int> labels,
        FewShotMethod method = FewShotMethod.Auto,
        double? alpha = null,
        double? beta = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(zeroShot);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(labels);
        RequireFactor(alpha, nameof(alpha));
        RequireFactor(beta, nameof(beta));
        if (examples.Count == 0 || examples.Count != labels.Count)
        {
            throw new ArgumentException(
                Invariant($"Each example has a label, and there are {examples.Count} examples and {labels.Count} labels.")
            );
        }

        if (labels.FirstOrDefault(label => label < 0 || label >= zeroShot.Labels.Count, -1) is var wrong and >= 0)
        {
            throw new ArgumentException(
                Invariant($"There is no label {wrong}; there are {zeroShot.Labels.Count}."),
                nameof(labels)
            );
        }

        DoubleRows embeddings = DoubleRows.From(examples);
        ExampleSet set = ExampleSet.Create(
            embeddings,
            new ClassScores(zeroShot.Weights).Compute(embeddings),
            labels,
            zeroShot.Rule.Scale
        );
        FewShotChoice choice = new MethodChoice(set).Choose(method, alpha, beta, cancellationToken);
        return new(zeroShot, Fit(set, choice, cancellationToken), choice, temperature: 1);
    }

    /// <summary>What gives logits by a choice.</summary>
    internal static ExampleLogits Fit(ExampleSet examples, FewShotChoice choice, CancellationToken cancellationToken) =>
        choice.Method == FewShotMethod.ZeroShot
            ? new PromptLogits()
            : ExampleMethod
                .All.Single(each => each.Name == choice.Method)
                .Fit(examples, new(choice.Alpha, choice.Beta), cancellationToken);

    /// <summary>Reads a classifier that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="embedder">The model whose images it will classify.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a classifier, or belongs to another model.</exception>
    public static FewShotClassifier Load(string path, ClipEmbedder embedder) => FewShotFile.Read(path, embedder, prompts: null);

    /// <summary>
    /// Writes all that answers need: a safetensors file with class vectors, and what the method made of the examples. For
    /// Tip-Adapter and ProKeR these are the examples' embeddings; it never holds an image. The file is replaced atomically.
    /// </summary>
    public void Save(string path) => FewShotFile.Write(path, this);

    /// <summary>The same classifier with another temperature.</summary>
    /// <param name="temperature">The divisor of the logits; more than 0.</param>
    public FewShotClassifier WithTemperature(float temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        return new(_zeroShot, LogitsOfExamples, Choice, temperature);
    }

    /// <summary>
    /// The same classifier with the temperature that makes the right labels of some images most probable; see <see
    /// cref="ZeroShotClassifier.Calibrate"/>.
    /// </summary>
    /// <param name="images">Unit embeddings of images that are no examples: [images, dimension].</param>
    /// <param name="labels">The index of each image's label in <see cref="Labels"/>.</param>
    public FewShotClassifier Calibrate(EmbeddingMatrix images, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        if (images.Count == 0 || images.Count != labels.Count)
        {
            throw new ArgumentException(
                Invariant(
                    $"A temperature is fitted on images with a label each, and there are {images.Count} and {labels.Count}."
                )
            );
        }

        DoubleRows logits = Logits(images).Logits;
        float[][] single = [.. Enumerable.Range(0, logits.Count).Select(image => ToSingle(logits[image]))];
        return WithTemperature(TemperatureScaling.Fit(single, labels, ScoreKind.Softmax));
    }

    /// <summary>All classes for one image, the most probable first.</summary>
    /// <param name="embedding">The image's unit embedding.</param>
    public IReadOnlyList<Prediction> Classify(ReadOnlySpan<float> embedding) =>
        Classify(new EmbeddingMatrix(embedding.ToArray(), 1, embedding.Length))[0];

    /// <summary>All classes for each of some images, the most probable first.</summary>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    public IReadOnlyList<IReadOnlyList<Prediction>> Classify(EmbeddingMatrix images)
    {
        ArgumentNullException.ThrowIfNull(images);
        (DoubleRows scores, DoubleRows logits) = Logits(images);
        IReadOnlyList<Prediction>[] answers = new IReadOnlyList<Prediction>[images.Count];
        Parallel.For(0, images.Count, image => answers[image] = Predictions(scores[image], logits[image]));
        return answers;
    }

    ZeroShotClassifier ILabelClassifier.ByPrompts => _zeroShot;

    ILabelClassifier ILabelClassifier.Calibrate(EmbeddingMatrix images, IReadOnlyList<int> labels) => Calibrate(images, labels);

    (float[] Scores, float[] Probabilities) ILabelClassifier.Score(ReadOnlySpan<float> embedding)
    {
        DoubleRows logits = Logits(new EmbeddingMatrix(embedding.ToArray(), 1, embedding.Length)).Logits;
        float[] scores = ToSingle(logits[0]);
        return (scores, ScoreRule.OfLogits.At(Temperature).Probabilities(scores));
    }

    /// <summary>The zero-shot scores and the logits of images, the temperature left out.</summary>
    private (DoubleRows Scores, DoubleRows Logits) Logits(EmbeddingMatrix images)
    {
        DoubleRows embeddings = DoubleRows.From(images),
            scores = _scores.Compute(embeddings);
        return (scores, LogitsOfExamples.Compute(embeddings, scores, _scale));
    }

    private Prediction[] Predictions(ReadOnlySpan<double> scores, Span<double> logits)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<double>(logits), logits);
        TensorPrimitives.Divide(logits, Temperature, logits);
        double[] probabilities = new double[logits.Length];
        TensorPrimitives.Exp<double>(logits, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<double>(probabilities), probabilities);
        Prediction[] predictions = new Prediction[Labels.Count];
        double[] negated = new double[logits.Length];
        TensorPrimitives.Negate<double>(logits, negated);
        int[] order = [.. Enumerable.Range(0, negated.Length).OrderBy(label => negated[label])];
        foreach ((int place, int label) in order.Index())
        {
            predictions[place] = new(Labels[label], (float)probabilities[label], (float)scores[label]);
        }

        return predictions;
    }

    private static float[] ToSingle(ReadOnlySpan<double> numbers)
    {
        float[] single = new float[numbers.Length];
        TensorPrimitives.ConvertTruncating<double, float>(numbers, single);
        return single;
    }

    private static void RequireFactor(double? factor, string name)
    {
        if (factor is not (null or (>= 0 and <= Factors.Most)))
        {
            throw new ArgumentOutOfRangeException(name, factor, Invariant($"A factor is a number from 0 to {Factors.Most}."));
        }
    }
}
