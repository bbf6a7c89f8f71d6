namespace Cupola;

/// <summary>In what numbers a network's linear layers run.</summary>
public enum Precision
{
    /// <summary>IEEE 754 binary32: embeddings are those of the reference.</summary>
    Float32,

    /// <summary>
    /// Products of bytes, activations with a scale of each row and weights with one of each column (docs/int8.md): two to three
    /// times as fast on a processor, with embeddings whose cosine with the exact ones is about 0.9998. For models whose image
    /// tower is a vision transformer, on the device <c>cpu</c>.
    /// </summary>
    Int8,
}
