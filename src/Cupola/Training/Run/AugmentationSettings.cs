namespace Cupola.Training.Run;

/// <summary>What happens to an image each time it is seen (docs/training.md, "Augmentation").</summary>
public sealed record AugmentationSettings
{
    /// <summary>
    /// The least share of an image's area that a random crop shows, as in RandomResizedCrop; 1 shows all of it. The default is
    /// open_clip's 0.9 (transform.py).
    /// </summary>
    public float MinimumScale { get; init; } = 0.9f;

    /// <summary>
    /// Whether every other image is mirrored. The default is false, because captions may say left and right, and images hold
    /// letters.
    /// </summary>
    public bool Flip { get; init; }

    /// <summary>How far brightness, contrast and saturation change, from 0 to 1. The default is 0, which leaves them.</summary>
    public float ColorJitter { get; init; }
}
