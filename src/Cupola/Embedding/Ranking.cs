namespace Cupola.Embedding;

/// <summary>The order of scores, the best first.</summary>
internal static class Ranking
{
    /// <summary>The positions of the scores from the highest to the lowest; of equal ones, the first comes first.</summary>
    public static int[] Descending(IReadOnlyList<float> scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Count)];
        Array.Sort(order, (first, second) =>
        {
            int byScore = scores[second].CompareTo(scores[first]);
            return byScore != 0 ? byScore : first - second;
        });
        return order;
    }
}
