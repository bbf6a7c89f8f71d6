namespace Cupola.Evaluation;

/// <summary>
/// Chooses and orders the classes of a confusion map: each next to the one it is mistaken for most, as far as a single line
/// allows.
/// </summary>
internal static class ConfusionOrder
{
    /// <summary>The classes of a map, in order.</summary>
    /// <param name="confusion">The confusion matrix.</param>
    /// <param name="most">The most classes that fit.</param>
    public static int[] Compute(ConfusionMatrix confusion, int most)
    {
        IReadOnlyList<ConfusedPair> pairs = confusion.MostConfused(int.MaxValue);
        Dictionary<int, double> weights = [];
        foreach (ConfusedPair pair in pairs)
        {
            // Shares, so that a class does not count as confused just because it has many images.
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
            // The nearest to the last; among equally near ones, or if there is none, the one that is confused most.
            int next = line.Count == 0 ? left[0] : left.MaxBy(index => Together(line[^1], index));
            line.Add(next);
            left.Remove(next);
        }

        return [.. line];

        double Together(int first, int second) => together.GetValueOrDefault((Math.Min(first, second), Math.Max(first, second)));
    }
}
