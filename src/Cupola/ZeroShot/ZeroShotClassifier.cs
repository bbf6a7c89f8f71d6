using Cupola.Embedding;
using Cupola.Models;
using Cupola.ZeroShot;

namespace Cupola;

/// <summary>
/// Classifies an image by comparing it with sentences (arXiv 2103.00020, section 3.1). The sentences are encoded once, when the
/// classifier is created, and reused for every image. It is thread-safe.
/// </summary>
public sealed class ZeroShotClassifier : ILabelClassifier
{
    private readonly ClassWeights _weights;
    private readonly ScoreRule _rule;
    private readonly ClassifierOrigin _origin;
    private readonly ClipEmbedder _embedder;

    private ZeroShotClassifier(
        IReadOnlyList<string> labels,
        ClassWeights weights,
        ScoreRule rule,
        float temperature,
        ClassifierOrigin origin,
        ClipEmbedder embedder
    )
    {
        _embedder = embedder;
        Labels = labels;
        _weights = weights;
        _rule = rule;
        Temperature = temperature;
        _origin = origin;
    }

    /// <summary>The classes, in order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How the prompts of a class are combined.</summary>
    public ClassEnsemble Ensemble => _origin.Ensemble;

    /// <summary>The divisor of the model's logits; 1 if the classifier is not calibrated.</summary>
    public float Temperature { get; }

    /// <summary>The class vectors.</summary>
    internal ClassWeights Weights => _weights;

    /// <summary>How probabilities are made of scores, the temperature included.</summary>
    internal ScoreRule Rule => _rule.At(Temperature);

    /// <summary>Encodes the prompts of all classes and creates a classifier.</summary>
    /// <param name="embedder">The model; afterwards it is needed only to save the classifier.</param>
    /// <param name="prompts">The prompts of each class.</param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <param name="progress">Receives the number of further encoded prompts.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="ArgumentException">There are no classes, or a class has no prompts.</exception>
    public static ZeroShotClassifier Create(
        ClipEmbedder embedder,
        PromptSet prompts,
        ClassEnsemble ensemble = ClassEnsemble.EmbeddingMean,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    ) => Create(EncodedPrompts.Encode(embedder, prompts, progress, cancellationToken), ensemble, weights: null);

    /// <summary>Creates a classifier from encoded prompts.</summary>
    /// <param name="encoded">The prompts of all classes.</param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <param name="weights">The weight of each prompt in its class's mean; equal weights if null.</param>
    /// <exception cref="ArgumentException">Weights are given for the best score, which has no mean.</exception>
    internal static ZeroShotClassifier Create(EncodedPrompts encoded, ClassEnsemble ensemble, PromptWeights? weights)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        if (weights is not null && ensemble == ClassEnsemble.ScoreMax)
        {
            throw new ArgumentException(
                "The best prompt's score has no mean in which prompts could have weights; choose another ensemble.",
                nameof(weights)
            );
        }

        ClassWeights classes = ClassWeights.Create(encoded.Features, ensemble, weights ?? PromptWeights.Equal(encoded.Features));
        ClassifierOrigin origin = new(ensemble, new(() => encoded.Embedder.Fingerprint), encoded.Prompts.Hash);
        return new(encoded.Prompts.ClassNames, classes, encoded.Embedder.Score, temperature: 1, origin, encoded.Embedder);
    }

    /// <summary>Reads a classifier that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="embedder">The model whose images it will classify.</param>
    /// <param name="prompts">The prompts from which it must have been created; null for no check.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a classifier, or belongs to another model or other prompts.</exception>
    public static ZeroShotClassifier Load(string path, ClipEmbedder embedder, PromptSet? prompts = null)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return From(ClassifierFile.Read(path), path, embedder, prompts);
    }

    /// <summary>The classifier that a file holds.</summary>
    internal static ZeroShotClassifier From(ClassifierFile file, string path, ClipEmbedder embedder, PromptSet? prompts)
    {
        if (file.Model != embedder.Fingerprint)
        {
            throw new InvalidDataException(
                $"The classifier {path} was made with another model than {embedder.WeightsPath}, or in another precision; "
                    + "make it again with this one."
            );
        }

        return prompts is null || file.Prompts == prompts.Hash
            ? new(
                file.Labels,
                file.Weights,
                embedder.Score,
                file.Temperature,
                new(file.Ensemble, new(file.Model), file.Prompts),
                embedder
            )
            : throw new InvalidDataException(
                $"The classifier {path} was made from other prompts than these; make it again, or omit the prompts."
            );
    }

    /// <summary>
    /// Writes the class vectors, so that nothing has to be encoded again: a safetensors file with the labels, the temperature,
    /// and the hashes of the model and the prompts, by which <see cref="Load"/> checks that they match. The file is replaced
    /// atomically.
    /// </summary>
    public void Save(string path) => ClassifierFile.Write(path, ToFile());

    /// <summary>What is saved of it.</summary>
    internal ClassifierFile ToFile() =>
        new(Labels, _weights, Temperature, _origin.Ensemble, _origin.Model.Value, _origin.Prompts);

    /// <summary>The same classifier with another temperature.</summary>
    /// <param name="temperature">The divisor of the model's logits; more than 0.</param>
    public ZeroShotClassifier WithTemperature(float temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        return new(Labels, _weights, _rule, temperature, _origin, _embedder);
    }

    /// <summary>
    /// The same classifier with the temperature that makes the right labels of some images most probable (temperature scaling,
    /// arXiv 1706.04599, section 4.2): the answers stay the same, and their probabilities become calibrated.
    /// </summary>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="labels">The index of each image's label in <see cref="Labels"/>.</param>
    /// <exception cref="ArgumentException">There are no images, or not as many labels.</exception>
    public ZeroShotClassifier Calibrate(EmbeddingMatrix images, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        if (images.Count == 0 || images.Count != labels.Count)
        {
            throw new ArgumentException(
                $"A temperature is fitted on images with a label each, and there are {images.Count} images and {labels.Count} "
                    + "labels."
            );
        }

        float[][] logits = [.. Enumerable.Range(0, images.Count).Select(index => _rule.Logits(_weights.Score(images[index])))];
        return WithTemperature(TemperatureScaling.Fit(logits, labels, _rule.Kind));
    }

    /// <summary>All classes for one image, the best first.</summary>
    /// <param name="embedding">The image's unit embedding.</param>
    public IReadOnlyList<Prediction> Classify(ReadOnlySpan<float> embedding)
    {
        (float[] scores, float[] probabilities) = Score(embedding);
        return
        [
            .. Ranking.Descending(scores).Select(index => new Prediction(Labels[index], probabilities[index], scores[index])),
        ];
    }

    /// <summary>
    /// All classes for each of some images, in order: images are decoded and encoded on other threads, and an image that cannot
    /// be read gives its sentence and never stops the rest.
    /// </summary>
    /// <param name="images">
    /// Files, addresses, bytes and streams (<see cref="ImageSource"/>), enumerated no further ahead than needed.
    /// </param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ObjectDisposedException">The model that the classifier was made with was disposed.</exception>
    public IAsyncEnumerable<ClassifiedImage> ClassifyAsync(
        IEnumerable<ImageSource> images,
        bool orient = false,
        CancellationToken cancellationToken = default
    ) => _embedder.ClassifyAsync(embedding => Classify(embedding.Span), images, orient, cancellationToken);

    /// <summary>All classes for each of some images, as for any <see cref="ImageSource"/>.</summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    public IAsyncEnumerable<ClassifiedImage> ClassifyAsync(IEnumerable<string> paths) =>
        ClassifyAsync(paths.Select(ImageSource.FromPath));

    ZeroShotClassifier ILabelClassifier.ByPrompts => this;

    ILabelClassifier ILabelClassifier.Calibrate(EmbeddingMatrix images, IReadOnlyList<int> labels) => Calibrate(images, labels);

    (float[] Scores, float[] Probabilities) ILabelClassifier.Score(ReadOnlySpan<float> embedding) => Score(embedding);

    /// <summary>By what a class's score of an image is computed, [dimension]; of several prompts the best one.</summary>
    internal float[] VectorOf(string label, ReadOnlySpan<float> embedding) =>
        _weights.VectorOf(Labels.Index().First(each => each.Item == label).Index, embedding);

    /// <summary>The score and the probability of each class, in the labels' order.</summary>
    internal (float[] Scores, float[] Probabilities) Score(ReadOnlySpan<float> embedding)
    {
        float[] scores = _weights.Score(embedding);
        return (scores, _rule.At(Temperature).Probabilities(scores));
    }

    /// <summary>The origin of a classifier; the model is hashed only on request.</summary>
    private sealed record ClassifierOrigin(ClassEnsemble Ensemble, Lazy<string> Model, string Prompts);
}

/// <summary>A class with its score for one image.</summary>
/// <param name="Label">The class name.</param>
/// <param name="Probability">
/// The softmax over the classes of the scaled scores, so that the probabilities of an image sum to 1; of a SigLIP model the
/// sigmoid of each, the model's bias added, so that they are independent.
/// </param>
/// <param name="Score">The score itself, combined from cosines by the ensemble; from −1 to 1.</param>
public sealed record Prediction(string Label, float Probability, float Score);
