namespace Cupola.Text;

/// <summary>
/// SigLIP's tokenizers: SentencePiece over cleaned text, an end token, no start token. SigLIP's own is a unigram model of 32,000
/// pieces or more, SigLIP 2's is Gemma's, of byte pairs.
/// </summary>
internal sealed class SentencePieceTokenizer : TextTokenizer
{
    /// <summary>The context length of nearly all SigLIP models.</summary>
    private const int UsualContextLength = 64;

    private readonly SentencePieceModel _model;
    private readonly SentencePieceEncoder _encoder;
    private readonly TextCleaning _cleaning;

    private SentencePieceTokenizer(SentencePieceModel model, string path, int contextLength, TextCleaning cleaning)
        : base(contextLength)
    {
        _model = model;
        _encoder = new(model);
        _cleaning = cleaning;
        bool isUnigram = model.Algorithm == SentencePieceAlgorithm.Unigram;
        EndId = IdOf(isUnigram ? "</s>" : "<eos>");
        PaddingId = isUnigram ? EndId : IdOf("<pad>");

        int IdOf(string piece) =>
            model.Pieces.Index().FirstOrDefault(entry => entry.Item.Text == piece, (Index: -1, default)).Index is >= 0 and int id
                ? id
                : throw new InvalidDataException($"The tokenizer of {path} is not SigLIP's: it has no token {piece}.");
    }

    public override int VocabularySize => _model.Pieces.Count;

    public override int EndId { get; }

    /// <summary>SigLIP fills texts with their end token, SigLIP 2 with a token of its own.</summary>
    public override int? PaddingId { get; }

    public override string Cleaning => TextCleaner.Describe(_cleaning);

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="path">A folder that has spiece.model, tokenizer.model or tokenizer.json, or one of them.</param>
    /// <param name="contextLength">The length of every text.</param>
    /// <param name="cleaning">What is done to texts first, where the model's files say it.</param>
    /// <param name="ofUnigram">What is done to them for a unigram model whose files do not.</param>
    /// <exception cref="FileNotFoundException">There is no tokenizer.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or is not SigLIP's.</exception>
    public static SentencePieceTokenizer Load(
        string path,
        int contextLength = UsualContextLength,
        TextCleaning? cleaning = null,
        TextCleaning ofUnigram = TextCleaning.SiglipCanonical
    )
    {
        SentencePieceModel model = SentencePieceFiles.Read(path);
        TextCleaning usual = model.Algorithm == SentencePieceAlgorithm.Unigram ? ofUnigram : TextCleaning.Lower;
        return new(model, path, contextLength, cleaning ?? usual);
    }

    /// <inheritdoc/>
    public override TokenizedText Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = _encoder.Encode(_model.Normalize(TextCleaner.Clean(text, _cleaning)));
        bool isTruncated = ids.Count >= ContextLength;
        return new([.. ids.Take(ContextLength - 1), EndId], isTruncated);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tokens(IEnumerable<int> ids) =>
        [.. ids.Select(id => _model.Pieces[id >= 0 && id < VocabularySize ? id : _model.UnknownId].Text)];
}
