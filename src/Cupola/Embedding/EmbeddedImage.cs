namespace Cupola;

/// <summary>An image that was embedded, or the sentence that says why it was not.</summary>
public sealed class EmbeddedImage
{
    internal EmbeddedImage(string path, float[]? vector, string? error, string? contentHash)
    {
        Path = path;
        Vector = vector;
        Error = error;
        FileHash = contentHash;
    }

    /// <summary>The file or address, or what else its source is called.</summary>
    public string Path { get; }

    /// <summary>The embedding, of unit length; null where the image cannot be read.</summary>
    public ReadOnlyMemory<float>? Embedding => Vector is { } vector ? new ReadOnlyMemory<float>?(vector) : null;

    /// <summary>Why the image cannot be read, in one sentence; null where it was embedded.</summary>
    public string? Error { get; }

    /// <summary>The embedding.</summary>
    internal float[]? Vector { get; }

    /// <summary>SHA-256 of its file, in hexadecimal digits; null where it was not read.</summary>
    internal string? FileHash { get; }
}
