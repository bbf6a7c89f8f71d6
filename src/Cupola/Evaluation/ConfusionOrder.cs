namespace Cupola.Evaluation;

/// <summary>
/// Which classes a confusion map shows, and in which order: each beside the one it is taken for most, as far as one line allows.
/// </summary>
internal static class ConfusionOrder
{
    /// <summary>The classes of a map.</summary>
    /// <param name="confusion">What was answered.</param>
    /// <param name="most">How many classes there is room for.</param>
    public static int[] Compute(ConfusionMatrix confusion, int most)
    {
        IReadOnlyList<ConfusedPair> pairs = confusion.MostConfused(int.MaxValue);
        Dictionary<int, double> weights = [];
        foreach (ConfusedPair pair in pairs)
        {
            // Shares, so that a class with many images is not confused for that reason alone.
            weights[pair.Truth] = weights.GetValueOrDefault(pair.Truth) + pair.Share;
            weights[pair.Answer] = weights.GetValueOrDefault(pair.Answer) + pair.Share;
        }

        List<int> left =
        [
            .. weights
                .OrderByDescending(static entry => entry.Value)
                .ThenBy(static entry => entry.Key)
                .Take(most)
                .Select(static entry => entry.Key),
        ];
        HashSet<int> chosen = [.. left];
        Dictionary<(int, int), double> together = [];
        foreach (ConfusedPair pair in pairs.Where(pair => chosen.Contains(pair.Truth) && chosen.Contains(pair.Answer)))
        {
            (int, int) key = (Math.Min(pair.Truth, pair.Answer), Math.Max(pair.Truth, pair.Answer));
            together[key] = together.GetValueOrDefault(key) + pair.Share;
        }

        List<int> line = [];
        while (left.Count > 0)
        {
            // The nearest to the last; of those equally near, and where none is, the one that is confused most.
            int next = line.Count == 0 ? left[0] : left.MaxBy(index => Together(line[^1], index));
            line.Add(next);
            left.Remove(next);
        }

        return [.. line];

        double Together(int first, int second) => together.GetValueOrDefault((Math.Min(first, second), Math.Max(first, second)));
    }
}
