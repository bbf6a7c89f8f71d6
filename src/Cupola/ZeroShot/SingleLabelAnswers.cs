namespace Cupola.ZeroShot;

/// <summary>One label for each image, or none of them where a threshold says so.</summary>
/// <param name="classifier">What weighs the labels.</param>
/// <param name="threshold">The probability below which there is no answer; null always answers.</param>
internal sealed class SingleLabelAnswers(ILabelClassifier classifier, float? threshold) : ImageClassifier
{
    /// <summary>What weighs the labels.</summary>
    public ILabelClassifier Classifier => classifier;

    /// <summary>The prompts that it was made from; null where it was saved without them.</summary>
    public EncodedPrompts? Encoded { get; init; }

    /// <summary>How much each of them counts; null where all count the same.</summary>
    public PromptWeights? Weights { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => classifier.Labels;

    /// <summary>The same answers from another classifier of these labels.</summary>
    public SingleLabelAnswers With(ILabelClassifier other) => new(other, threshold) { Encoded = Encoded, Weights = Weights };

    /// <inheritdoc/>
    public override ImageLabels Classify(ReadOnlySpan<float> embedding)
    {
        IReadOnlyList<Prediction> predictions = classifier.Classify(embedding);
        string? answer =
            threshold is null ? null
            : predictions[0].Probability < threshold ? ImageLabels.NoneOfThese
            : predictions[0].Label;
        return new(predictions, answer, null);
    }
}
