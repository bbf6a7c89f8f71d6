using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>What a layer's attention gathers for one token of each image, token by token and head beside head.</summary>
/// <param name="Weights">How much it sees of each token, [n, heads, 1, tokens].</param>
/// <param name="Values">What it sees there, [n, tokens, width].</param>
internal sealed record AttentionParts(Value Weights, Value Values);
