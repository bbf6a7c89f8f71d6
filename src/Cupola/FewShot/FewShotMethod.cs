namespace Cupola;

/// <summary>How labeled example images change a zero-shot classifier's answers; none of them trains a network.</summary>
public enum FewShotMethod
{
    /// <summary>
    /// The method, and its factors, that answer best for examples that are left out; zero-shot where that is not worse.
    /// </summary>
    Auto,

    /// <summary>The prompts alone.</summary>
    ZeroShot,

    /// <summary>The cosine with the mean of a label's examples, without the prompts (arXiv 1703.05175).</summary>
    ClassMean,

    /// <summary>Tip-Adapter without training (arXiv 2207.09519): the prompts, and how near each example is.</summary>
    TipAdapter,

    /// <summary>Gaussian discriminants with one covariance for all labels, added to the prompts (arXiv 2402.04087).</summary>
    Gda,

    /// <summary>
    /// ProKeR (arXiv 2501.11175): kernel regression of what the prompts get wrong on the examples, added to the prompts.
    /// </summary>
    ProKeR,

    /// <summary>
    /// Logistic regression with an L2 penalty on the examples' embeddings (arXiv 2103.00020, section 3.2), without the prompts.
    /// </summary>
    LinearProbe,
}
