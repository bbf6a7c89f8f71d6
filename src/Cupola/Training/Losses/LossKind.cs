namespace Cupola.Training.Losses;

/// <summary>Which loss teaches.</summary>
public enum LossKind
{
    /// <summary>CLIP's, in which pairs that say the same thing are no negatives of each other.</summary>
    Labelled,

    /// <summary>CLIP's as it was published: every other pair of the batch is a negative.</summary>
    Contrastive,

    /// <summary>SigLIP's, in which pairs that say the same thing are no negatives of each other.</summary>
    LabelledSigmoid,

    /// <summary>
    /// SigLIP's as it was published (arXiv 2303.15343): whether an image and a text belong together is asked of every two by
    /// themselves.
    /// </summary>
    Sigmoid,
}
