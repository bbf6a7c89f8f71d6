namespace Cupola.ZeroShot;

/// <summary>
/// Decides which of several classes are in an image, any number of them: each class is compared with its own negation, "a photo
/// of a dog." with "a photo without a dog.", and with no other class. It is thread-safe.
/// </summary>
public sealed class MultiLabelClassifier
{
    private readonly ClassWeights _present;
    private readonly ClassWeights _absent;
    private readonly float _scale;

    private MultiLabelClassifier(IReadOnlyList<string> labels, ClassWeights present, ClassWeights absent, float scale)
    {
        Labels = labels;
        _present = present;
        _absent = absent;
        _scale = scale;
    }

    /// <summary>The classes, in order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Creates a classifier from encoded prompts.</summary>
    /// <param name="present">Prompts of images that show each class.</param>
    /// <param name="absent">
    /// Prompts of images that do not, for the same classes in the same order, encoded by the same model.
    /// </param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <exception cref="ArgumentException">The classes of the two differ.</exception>
    public static MultiLabelClassifier Create(EncodedPrompts present, EncodedPrompts absent, ClassEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(present);
        ArgumentNullException.ThrowIfNull(absent);
        return present.Prompts.ClassNames.SequenceEqual(absent.Prompts.ClassNames, StringComparer.Ordinal)
            ? new(present.Prompts.ClassNames, Weights(present, ensemble), Weights(absent, ensemble), present.Scale)
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
        float[] present = _present.Score(embedding),
            absent = _absent.Score(embedding);
        return
        [
            .. Labels
                .Index()
                .Select(label => new Prediction(
                    label.Item,
                    1 / (1 + MathF.Exp(_scale * (absent[label.Index] - present[label.Index]))),
                    present[label.Index]
                ))
                .OrderByDescending(static prediction => prediction.Probability),
        ];
    }

    private static ClassWeights Weights(EncodedPrompts encoded, ClassEnsemble ensemble) =>
        ClassWeights.Create(encoded.Features, ensemble, PromptWeights.Equal(encoded.Features));
}
