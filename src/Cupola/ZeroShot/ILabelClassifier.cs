namespace Cupola.ZeroShot;

/// <summary>Chooses one of some labels for an image: by prompts, or by prompts and examples.</summary>
internal interface ILabelClassifier
{
    /// <summary>What there is to choose from.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>The divisor of the logits.</summary>
    float Temperature { get; }

    /// <summary>What answers by prompts alone.</summary>
    ZeroShotClassifier ByPrompts { get; }

    /// <summary>All labels for one image, the best first.</summary>
    IReadOnlyList<Prediction> Classify(ReadOnlySpan<float> embedding);

    /// <summary>What ranks the labels, and their probabilities, in the labels' order.</summary>
    (float[] Scores, float[] Probabilities) Score(ReadOnlySpan<float> embedding);

    /// <summary>The same classifier with the temperature of some labeled images.</summary>
    ILabelClassifier Calibrate(EmbeddingMatrix images, IReadOnlyList<int> labels);

    /// <summary>Writes it to a file.</summary>
    void Save(string path);
}
