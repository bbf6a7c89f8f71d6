namespace Cupola.Text;

/// <summary>What a piece of a SentencePiece vocabulary is (sentencepiece_model.proto, SentencePiece.Type).</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,

    /// <summary>A piece that is never cut, wherever it stands.</summary>
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>How pieces are found (sentencepiece_model.proto, TrainerSpec.ModelType).</summary>
internal enum SentencePieceAlgorithm
{
    Unigram = 1,
    Bpe = 2,
}

/// <summary>A piece of the vocabulary; its place there is its id.</summary>
/// <param name="Text">Its characters, ▁ for a space.</param>
/// <param name="Score">A log probability, or for merges the larger the earlier.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct SentencePiece(string Text, float Score, PieceKind Kind);

/// <summary>A SentencePiece model as data, from whichever file it was read.</summary>
internal sealed record SentencePieceModel
{
    /// <summary>What stands for a space in pieces.</summary>
    public const char Space = '▁';

    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    public required SentencePieceAlgorithm Algorithm { get; init; }

    public required int UnknownId { get; init; }

    /// <summary>Whether a character that is no piece becomes its UTF-8 bytes.</summary>
    public bool HasByteFallback { get; init; }

    /// <summary>How characters are replaced first; nothing where they stay.</summary>
    public CharacterMap? Characters { get; init; }

    /// <summary>Whether a text begins with a space that it does not have.</summary>
    public bool HasDummyPrefix { get; init; }

    /// <summary>Whether runs of spaces are one space, and none stands at the ends.</summary>
    public bool CollapsesSpaces { get; init; }

    /// <summary>The text as pieces are found in it: normalised, with ▁ for spaces.</summary>
    public string Normalize(string text)
    {
        text = Characters is null ? text : Characters.Apply(text);
        if (CollapsesSpaces)
        {
            text = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return (text.Length > 0 && HasDummyPrefix ? " " + text : text).Replace(' ', Space);
    }
}
