using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>A tower's residual blocks, one behind the other.</summary>
internal sealed class Transformer
{
    private readonly ResidualBlock[] _blocks;

    public Transformer(ParameterScope scope, TransformerConfig config, BlockInitialization initial)
    {
        ParameterScope blocks = scope.At("blocks");
        _blocks =
        [
            .. Enumerable
                .Range(0, config.Layers)
                .Select(layer => new ResidualBlock(blocks.At(layer).AtDepth(layer + 1), config, initial)),
        ];
    }

    /// <summary>
    /// All blocks. The answer is read from one row of each text or image, so that where nothing else is asked for only that row
    /// needs a query, an output projection and an MLP in the last block; keys and values come from all rows.
    /// </summary>
    public TransformerStates Describe(GraphBuilder graph, Value rows, TokenLayout layout, TowerRequest request)
    {
        Dictionary<int, Value> attention = [];
        foreach ((int layer, ResidualBlock block) in _blocks.Index())
        {
            bool ofPooled = layer == _blocks.Length - 1 && !request.EveryToken;
            (rows, Value? weights) = block.Describe(graph, rows, layout, ofPooled, request.AttentionLayers.Contains(layer));
            if (weights is not null)
            {
                attention.Add(layer, weights);
            }
        }

        return request.EveryToken ? new(layout.Pool(rows), rows, attention) : new(rows, null, attention);
    }
}

/// <summary>What a transformer gives.</summary>
/// <param name="Pooled">The rows that answers are read from, [n, width].</param>
/// <param name="All">All rows, where they were asked for, [rows, width].</param>
/// <param name="Attention">The attention of the layers that were asked for.</param>
internal sealed record TransformerStates(Value Pooled, Value? All, IReadOnlyDictionary<int, Value> Attention);
