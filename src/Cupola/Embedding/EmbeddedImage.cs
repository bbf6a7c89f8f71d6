namespace Cupola;

/// <summary>An image that was embedded, or the sentence that says why it was not.</summary>
/// <param name="Path">The file or address, or what else its source is called.</param>
/// <param name="Embedding">Unit length, or null.</param>
/// <param name="Error">One sentence, or null.</param>
public sealed record EmbeddedImage(string Path, float[]? Embedding, string? Error);
