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
