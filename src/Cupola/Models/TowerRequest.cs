using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// What a run asks of a tower. The embedding and the pooled state can always be had; without more, the last block runs for the
/// pooled row alone.
/// </summary>
internal sealed record TowerRequest
{
    /// <summary>The embedding and the pooled state alone.</summary>
    public static TowerRequest Embedding { get; } = new();

    /// <summary>Whether the state of every token is wanted.</summary>
    public bool EveryToken { get; init; }

    /// <summary>
    /// Layers whose attention is wanted, from 0. That of the last one is of the pooled row alone where not every token is wanted.
    /// </summary>
    public IReadOnlyList<int> AttentionLayers { get; init; } = [];

    /// <summary>In training, whether a running statistic follows the images.</summary>
    public Func<Parameter, bool> Follows { get; init; } = static _ => false;
}
