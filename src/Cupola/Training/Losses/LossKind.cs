namespace Cupola.Training.Losses;

/// <summary>The kind of loss.</summary>
public enum LossKind
{
    /// <summary>CLIP's InfoNCE, in which pairs with the same meaning are masked: they are not negatives of each other.</summary>
    Labelled,

    /// <summary>CLIP's InfoNCE as published: every other pair of the batch is a negative.</summary>
    Contrastive,

    /// <summary>SigLIP's, in which pairs with the same meaning are masked: they are not negatives of each other.</summary>
    LabelledSigmoid,

    /// <summary>
    /// SigLIP's as published (arXiv 2303.15343): an independent yes-or-no decision for every image and text whether they belong
    /// together.
    /// </summary>
    Sigmoid,
}
