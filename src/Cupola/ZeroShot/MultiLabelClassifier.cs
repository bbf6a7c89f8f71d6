using Cupola.Embedding;
using Cupola.Models;
using Cupola.ZeroShot;

namespace Cupola;

/// <summary>
/// Decides which of several classes are in an image, any number of them: each class is compared with its own negation, "a photo
/// of a dog." with "a photo without a dog.", and with no other class. A SigLIP model needs no negations: it was trained to say of
/// each sentence alone whether it fits. It is thread-safe.
/// </summary>
public sealed class MultiLabelClassifier
{
    private readonly ClassWeights _present;
    private readonly ClassWeights? _absent;
    private readonly ScoreRule _rule;
    private readonly ClipEmbedder _embedder;

    private MultiLabelClassifier(
        IReadOnlyList<string> labels,
        ClassWeights present,
        ClassWeights? absent,
        ScoreRule rule,
        ClipEmbedder embedder
    )
    {
        _embedder = embedder;
        Labels = labels;
        _present = present;
        _absent = absent;
        _rule = rule;
    }

    /// <summary>The classes, in order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Encodes what is said for and against each class, and makes the classes' weights.</summary>
    /// <param name="embedder">The model; afterwards it is needed to classify images rather than embeddings.</param>
    /// <param name="present">What is said of an image that shows each class.</param>
    /// <param name="absent">
    /// What is said of an image that does not, for the same classes in the same order; null only where the model is a SigLIP,
    /// which does not look at it.
    /// </param>
    /// <param name="ensemble">How a class's prompts become one score.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="ArgumentException">
    /// There are no classes, or the two are of different classes, or nothing is said against them and the model is no SigLIP.
    /// </exception>
    public static MultiLabelClassifier Create(
        ClipEmbedder embedder,
        PromptSet present,
        PromptSet? absent,
        ClassEnsemble ensemble = ClassEnsemble.EmbeddingMean,
        CancellationToken cancellationToken = default
    ) =>
        Create(
            EncodedPrompts.Encode(embedder, present, progress: null, cancellationToken),
            absent is null || embedder.Score.IsIndependent
                ? null
                : EncodedPrompts.Encode(embedder, absent, progress: null, cancellationToken),
            ensemble
        );

    /// <summary>Makes a classifier from prompts that are encoded already.</summary>
    /// <param name="present">What is said of an image that shows each class.</param>
    /// <param name="absent">
    /// Prompts of images that do not, for the same classes in the same order, encoded by the same model; not looked at where its
    /// probabilities are independent.
    /// </param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <exception cref="ArgumentException">The classes of the two differ.</exception>
    internal static MultiLabelClassifier Create(EncodedPrompts present, EncodedPrompts? absent, ClassEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(present);
        ScoreRule rule = present.Embedder.Score;
        if (rule.IsIndependent)
        {
            return new(present.Prompts.ClassNames, Weights(present, ensemble), absent: null, rule, present.Embedder);
        }

        return absent is not null && present.Prompts.ClassNames.SequenceEqual(absent.Prompts.ClassNames, StringComparer.Ordinal)
            ? new(present.Prompts.ClassNames, Weights(present, ensemble), Weights(absent, ensemble), rule, present.Embedder)
            : throw new ArgumentException(
                "The prompts and their negations must have the same classes in the same order.",
                nameof(absent)
            );
    }

    /// <summary>
    /// All classes for one image, the most probable first; each probability is for its class alone, so they do not sum to 1.
    /// </summary>
    /// <param name="embedding">The image's unit embedding.</param>
    public IReadOnlyList<Prediction> Classify(ReadOnlySpan<float> embedding)
    {
        float[] present = _present.Score(embedding);
        float[] probabilities = _absent is null
            ? _rule.Probabilities(present)
            : [.. present.Zip(_absent.Score(embedding), (own, negation) => 1 / (1 + MathF.Exp(_rule.Scale * (negation - own))))];
        return
        [
            .. Ranking
                .Descending(probabilities)
                .Select(index => new Prediction(Labels[index], probabilities[index], present[index])),
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

    private static ClassWeights Weights(EncodedPrompts encoded, ClassEnsemble ensemble) =>
        ClassWeights.Create(encoded.Features, ensemble, PromptWeights.Equal(encoded.Features));
}
