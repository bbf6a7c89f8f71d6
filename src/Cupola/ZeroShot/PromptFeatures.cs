using Cupola.Models;

namespace Cupola.ZeroShot;

/// <summary>
/// The text tower's outputs for the prompts of some classes, class by class, from which every ensemble is computed.
/// </summary>
internal sealed class PromptFeatures
{
    private readonly TextEncoder _text;
    private readonly EmbeddingMatrix _pooled;
    private readonly int[] _firsts;

    /// <summary>Wraps the outputs of the text tower.</summary>
    /// <param name="features">The features of all prompts, class by class.</param>
    /// <param name="promptCounts">The number of prompts of each class.</param>
    /// <param name="text">The tower, whose projection the pooled mean needs.</param>
    public PromptFeatures(TextFeatures features, IReadOnlyList<int> promptCounts, TextEncoder text)
    {
        _text = text;
        _firsts = [0, .. promptCounts];
        for (int index = 1; index < _firsts.Length; index++)
        {
            _firsts[index] += _firsts[index - 1];
        }

        Embeddings = new EmbeddingMatrix(features.Embeddings, _firsts[^1], features.Embeddings.Length / _firsts[^1]).Normalize();
        _pooled = new EmbeddingMatrix(features.Pooled, _firsts[^1], features.Pooled.Length / _firsts[^1]);
    }

    public int ClassCount => _firsts.Length - 1;

    /// <summary>The unit embedding of each prompt: [prompts, dimension].</summary>
    public EmbeddingMatrix Embeddings { get; }

    /// <summary>The row of a class's first prompt.</summary>
    public int FirstOf(int classIndex) => _firsts[classIndex];

    /// <summary>The number of prompts of a class.</summary>
    public int PromptCount(int classIndex) => _firsts[classIndex + 1] - _firsts[classIndex];

    /// <summary>
    /// The vector of a class, a weighted mean of some of its prompts: [dimension], of unit length except for the mean of scores,
    /// where the length is part of the score.
    /// </summary>
    /// <param name="rows">The prompts' rows.</param>
    /// <param name="weights">A weight for each row; they sum to 1.</param>
    /// <param name="ensemble">Any except the best score, which has no single vector.</param>
    public float[] Mean(ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, ClassEnsemble ensemble)
    {
        float[] mean =
            ensemble == ClassEnsemble.PooledMean ? _text.Project(_pooled.Mean(rows, weights)) : Embeddings.Mean(rows, weights);
        return ensemble == ClassEnsemble.ScoreMean ? mean : [.. new EmbeddingMatrix(mean, 1, mean.Length).Normalize().Values];
    }

    /// <summary>The contribution of one prompt to its class's mean, before its weight: [dimension].</summary>
    public float[] Direction(int row, ClassEnsemble ensemble) =>
        ensemble == ClassEnsemble.PooledMean ? _text.Project(_pooled[row]) : [.. Embeddings[row]];
}
