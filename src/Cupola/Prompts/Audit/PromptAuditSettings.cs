using Cupola.Text;

namespace Cupola.Prompts.Audit;

/// <summary>Settings of a prompt audit.</summary>
public sealed record PromptAuditSettings
{
    /// <summary>
    /// The tokenizer of the model that will read the prompts; without one, their length in tokens is not checked.
    /// </summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>Synonyms of class names: class name ► names that mean the same.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Synonyms { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}
