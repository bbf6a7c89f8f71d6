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
