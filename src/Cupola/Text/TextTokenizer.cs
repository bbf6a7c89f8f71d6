namespace Cupola.Text;

/// <summary>What turns texts into the token ids that a model's text tower reads. It is thread-safe.</summary>
public abstract class TextTokenizer
{
    private protected TextTokenizer(int contextLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 2);
        ContextLength = contextLength;
    }

    /// <summary>The most tokens of a text, those that begin and end it included.</summary>
    public int ContextLength { get; }

    /// <summary>The number of token ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The id every text ends with.</summary>
    public abstract int EndId { get; }

    /// <summary>What is done to a text before it is cut into tokens, in a few words.</summary>
    public abstract string Cleaning { get; }

    /// <summary>The id that fills texts up to the context length, where the model reads texts of one length; else null.</summary>
    public virtual int? PaddingId => null;

    /// <summary>Opens the tokenizer of a folder, of whatever kind it is.</summary>
    /// <param name="path">
    /// A folder that has <c>vocab.json</c> with <c>merges.txt</c>, <c>tokenizer.json</c>, <c>spiece.model</c>,
    /// <c>tokenizer.model</c> or OpenAI's <c>bpe_simple_vocab_16e6.txt.gz</c>; or one of these files.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no tokenizer.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of no kind that CLIP or SigLIP has.</exception>
    public static TextTokenizer Load(string path) =>
        SentencePieceFiles.AreIn(path) ? SentencePieceTokenizer.Load(path) : ClipTokenizer.Load(path);

    /// <summary>Encodes a text as token ids, not padded.</summary>
    public abstract TokenizedText Encode(string text);

    /// <summary>The tokens of ids as the vocabulary writes them.</summary>
    public abstract IReadOnlyList<string> Tokens(IEnumerable<int> ids);

    /// <summary>A text's ids as the text tower reads them.</summary>
    internal int[] Read(string text) => Pad(Encode(text).Ids);

    /// <summary>Ids with padding, where the text tower reads texts of one length.</summary>
    internal int[] Pad(IReadOnlyList<int> ids) =>
        PaddingId is { } padding ? [.. ids, .. Enumerable.Repeat(padding, ContextLength - ids.Count)] : [.. ids];
}
