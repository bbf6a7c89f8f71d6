namespace Cupola.Text;

/// <summary>A text as the model reads it.</summary>
/// <param name="Ids">Token ids from the start token to the end token, not padded, at most the context length.</param>
/// <param name="IsTruncated">Whether the text was too long, so that its end was cut away; the end token stays.</param>
public sealed record TokenizedText(int[] Ids, bool IsTruncated);
