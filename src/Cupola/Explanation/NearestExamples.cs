using Cupola.Embedding;

namespace Cupola.Explanation;

/// <summary>A labeled example near an image.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Image">Where it is to be had.</param>
/// <param name="Cosine">How near it is.</param>
internal sealed record NearExample(string Label, ImageSource Image, float Cosine);

/// <summary>Finds the labeled examples that are most like an image.</summary>
/// <param name="embeddings">Their unit embeddings.</param>
/// <param name="labels">The label of each.</param>
/// <param name="images">Where each is to be had.</param>
internal sealed class NearestExamples(EmbeddingMatrix embeddings, IReadOnlyList<string> labels, IReadOnlyList<ImageSource> images)
{
    /// <summary>The nearest, the nearest first.</summary>
    /// <param name="embedding">The image's unit embedding.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<NearExample> Find(ReadOnlySpan<float> embedding, int most)
    {
        float[] cosines = new float[embeddings.Count];
        embeddings.Scores(embedding, cosines);
        return [.. Ranking.Descending(cosines).Take(most).Select(row => new NearExample(labels[row], images[row], cosines[row]))];
    }
}
