namespace Cupola.ZeroShot;

/// <summary>Says which labels an image shows: the one that fits best, or any number of them.</summary>
internal abstract class ImageClassifier
{
    /// <summary>What there is to choose from.</summary>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <summary>What an image shows.</summary>
    /// <param name="embedding">The image's unit embedding.</param>
    public abstract ImageLabels Classify(ReadOnlySpan<float> embedding);
}

/// <summary>What an image shows.</summary>
/// <param name="Predictions">All labels, the best first.</param>
/// <param name="Answer">The one label that is the answer, where a threshold decides whether there is one; null otherwise.</param>
/// <param name="Answers">All labels that are in the image, where there may be several; null otherwise.</param>
internal sealed record ImageLabels(IReadOnlyList<Prediction> Predictions, string? Answer, IReadOnlyList<string>? Answers)
{
    /// <summary>The answer where no label is good enough.</summary>
    public const string NoneOfThese = "none of these";
}
