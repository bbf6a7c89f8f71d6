namespace Cupola.ZeroShot;

/// <summary>
/// The zero-shot weights, by which an image's embedding is multiplied. Three of the ensembles reduce to one vector per class (a
/// mean of cosines is the cosine with the mean); only the best of several prompts needs all vectors.
/// </summary>
/// <param name="vectors">The vectors, one per class or one per prompt: [rows, dimension].</param>
/// <param name="classOfRow">The class of each vector.</param>
/// <param name="classCount">The number of classes.</param>
internal sealed class ClassWeights(EmbeddingMatrix vectors, int[] classOfRow, int classCount)
{
    public EmbeddingMatrix Vectors => vectors;

    public IReadOnlyList<int> ClassOfRow => classOfRow;

    public int ClassCount => classCount;

    /// <summary>Creates the weights of classes from the text tower's output for their prompts.</summary>
    /// <param name="features">The features of all prompts.</param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <param name="weights">The weight of each prompt; the best score does not use weights.</param>
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

    /// <summary>The vector by which a class's score of a unit embedding is computed, [dimension].</summary>
    public float[] VectorOf(int classIndex, ReadOnlySpan<float> embedding)
    {
        int best = -1;
        for (int row = 0; row < classOfRow.Length; row++)
        {
            if (classOfRow[row] == classIndex && (best < 0 || vectors.Score(row, embedding) > vectors.Score(best, embedding)))
            {
                best = row;
            }
        }

        return vectors[best].ToArray();
    }

    /// <summary>The score of each class for a unit embedding.</summary>
    public float[] Score(ReadOnlySpan<float> embedding)
    {
        var rowScores = new float[vectors.Count];
        vectors.Scores(embedding, rowScores);
        if (vectors.Count == classCount)
        {
            return rowScores;
        }

        var scores = new float[classCount];
        scores.AsSpan().Fill(float.NegativeInfinity);
        for (int row = 0; row < rowScores.Length; row++)
        {
            ref float score = ref scores[classOfRow[row]];
            score = Math.Max(score, rowScores[row]);
        }

        return scores;
    }
}
