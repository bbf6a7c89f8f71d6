using System.Text.Json;

namespace Cupola.Files;

/// <summary>What a kind of JSON file may be, and the sentences for what it may not; each follows the file's name.</summary>
internal sealed record JsonRules
{
    /// <summary>The largest file that is read.</summary>
    public required long MaximumBytes { get; init; }

    /// <summary>What is said of a larger one.</summary>
    public required string TooLarge { get; init; }

    /// <summary>What is said of a file that breaks JSON's rules, or these; the line follows.</summary>
    public string NotJson { get; init; } = "cannot be read: it is not JSON";

    /// <summary>What is said of a file with half a surrogate pair or bytes that are not UTF-8.</summary>
    public string NotUnicode { get; init; } = "cannot be read: it contains text that is not Unicode";

    /// <summary>The depth, and whether comments, trailing commas and equal names are allowed.</summary>
    public JsonDocumentOptions Options { get; init; }
}
