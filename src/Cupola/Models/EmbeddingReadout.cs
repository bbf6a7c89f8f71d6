using Cupola.Models.Layers;

namespace Cupola.Models;

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
