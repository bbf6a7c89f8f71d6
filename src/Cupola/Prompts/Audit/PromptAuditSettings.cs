using Cupola.Text;

namespace Cupola.Prompts.Audit;

/// <summary>What an audit goes by besides the prompts.</summary>
public sealed record PromptAuditSettings
{
    /// <summary>
    /// The tokenizer of the model that is to read the prompts; without one, nothing is said about their length in tokens.
    /// </summary>
    public ClipTokenizer? Tokenizer { get; init; }

    /// <summary>Names that mean the same as a class's own: class name ► names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Synonyms { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}
