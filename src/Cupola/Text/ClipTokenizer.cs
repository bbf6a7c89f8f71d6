using System.Collections.Concurrent;
using Microsoft.ML.Tokenizers;

namespace Cupola.Text;

/// <summary>
/// CLIP's tokenizer: byte pair encoding over lower-cased text, with the ids of Hugging Face's fast tokenizer for any Unicode
/// text. (OpenAI's tokenizer first repairs broken encodings with ftfy and unescapes HTML; the fast tokenizer, and so this one,
/// does not.) It is thread-safe.
/// </summary>
public sealed class ClipTokenizer : TextTokenizer
{
    internal const string StartToken = "<|startoftext|>";
    internal const string EndToken = "<|endoftext|>";
    internal const string EndOfWord = "</w>";

    /// <summary>CLIP's context length (arXiv 2103.00020, section 2.4, with start and end).</summary>
    private const int DefaultContextLength = 77;

    /// <summary>The number of pieces whose ids are cached; a language has fewer words that occur twice.</summary>
    private const int MaximumRemembered = 65_536;

    /// <summary>The longest cached piece; longer ones are not words, and caching them would take unbounded memory.</summary>
    private const int MaximumRememberedLength = 64;

    private readonly BpeTokenizer _pairs;
    private readonly Dictionary<int, string> _tokens;
    private readonly ConcurrentDictionary<string, int[]> _remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _rememberedBySpan;

    private ClipTokenizer(TokenizerFiles files, string path, int contextLength)
        : base(contextLength)
    {
        _tokens = new(files.Vocabulary.Count);
        foreach ((string token, int id) in files.Vocabulary)
        {
            _tokens[id] = token;
        }

        StartId = IdOf(files, StartToken, path);
        EndId = IdOf(files, EndToken, path);
        VocabularySize = _tokens.Count;
        try
        {
            _pairs = BpeTokenizer.Create(
                new BpeOptions(files.Vocabulary)
                {
                    Merges = files.Merges,
                    ByteLevel = true,
                    EndOfWordSuffix = EndOfWord,
                    UnknownToken = EndToken,
                }
            );
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException(
                $"The tokenizer of {path} cannot be used: its vocabulary and its merges do not match.",
                exception
            );
        }

        _rememberedBySpan = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override string Cleaning => "lower case, white space collapsed, NFC";

    /// <summary>The id every text begins with; 49406 in CLIP's vocabulary.</summary>
    public int StartId { get; }

    /// <summary>The id every text ends with, at whose position the text is pooled; 49407 in CLIP's vocabulary.</summary>
    public override int EndId { get; }

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="path">
    /// A folder that has <c>vocab.json</c> with <c>merges.txt</c>, <c>tokenizer.json</c>, or OpenAI's
    /// <c>bpe_simple_vocab_16e6.txt.gz</c>; or one of these files.
    /// </param>
    /// <param name="contextLength">The most tokens of a text, start and end included.</param>
    /// <exception cref="FileNotFoundException">There is no tokenizer.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or is not CLIP's.</exception>
    public static ClipTokenizer Load(string path, int contextLength = DefaultContextLength) =>
        new(TokenizerFiles.Read(path), path, contextLength);

    /// <inheritdoc/>
    public override TokenizedText Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [StartId];
        // The end token is searched in the raw text, the start token after normalization: the first is case-sensitive, the
        // second is not.
        foreach ((int index, string part) in text.Split(EndToken).Index())
        {
            if (index > 0)
            {
                ids.Add(EndId);
            }

            EncodeNormalized(ClipNormalizer.Normalize(part), ids);
        }

        ids.Add(EndId);
        bool isTruncated = ids.Count > ContextLength;
        return new(isTruncated ? [.. ids[..(ContextLength - 1)], EndId] : [.. ids], isTruncated);
    }

    /// <summary>
    /// The tokens of ids as the vocabulary writes them: bytes as visible characters, <c>&lt;/w&gt;</c> at a word's end.
    /// </summary>
    public override IReadOnlyList<string> Tokens(IEnumerable<int> ids) =>
        [.. ids.Select(id => _tokens.GetValueOrDefault(id, EndToken))];

    private static int IdOf(TokenizerFiles files, string token, string path)
    {
        foreach ((string known, int id) in files.Vocabulary)
        {
            if (known == token)
            {
                return id;
            }
        }

        throw new InvalidDataException($"The tokenizer of {path} is not CLIP's: it has no token {token}.");
    }

    private void EncodeNormalized(string text, List<int> ids)
    {
        foreach ((int index, string part) in text.Split(StartToken).Index())
        {
            if (index > 0)
            {
                ids.Add(StartId);
            }

            // After the context is full, encoding continues only to detect truncation.
            foreach (Range piece in ClipPreTokenizer.Cut(part))
            {
                if (ids.Count > ContextLength)
                {
                    return;
                }

                ids.AddRange(EncodePiece(part.AsSpan(piece)));
            }
        }
    }

    private int[] EncodePiece(ReadOnlySpan<char> piece)
    {
        if (_rememberedBySpan.TryGetValue(piece, out int[]? known))
        {
            return known;
        }

        int[] ids = [.. _pairs.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false)];
        if (piece.Length <= MaximumRememberedLength && _remembered.Count < MaximumRemembered)
        {
            _remembered.TryAdd(piece.ToString(), ids);
        }

        return ids;
    }
}
