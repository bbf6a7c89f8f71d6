using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// A block that both towers are made of: x += attention(norm(x)); x += mlp(norm(x)) (OpenAI CLIP, model.py,
/// ResidualAttentionBlock).
/// </summary>
internal sealed class ResidualBlock(ParameterScope scope, TransformerConfig config, BlockInitialization initial)
{
    private readonly LayerNorm _attentionNorm = new(scope.At("attention_norm"), config.Width, config.LayerNormEpsilon);
    private readonly Attention _attention = new(
        scope.At("attention"),
        config.Width,
        config.Heads,
        initial.AttentionInput,
        initial.AttentionOutput
    );
    private readonly LayerNorm _mlpNorm = new(scope.At("mlp_norm"), config.Width, config.LayerNormEpsilon);
    private readonly Mlp _mlp = new(
        scope.At("mlp"),
        config.Width,
        config.MlpWidth,
        (graph, rows) => Activate(graph, config.Activation, rows),
        initial.Expand,
        initial.Contract
    );

    /// <summary>
    /// The rows behind the block, of all tokens or of the pooled ones alone, and the attention where it is wanted.
    /// </summary>
    public (Value Rows, Value? Attention) Describe(
        GraphBuilder graph,
        Value rows, // [rows, width]
        TokenLayout layout,
        bool ofPooled,
        bool withAttention
    )
    {
        Value normed = _attentionNorm.Describe(graph, rows);
        (Value mixed, Value? weights) = _attention.Describe(graph, normed, layout, ofPooled, withAttention);
        rows = graph.Add(ofPooled ? layout.Pool(rows) : rows, mixed); // [rows or pooled, width]
        return (graph.Add(rows, _mlp.Describe(graph, _mlpNorm.Describe(graph, rows))), weights);
    }

    /// <summary>What leads from what attention gathered to what it adds.</summary>
    public Linear AttentionOutput => _attention.Output;

    /// <summary>
    /// The rows as <see cref="Describe"/> gives them, what attention and MLP add to the pooled ones, and what those see of each
    /// token, where tokens are told apart.
    /// </summary>
    public (Value Rows, Value Attention, Value Mlp, AttentionParts? Tokens) DescribeParts(
        GraphBuilder graph,
        Value rows, // [rows, width]
        TokenLayout layout,
        bool ofPooled,
        bool withTokens
    )
    {
        (Value mixed, AttentionParts? tokens) = _attention.DescribeParts(
            graph,
            _attentionNorm.Describe(graph, rows),
            layout,
            ofPooled,
            withTokens
        );
        rows = graph.Add(ofPooled ? layout.Pool(rows) : rows, mixed); // [rows or pooled, width]
        Value mlp = _mlp.Describe(graph, _mlpNorm.Describe(graph, rows));
        return ofPooled
            ? (graph.Add(rows, mlp), mixed, mlp, tokens)
            : (graph.Add(rows, mlp), layout.Pool(mixed), layout.Pool(mlp), tokens);
    }

    /// <summary>
    /// What attention by keys gathers for each row, without residual connection and MLP
    /// (<see cref="Attention.DescribeByKeys"/>), [rows, width].
    /// </summary>
    public Value DescribeByKeys(GraphBuilder graph, Value rows, TokenLayout layout, Value? nearness) =>
        _attention.DescribeByKeys(graph, _attentionNorm.Describe(graph, rows), layout, nearness);

    /// <summary>The non-linearity of a configuration.</summary>
    public static Value Activate(GraphBuilder graph, Activation activation, Value rows) =>
        activation switch
        {
            Activation.QuickGelu => graph.QuickGelu(rows),
            Activation.Gelu => graph.Gelu(rows),
            Activation.GeluTanh => graph.GeluTanh(rows),
            _ => throw new InvalidOperationException($"There is no activation {activation}."),
        };
}

/// <summary>How the weights of a block begin.</summary>
/// <param name="AttentionInput">Those of query, key and value.</param>
/// <param name="AttentionOutput">That behind the attention.</param>
/// <param name="Expand">The MLP's first.</param>
/// <param name="Contract">The MLP's second.</param>
internal sealed record BlockInitialization(
    Initialization AttentionInput,
    Initialization AttentionOutput,
    Initialization Expand,
    Initialization Contract
);
