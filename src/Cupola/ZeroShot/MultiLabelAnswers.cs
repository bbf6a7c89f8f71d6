namespace Cupola.ZeroShot;

/// <summary>Any number of labels for each image.</summary>
/// <param name="classifier">What weighs each label against its negation.</param>
/// <param name="threshold">The probability from which on a label is in an image.</param>
internal sealed class MultiLabelAnswers(MultiLabelClassifier classifier, float threshold) : ImageClassifier
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => classifier.Labels;

    /// <inheritdoc/>
    public override ImageLabels Classify(ReadOnlySpan<float> embedding)
    {
        IReadOnlyList<Prediction> predictions = classifier.Classify(embedding);
        string[] answers =
        [
            .. predictions.Where(prediction => prediction.Probability >= threshold).Select(static prediction => prediction.Label),
        ];
        return new(predictions, null, answers);
    }
}
