namespace Cupola.Training.Run;

/// <summary>How parameters follow their gradients: AdamW (arXiv 1711.05101) with a warm-up and half a cosine.</summary>
public sealed record OptimizerSettings
{
    /// <summary>
    /// The largest learning rate. The default is 5e-4 for a new model (arXiv 2103.00020, table 20) and 3e-5 for fine-tuning
    /// (arXiv 2109.01903).
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>
    /// Steps in which the learning rate rises. The default is a tenth of all, and at most 2,000 (arXiv 2103.00020, table 18).
    /// </summary>
    public long? WarmUp { get; init; }

    /// <summary>How strongly matrices are drawn to zero (arXiv 2103.00020, table 18). The default is 0.2.</summary>
    public float WeightDecay { get; init; } = 0.2f;

    /// <summary>The decay of the mean of the gradients (table 18). The default is 0.9.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>
    /// The decay of the mean of their squares. The default is 0.98 for vision transformers and 0.999 for residual networks (table
    /// 18).
    /// </summary>
    public float? Beta2 { get; init; }

    /// <summary>
    /// Keeps AdamW's quotient finite. The default is 1e-6 for vision transformers and 1e-8 for residual networks (table 18).
    /// </summary>
    public float? Epsilon { get; init; }

    /// <summary>The largest norm of all gradients together. By default there is no limit, as in CLIP.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>
    /// Layer-wise decay: a layer's learning rate divided by that of the layer after it (arXiv 2106.08254). The default is 1.
    /// </summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>
    /// The decay of the exponential moving average of the parameters, which then is the model. By default there is none.
    /// </summary>
    public double? EmaDecay { get; init; }
}
