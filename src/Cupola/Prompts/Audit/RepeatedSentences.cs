using System.Globalization;
using static System.FormattableString;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds sentences of one class that repeat an earlier one: the same except for case, spaces and punctuation, or nearly the same,
/// that is, four in five of the words of both occur in both (without articles, plurals counted as singulars).
/// </summary>
internal sealed class RepeatedSentences
{
    /// <summary>The share of common words, as of two sentences of nine words that differ in one.</summary>
    private const double NearlyTheSame = 0.8;

    /// <summary>
    /// The most earlier sentences with the same rare word that one is compared with. There are rarely more than a few; the limit
    /// bounds the work for a file with thousands of sentences of one class that differ by a word.
    /// </summary>
    private const int MostCompared = 100;

    private static readonly HashSet<string> Articles = ["a", "an", "the"];

    private readonly List<string> _sentences = [];
    private readonly List<int[]> _words = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<int> _counts = [];

    /// <summary>Adds the next sentence of the class; one without words is compared only letter by letter.</summary>
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

    /// <summary>Which sentences repeat which, by their indices.</summary>
    public IEnumerable<Repetition> Find()
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal),
            firstByKey = new(StringComparer.Ordinal);
        int[][] sets = RarestFirst();
        // A sentence is looked up by its rarest words alone, because two that are nearly the same share one of these (Bayardo et
        // al., "Scaling up all pairs similarity search", 2007).
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
        int[] ranks = new int[_counts.Count];
        foreach ((int rank, int number) in Enumerable.Range(0, _counts.Count).OrderBy(number => _counts[number]).Index())
        {
            ranks[number] = rank;
        }

        return [.. _words.Select(words => words.Select(number => ranks[number]).Order().ToArray())];
    }

    /// <summary>The share of the words of both that occur in both (Jaccard index); both sets are sorted.</summary>
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
    /// <param name="Index">The index of the sentence.</param>
    /// <param name="Earlier">The index of the one it repeats.</param>
    /// <param name="IsExact">Whether they are the same to the letter.</param>
    /// <param name="Likeness">
    /// The share of words that both have; null if the words are the same and at most case, spaces and punctuation differ.
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
