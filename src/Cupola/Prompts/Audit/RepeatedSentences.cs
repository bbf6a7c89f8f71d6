using System.Globalization;
using static System.FormattableString;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds sentences of one class that say what an earlier one said: the same but for case, spaces and punctuation, or nearly, when
/// of all words that either has, four in five are in both
/// (articles left out, plurals taken for singulars).
/// </summary>
internal sealed class RepeatedSentences
{
    /// <summary>Of words: nine words of which one is another.</summary>
    private const double NearlyTheSame = 0.8;

    /// <summary>
    /// With how many of the earlier sentences that share a rare word one is compared. It is rarely more than a few; this bounds
    /// the work where a file has thousands of sentences of one class that
    /// differ by a word.
    /// </summary>
    private const int MostCompared = 100;

    private static readonly HashSet<string> Articles = ["a", "an", "the"];

    private readonly List<string> _sentences = [];
    private readonly List<int[]> _words = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<int> _counts = [];

    /// <summary>Adds the next sentence of the class; one without words is only compared letter by letter.</summary>
    public void Add(string sentence, IReadOnlyList<FoldedWord> words)
    {
        HashSet<int> numbers = [];
        foreach (FoldedWord word in words)
        {
            string singular = WordForms.Singular(word.Base);
            if (Articles.Contains(singular))
            {
                continue;
            }

            if (!_numbers.TryGetValue(singular, out int number))
            {
                _numbers.Add(singular, number = _numbers.Count);
                _counts.Add(0);
            }

            if (numbers.Add(number))
            {
                _counts[number]++;
            }
        }

        _sentences.Add(sentence);
        _words.Add([.. numbers]);
    }

    /// <summary>Which sentences repeat which, by their positions.</summary>
    public IEnumerable<Repetition> Find()
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal),
            firstByKey = new(StringComparer.Ordinal);
        int[][] sets = RarestFirst();
        // A sentence is found by its rarest words alone: two that are nearly the same share one of these (Bayardo and others,
        // "Scaling up all pairs similarity search", 2007).
        Dictionary<int, List<int>> byRareWord = [];
        int[] comparedWith = [.. Enumerable.Repeat(-1, _sentences.Count)];
        for (int index = 0; index < _sentences.Count; index++)
        {
            string key = FoldedWord.Key(_sentences[index]);
            bool isNew = firstByKey.TryAdd(key, index);
            if (!first.TryAdd(_sentences[index], index))
            {
                yield return new(index, first[_sentences[index]], IsExact: true);
                continue;
            }

            if (!isNew)
            {
                yield return new(index, firstByKey[key], IsExact: false);
                continue;
            }

            int[] set = sets[index];
            int rare = set.Length - (int)Math.Ceiling(NearlyTheSame * set.Length) + 1;
            (int Earlier, double Likeness)? nearest = Nearest(index, rare);
            if (nearest is { } near)
            {
                yield return new(index, near.Earlier, IsExact: false, near.Likeness);
                continue;
            }

            for (int position = 0; position < Math.Min(rare, set.Length); position++)
            {
                (byRareWord.TryGetValue(set[position], out List<int>? list) ? list : byRareWord[set[position]] = []).Add(index);
            }
        }

        (int Earlier, double Likeness)? Nearest(int index, int rare)
        {
            int[] set = sets[index];
            int compared = 0;
            (int Earlier, double Likeness)? nearest = null;
            for (int position = 0; position < Math.Min(rare, set.Length); position++)
            {
                foreach (int earlier in byRareWord.GetValueOrDefault(set[position], []))
                {
                    if (compared == MostCompared)
                    {
                        return nearest;
                    }

                    if (comparedWith[earlier] == index)
                    {
                        continue;
                    }

                    comparedWith[earlier] = index;
                    compared++;
                    double likeness = Likeness(set, sets[earlier]);
                    if (likeness >= NearlyTheSame && !(likeness <= nearest?.Likeness))
                    {
                        nearest = (earlier, likeness);
                    }
                }
            }

            return nearest;
        }
    }

    /// <summary>The words of each sentence, numbered so that rarer ones come first.</summary>
    private int[][] RarestFirst()
    {
        int[] places = new int[_counts.Count];
        foreach ((int place, int number) in Enumerable.Range(0, _counts.Count).OrderBy(number => _counts[number]).Index())
        {
            places[number] = place;
        }

        return [.. _words.Select(words => words.Select(number => places[number]).Order().ToArray())];
    }

    /// <summary>Of the words that either has, the share that both have (Jaccard); both sets are sorted.</summary>
    private static double Likeness(int[] one, int[] other)
    {
        int both = 0;
        for (int left = 0, right = 0; left < one.Length && right < other.Length;)
        {
            int order = one[left].CompareTo(other[right]);
            both += order == 0 ? 1 : 0;
            left += order <= 0 ? 1 : 0;
            right += order >= 0 ? 1 : 0;
        }

        return (double)both / (one.Length + other.Length - both);
    }

    /// <summary>A sentence and the earlier one that it repeats.</summary>
    /// <param name="Index">The sentence.</param>
    /// <param name="Earlier">The one it repeats.</param>
    /// <param name="IsExact">Whether they are the same to the letter.</param>
    /// <param name="Likeness">
    /// The share of words that both have; nothing where the words are the same and only case, spaces and punctuation may differ.
    /// </param>
    internal sealed record Repetition(int Index, int Earlier, bool IsExact, double? Likeness = null)
    {
        public string Detail =>
            Likeness is { } likeness
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"shares {likeness * 100:0} % of the words with prompt {Earlier + 1}"
                )
            : IsExact ? Invariant($"is the same as prompt {Earlier + 1}")
            : Invariant($"is the same as prompt {Earlier + 1} but for case, spaces or punctuation");
    }
}
