using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Cupola.Training.Data;

/// <summary>
/// Finds pairs with the same meaning: those of one class, and those with equal captions. They are not negatives of each other.
/// </summary>
internal static class DuplicateCaptions
{
    /// <summary>A number for each pair; pairs with the same meaning have equal numbers.</summary>
    /// <param name="pairs">The class of each, if known, and the token ids of its caption.</param>
    public static int[] Find(IReadOnlyList<(string? Label, ImmutableArray<int> Text)> pairs)
    {
        var same = new int[pairs.Count];
        Dictionary<string, int> byLabel = new(StringComparer.Ordinal),
            byText = new(StringComparer.Ordinal);
        for (int pair = 0; pair < pairs.Count; pair++)
        {
            same[pair] = pair;
            (string? label, ImmutableArray<int> text) = pairs[pair];
            if (label is not null && !byLabel.TryAdd(label, pair))
            {
                Join(same, pair, byLabel[label]);
            }

            string key = new(MemoryMarshal.Cast<int, char>(text.AsSpan()));
            if (!byText.TryAdd(key, pair))
            {
                Join(same, pair, byText[key]);
            }
        }

        for (int pair = 0; pair < same.Length; pair++)
        {
            same[pair] = First(same, pair);
        }

        return same;
    }

    /// <summary>The representative of all pairs with the same meaning (union-find with path halving).</summary>
    private static int First(int[] same, int pair)
    {
        while (same[pair] != pair)
        {
            same[pair] = same[same[pair]];
            pair = same[pair];
        }

        return pair;
    }

    private static void Join(int[] same, int pair, int other)
    {
        (int first, int second) = (First(same, pair), First(same, other));
        same[Math.Max(first, second)] = Math.Min(first, second);
    }
}
