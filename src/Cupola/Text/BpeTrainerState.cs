using System.Runtime.InteropServices;
using System.Text;

namespace Cupola.Text;

/// <summary>
/// The state of BPE training: words as tokens while pairs are merged. The counts of neighboring pairs are updated only from the
/// words in which they change, so that learning a vocabulary takes little longer than counting words.
/// </summary>
internal sealed class BpeTrainerState
{
    /// <summary>The least count of a merged pair; a pair that occurs once is not a pattern.</summary>
    private const int LeastCount = 2;

    private readonly int[][] _words;
    private readonly long[] _times;
    private readonly Dictionary<long, long> _counts = [];
    private readonly Dictionary<long, List<int>> _wordsWithPair = [];
    private readonly PriorityQueue<long, (long Rarity, long Pair)> _queue = new();

    /// <param name="words">The count of each word.</param>
    public BpeTrainerState(IReadOnlyDictionary<string, long> words)
    {
        int[] tokenOfByte = TokenizerFiles.ByteOrder();
        _words = [.. words.Keys.Select(word => Tokens(word, tokenOfByte))];
        _times = [.. words.Values];
        for (int word = 0; word < _words.Length; word++)
        {
            Count(word, _times[word]);
            for (int position = 1; position < _words[word].Length; position++)
            {
                RememberPair(Pair(_words[word][position - 1], _words[word][position]), word);
            }
        }

        foreach ((long pair, long count) in _counts)
        {
            _queue.Enqueue(pair, (-count, pair));
        }
    }

    /// <summary>
    /// The most frequent pair of neighbors, among equal ones that of the oldest tokens; null if none occurs twice.
    /// </summary>
    public (int Left, int Right)? MostFrequentPair()
    {
        while (_queue.TryPeek(out long pair, out (long Rarity, long Pair) priority))
        {
            long count = _counts.GetValueOrDefault(pair);
            if (count >= LeastCount && count == -priority.Rarity)
            {
                return ((int)(pair >> 32), (int)pair);
            }

            // Its count has fallen since it was queued.
            _queue.Dequeue();
            if (count >= LeastCount)
            {
                _queue.Enqueue(pair, (-count, pair));
            }
        }

        return null;
    }

    /// <summary>Merges two neighboring tokens into one wherever they occur.</summary>
    public void Merge(int left, int right, int whole)
    {
        HashSet<long> risen = [];
        if (!_wordsWithPair.Remove(Pair(left, right), out List<int>? words))
        {
            return;
        }

        foreach (int word in words)
        {
            int[] before = _words[word];
            int[] after = Replace(before, left, right, whole);
            if (after.Length == before.Length)
            {
                continue;
            }

            Count(word, -_times[word]);
            _words[word] = after;
            Count(word, _times[word]);
            for (int position = 1; position < after.Length; position++)
            {
                if (after[position - 1] == whole || after[position] == whole)
                {
                    long pair = Pair(after[position - 1], after[position]);
                    risen.Add(pair);
                    RememberPair(pair, word);
                }
            }
        }

        foreach (long pair in risen)
        {
            _queue.Enqueue(pair, (-_counts[pair], pair));
        }
    }

    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>A word's bytes as tokens; the last is a byte that ends a word.</summary>
    private static int[] Tokens(string word, int[] tokenOfByte)
    {
        int[] tokens = [.. Encoding.UTF8.GetBytes(word).Select(letter => tokenOfByte[letter])];
        tokens[^1] += 256;
        return tokens;
    }

    private static int[] Replace(int[] tokens, int left, int right, int whole)
    {
        List<int> after = new(tokens.Length);
        for (int position = 0; position < tokens.Length; position++)
        {
            bool isPair = tokens[position] == left && position + 1 < tokens.Length && tokens[position + 1] == right;
            after.Add(isPair ? whole : tokens[position]);
            position += isPair ? 1 : 0;
        }

        return [.. after];
    }

    private void Count(int word, long times)
    {
        int[] tokens = _words[word];
        for (int position = 1; position < tokens.Length; position++)
        {
            long pair = Pair(tokens[position - 1], tokens[position]);
            ref long count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _);
            count += times;
        }
    }

    private void RememberPair(long pair, int word)
    {
        ref List<int>? words = ref CollectionsMarshal.GetValueRefOrAddDefault(_wordsWithPair, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word)
        {
            words.Add(word);
        }
    }
}
