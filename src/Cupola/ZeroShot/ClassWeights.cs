using System.Numerics.Tensors;
using Cupola.Embedding;
using Cupola.Models;

namespace Cupola.ZeroShot;

/// <summary>
/// The zero-shot weights: what a picture's embedding is multiplied with. Three of the ensembles come down to one vector a
/// class (a mean of cosines is the cosine with the mean); only the best of several prompts needs them all.
/// </summary>
internal sealed class ClassWeights
{
    private readonly int[] _classOfRow;

    private ClassWeights(EmbeddingMatrix vectors, int[] classOfRow, int classes)
    {
        Vectors = vectors;
        _classOfRow = classOfRow;
        ClassCount = classes;
    }

    /// <summary>The vectors, one a class or one a prompt.</summary>
    public EmbeddingMatrix Vectors { get; }

    public int ClassCount { get; }

    /// <summary>Makes the weights of classes from what the text tower says of their prompts.</summary>
    /// <param name="features">Of all prompts, class by class.</param>
    /// <param name="promptCounts">How many prompts each class has.</param>
    /// <param name="ensemble">How they become one.</param>
    /// <param name="text">The tower, whose projection the pooled mean needs.</param>
    public static ClassWeights Create(TextFeatures features, IReadOnlyList<int> promptCounts, ClassEnsemble ensemble, TextTransformer text)
    {
        int prompts = promptCounts.Sum(), classes = promptCounts.Count;
        EmbeddingMatrix unit = new EmbeddingMatrix(features.Embeddings, prompts, features.Embeddings.Length / prompts).Normalize();
        if (ensemble == ClassEnsemble.ScoreMax)
        {
            return new(unit, [.. promptCounts.SelectMany(static (count, index) => Enumerable.Repeat(index, count))], classes);
        }

        EmbeddingMatrix averaged = ensemble == ClassEnsemble.PooledMean ? new(features.Pooled, prompts, features.Pooled.Length / prompts) : unit;
        float[][] means = new float[classes][];
        int first = 0;
        for (int index = 0; index < classes; index++)
        {
            means[index] = averaged.Mean([.. Enumerable.Range(first, promptCounts[index])]);
            first += promptCounts[index];
        }

        float[] vectors = [.. means.SelectMany(mean => ensemble == ClassEnsemble.PooledMean ? text.Project(mean) : mean)];
        EmbeddingMatrix matrix = new(vectors, classes, unit.Dimension);
        return new(ensemble == ClassEnsemble.ScoreMean ? matrix : matrix.Normalize(), [.. Enumerable.Range(0, classes)], classes);
    }

    /// <summary>The score of each class for a unit embedding.</summary>
    public float[] Score(ReadOnlySpan<float> embedding)
    {
        var scores = new float[ClassCount];
        scores.AsSpan().Fill(float.NegativeInfinity);
        for (int row = 0; row < Vectors.Count; row++)
        {
            ref float score = ref scores[_classOfRow[row]];
            score = Math.Max(score, TensorPrimitives.Dot(embedding, Vectors[row]));
        }

        return scores;
    }
}
