using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// What an image's embedding is a sum of (arXiv 2310.05916), by name. What no one makes an output of its graph is not worked out.
/// </summary>
/// <param name="Embedding">In the space that both towers share, not of unit length, [n, embedding].</param>
/// <param name="Layers">
/// What the token that the embedding is read from sees of each token in the last layers; of a pool by attention, its one layer.
/// </param>
internal sealed record ImageParts(Value Embedding, IReadOnlyList<AttentionParts> Layers)
{
    /// <summary>The token's state before the first layer, [n, width]; nothing where attention alone is pooled.</summary>
    public Value? Initial { get; init; }

    /// <summary>What the attention of earlier layers added to it, [n, width]; nothing where there are none.</summary>
    public Value? Earlier { get; init; }

    /// <summary>What all MLPs added to it, [n, width]; nothing where there are none.</summary>
    public Value? Mlp { get; init; }

    /// <summary>The token's state before the last norm, [n, width]; nothing where there is no norm.</summary>
    public Value? State { get; init; }

    /// <summary>An embedding of each place by itself, [n, places, embedding]; nothing where it was not asked for.</summary>
    public Value? Places { get; init; }
}

/// <summary>How a map comes about.</summary>
internal enum MapKind
{
    /// <summary>What each place contributed to the cosine (arXiv 2310.05916).</summary>
    Exact,

    /// <summary>
    /// Each place compared by itself, behind a last block in which places see those with similar keys nearby, without residual
    /// connection and MLP (NACLIP, arXiv 2404.08181).
    /// </summary>
    Naclip,

    /// <summary>The same, every place seeing itself alone (MaskCLIP, arXiv 2112.01071).</summary>
    Value,
}

/// <summary>The parameters that lead from what attention gathered to the embedding.</summary>
/// <param name="Outputs">Each layer's output layer.</param>
/// <param name="Heads">Attention heads of a layer.</param>
/// <param name="HasClassToken">Whether a token that is no place stands before the places.</param>
internal sealed record EmbeddingReadout(IReadOnlyList<Linear> Outputs, int Heads, bool HasClassToken)
{
    /// <summary>The last norm; nothing where what was gathered is the embedding.</summary>
    public LayerNorm? Norm { get; init; }

    /// <summary>The projection behind it; nothing where what was gathered is the embedding.</summary>
    public Linear? Projection { get; init; }
}
