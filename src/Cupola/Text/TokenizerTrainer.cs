using System.Globalization;

namespace Cupola.Text;

/// <summary>
/// Learns CLIP's byte pair encoding from captions (Sennrich et al., arXiv 1508.07909, section 3.2): starting from bytes, the two
/// neighboring tokens that occur most often in words are merged, again and again. Normalization and words are those of
/// <see cref="ClipTokenizer"/>, so no token extends over the end of a word.
/// </summary>
internal sealed class TokenizerTrainer
{
    /// <summary>Each byte, each byte that ends a word, start and end.</summary>
    public const int SmallestVocabulary = (2 * 256) + 2;

    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _wordsBySpan;

    public TokenizerTrainer() => _wordsBySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Counts the words of a caption.</summary>
    /// <param name="caption">Any text; start and end tokens in it do not count as words.</param>
    /// <param name="times">How often the caption occurs.</param>
    public void Add(string caption, long times = 1)
    {
        foreach (string text in ClipPreTokenizer.Texts(caption))
        {
            foreach (Range piece in ClipPreTokenizer.Cut(text))
            {
                ReadOnlySpan<char> word = text.AsSpan(piece);
                _wordsBySpan[word] = _wordsBySpan.TryGetValue(word, out long count) ? count + times : times;
            }
        }
    }

    /// <summary>Learns from the captions that were added.</summary>
    /// <param name="vocabularySize">
    /// The requested number of tokens. There are fewer if no pair of neighbors is left that occurs twice.
    /// </param>
    /// <exception cref="ArgumentException">Fewer than <see cref="SmallestVocabulary"/> are requested.</exception>
    public TokenizerFiles Train(int vocabularySize)
    {
        if (vocabularySize < SmallestVocabulary)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A vocabulary has at least {SmallestVocabulary} tokens (each byte, each byte that ends a word, start and "
                        + $"end), and {vocabularySize} are requested."
                ),
                nameof(vocabularySize)
            );
        }

        OrderedDictionary<string, int> tokens = new(StringComparer.Ordinal);
        foreach (string token in TokenizerFiles.ByteTokens())
        {
            tokens.Add(token, tokens.Count);
        }

        List<string> merges = [];
        BpeTrainerState words = new(_words);
        while (tokens.Count < vocabularySize - 2 && words.MostFrequentPair() is (int left, int right))
        {
            (string first, string second) = (tokens.GetAt(left).Key, tokens.GetAt(right).Key);
            merges.Add($"{first} {second}");
            // If other tokens were merged to the same text before, it is the same token and takes no new id.
            string whole = first + second;
            tokens.TryAdd(whole, tokens.Count);
            words.Merge(left, right, tokens[whole]);
        }

        tokens.Add(ClipTokenizer.StartToken, tokens.Count);
        tokens.Add(ClipTokenizer.EndToken, tokens.Count);
        return new([.. tokens], merges);
    }
}
