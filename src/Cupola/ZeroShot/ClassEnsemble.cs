namespace Cupola;

/// <summary>How the many prompts of a class become one score.</summary>
public enum ClassEnsemble
{
    /// <summary>
    /// The mean of the prompts' unit embeddings, made unit length again: OpenAI's way and CuPL's (arXiv 2209.03320, section 3).
    /// </summary>
    EmbeddingMean,

    /// <summary>The mean of the pooled features, before the projection; then projected and made unit length.</summary>
    PooledMean,

    /// <summary>The mean, over the prompts, of the cosine.</summary>
    ScoreMean,

    /// <summary>The cosine of the prompt that fits best.</summary>
    ScoreMax,
}
