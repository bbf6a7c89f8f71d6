using System.Collections.Immutable;

namespace Cupola.Text;

/// <summary>A text as token ids.</summary>
/// <param name="Ids">Token ids from the start token to the end token, not padded, at most the context length.</param>
/// <param name="IsTruncated">Whether the text was too long and was truncated; the end token stays.</param>
public sealed record TokenizedText(ImmutableArray<int> Ids, bool IsTruncated);
