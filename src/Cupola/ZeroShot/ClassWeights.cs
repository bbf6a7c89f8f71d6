using System.Numerics.Tensors;

namespace Cupola.ZeroShot;

/// <summary>
/// The zero-shot weights: what an image's embedding is multiplied with. Three of the ensembles come down to one vector a
/// class (a mean of cosines is the cosine with the mean); only the best of several prompts needs them all.
/// </summary>
/// <param name="vectors">The vectors, one a class or one a prompt: [rows, dimension].</param>
/// <param name="classOfRow">The class that each vector speaks for.</param>
/// <param name="classCount">How many classes there are.</param>
internal sealed class ClassWeights(EmbeddingMatrix vectors, int[] classOfRow, int classCount)
{
    public EmbeddingMatrix Vectors => vectors;

    public IReadOnlyList<int> ClassOfRow => classOfRow;

    public int ClassCount => classCount;

    /// <summary>Makes the weights of classes from what the text tower says of their prompts.</summary>
    /// <param name="features">Of all prompts.</param>
    /// <param name="ensemble">How a class's prompts become one score.</param>
    /// <param name="weights">How much each prompt counts; the best score knows no weights.</param>
    public static ClassWeights Create(PromptFeatures features, ClassEnsemble ensemble, PromptWeights weights)
    {
        int classes = features.ClassCount,
            dimension = features.Embeddings.Dimension;
        if (ensemble == ClassEnsemble.ScoreMax)
        {
            return new(
                features.Embeddings,
                [.. Enumerable.Range(0, classes).SelectMany(index => Enumerable.Repeat(index, features.PromptCount(index)))],
                classes
            );
        }

        var vectors = new float[classes * dimension];
        Parallel.For(0, classes, index =>
        {
            int first = features.FirstOf(index),
                count = features.PromptCount(index);
            features
                .Mean([.. Enumerable.Range(first, count)], weights.Values.Slice(first, count), ensemble)
                .CopyTo(vectors, index * dimension);
        });
        return new(new(vectors, classes, dimension), [.. Enumerable.Range(0, classes)], classes);
    }

    /// <summary>The score of each class for a unit embedding.</summary>
    public float[] Score(ReadOnlySpan<float> embedding)
    {
        var scores = new float[classCount];
        scores.AsSpan().Fill(float.NegativeInfinity);
        for (int row = 0; row < vectors.Count; row++)
        {
            ref float score = ref scores[classOfRow[row]];
            score = Math.Max(score, TensorPrimitives.Dot(embedding, vectors[row]));
        }

        return scores;
    }
}
