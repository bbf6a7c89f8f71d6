namespace Cupola;

/// <summary>How the prompts of a class are combined into one score.</summary>
public enum ClassEnsemble
{
    /// <summary>
    /// The mean of the prompts' unit embeddings, normalized again: as in OpenAI's code and CuPL (arXiv 2209.03320, section 3).
    /// </summary>
    EmbeddingMean,

    /// <summary>The mean of the pooled features, before the projection; then projected and normalized.</summary>
    PooledMean,

    /// <summary>The mean of the prompts' cosines.</summary>
    ScoreMean,

    /// <summary>The cosine of the best prompt.</summary>
    ScoreMax,
}
