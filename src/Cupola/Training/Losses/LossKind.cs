namespace Cupola.Training.Losses;

/// <summary>The loss that a model is trained with.</summary>
public enum LossKind
{
    /// <summary>
    /// CLIP's: each image chooses its text among all of the batch, and each text its image (arXiv 2103.00020, figure 3).
    /// </summary>
    InfoNce,

    /// <summary>
    /// SigLIP's: an independent decision for every image and text whether they belong together (arXiv 2303.15343, equation 1).
    /// </summary>
    SigLip,
}
