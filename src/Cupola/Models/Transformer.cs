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

    /// <summary>Each block's output layer of attention.</summary>
    public IReadOnlyList<Linear> AttentionOutputs => [.. _blocks.Select(static block => block.AttentionOutput)];

    /// <summary>All blocks, and what each adds to the pooled rows.</summary>
    /// <param name="graph">Where they are described.</param>
    /// <param name="rows">[rows, width].</param>
    /// <param name="layout">Which rows meet.</param>
    /// <param name="layers">In how many of the last blocks tokens are told apart.</param>
    public TransformerParts DescribeParts(GraphBuilder graph, Value rows, TokenLayout layout, int layers)
    {
        List<AttentionParts> told = [];
        Value before = rows;
        Value? earlier = null,
            mlps = null;
        foreach ((int layer, ResidualBlock block) in _blocks.Index())
        {
            before = rows;
            (rows, Value attention, Value mlp, AttentionParts? tokens) = block.DescribeParts(
                graph,
                rows,
                layout,
                ofPooled: layer == _blocks.Length - 1,
                withTokens: layer >= _blocks.Length - layers
            );
            mlps = mlps is null ? mlp : graph.Add(mlps, mlp);
            if (tokens is not null)
            {
                told.Add(tokens);
            }
            else
            {
                earlier = earlier is null ? attention : graph.Add(earlier, attention);
            }
        }

        return new(rows, told, earlier, mlps!, before);
    }

    /// <summary>What the last block's attention by keys gathers for each row, [rows, width].</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="rows">All rows before the last block.</param>
    /// <param name="layout">Which rows meet.</param>
    /// <param name="nearness">As in <see cref="Attention.DescribeByKeys"/>.</param>
    public Value DescribeLastByKeys(GraphBuilder graph, Value rows, TokenLayout layout, Value? nearness) =>
        _blocks[^1].DescribeByKeys(graph, rows, layout, nearness);
}

/// <summary>What a transformer adds to the pooled rows, layer by layer.</summary>
/// <param name="Pooled">The rows that answers are read from, [n, width].</param>
/// <param name="Layers">What they see of each token in the last blocks, in which tokens are told apart.</param>
/// <param name="Earlier">What attention added to them in the blocks before, [n, width]; null where there are none.</param>
/// <param name="Mlp">What all MLPs added to them, [n, width].</param>
/// <param name="BeforeLast">All rows before the last block, [rows, width].</param>
internal sealed record TransformerParts(
    Value Pooled,
    IReadOnlyList<AttentionParts> Layers,
    Value? Earlier,
    Value Mlp,
    Value BeforeLast
);

/// <summary>What a transformer gives.</summary>
/// <param name="Pooled">The rows that answers are read from, [n, width].</param>
/// <param name="All">All rows, where they were asked for, [rows, width].</param>
/// <param name="Attention">The attention of the layers that were asked for.</param>
internal sealed record TransformerStates(Value Pooled, Value? All, IReadOnlyDictionary<int, Value> Attention);
