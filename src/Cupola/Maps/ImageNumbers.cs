namespace Cupola.Maps;

/// <summary>The parts of one image's embedding (<see cref="Models.ImageParts"/>) in numbers.</summary>
/// <param name="Embedding">Not of unit length, [embedding].</param>
/// <param name="Layers">Weights [heads, tokens] and values [tokens, width] of the layers in which places are told apart.</param>
internal sealed record ImageNumbers(float[] Embedding, IReadOnlyList<(float[] Weights, float[] Values)> Layers)
{
    /// <summary>[width], or null.</summary>
    public float[]? Initial { get; init; }

    /// <summary>[width], or null.</summary>
    public float[]? Earlier { get; init; }

    /// <summary>[width], or null.</summary>
    public float[]? Mlp { get; init; }

    /// <summary>[width], or null.</summary>
    public float[]? State { get; init; }

    /// <summary>Unit embeddings of the places, [places, embedding], or null.</summary>
    public float[]? Places { get; init; }
}
