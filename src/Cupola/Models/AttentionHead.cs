using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// SigLIP's pool (MAP head; timm, attention_pool.py; transformers, SiglipMultiheadAttentionPoolingHead): one learned query
/// attends to all tokens, and an MLP is added to what it gathered. The query itself is not added.
/// </summary>
/// <param name="scope">Where it stands.</param>
/// <param name="config">Width, heads, MLP and norm, which are the tower's.</param>
/// <param name="initial">How weights begin.</param>
internal sealed class AttentionHead(ParameterScope scope, TransformerConfig config, BlockInitialization initial)
{
    private readonly long _width = config.Width;
    private readonly Parameter _probe = scope.Parameter(
        "probe",
        [config.Width],
        Initialization.Normal(1 / Math.Sqrt(config.Width)),
        ParameterKind.Embedding
    );
    private readonly Linear _query = Layer(scope.At("query"), config.Width, initial.AttentionInput);
    private readonly Linear _key = Layer(scope.At("key"), config.Width, initial.AttentionInput);
    private readonly Linear _value = Layer(scope.At("value"), config.Width, initial.AttentionInput);
    private readonly Linear _output = Layer(scope.At("output"), config.Width, initial.AttentionOutput);
    private readonly LayerNorm _norm = new(scope.At("norm"), config.Width, config.LayerNormEpsilon);
    private readonly Mlp _mlp = new(
        scope.At("mlp"),
        config.Width,
        config.MlpWidth,
        (graph, rows) => ResidualBlock.Activate(graph, config.Activation, rows),
        initial.Expand,
        initial.Contract
    );

    /// <summary>Rows [n · tokens, width] → [n, width].</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="rows">The tokens, behind the tower's last norm.</param>
    /// <param name="layout">Which tokens belong together.</param>
    /// <param name="withWeights">Whether the weights are wanted.</param>
    /// <returns>And, where they are wanted, how much of each token was gathered, [n, heads, 1, tokens].</returns>
    public (Value Pooled, Value? Weights) Describe(GraphBuilder graph, Value rows, TokenLayout layout, bool withWeights)
    {
        Value key = layout.Divide(_key.Describe(graph, rows)), // [n, tokens, width]
            value = layout.Divide(_value.Describe(graph, rows));
        Value query = Query(graph, key);
        (Value mixed, Value? weights) = withWeights
            ? graph.AttentionWithWeights(query, key, value, config.Heads)
            : (graph.Attention(query, key, value, config.Heads), null);
        Value gathered = _output.Describe(graph, graph.Reshape(mixed, [key.Shape[0], _width])); // [n, width]
        return (graph.Add(gathered, _mlp.Describe(graph, _norm.Describe(graph, gathered))), weights);
    }

    /// <summary>What leads from what was gathered to what the MLP is added to.</summary>
    public Linear Output => _output;

    /// <summary>The answer, what is gathered, and what the MLP adds to it.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="rows">The tokens, behind the tower's last norm, [n · tokens, width].</param>
    /// <param name="layout">Which tokens belong together.</param>
    public (Value Pooled, AttentionParts Attention, Value Mlp) DescribeParts(GraphBuilder graph, Value rows, TokenLayout layout)
    {
        Value key = layout.Divide(_key.Describe(graph, rows)), // [n, tokens, width]
            value = layout.Divide(_value.Describe(graph, rows));
        (Value mixed, Value weights) = graph.AttentionWithWeights(Query(graph, key), key, value, config.Heads);
        mixed = graph.Reshape(mixed, [key.Shape[0], _width]);
        Value gathered = _output.Describe(graph, mixed),
            mlp = _mlp.Describe(graph, _norm.Describe(graph, gathered));
        return (graph.Add(gathered, mlp), new(weights, value), mlp);
    }

    /// <summary>What the head would answer to each token alone, [n · tokens, width].</summary>
    public Value DescribeAlone(GraphBuilder graph, Value rows)
    {
        Value gathered = _output.Describe(graph, _value.Describe(graph, rows));
        return graph.Add(gathered, _mlp.Describe(graph, _norm.Describe(graph, gathered)));
    }

    // One row an image: a product of parameters alone would be folded by the engine, which has no copy of them.
    private Value Query(GraphBuilder graph, Value key)
    {
        Value probes = graph.Reshape(graph.RepeatRow(_probe.In(graph), key), [key.Shape[0], _width]); // [n, width]
        return graph.Reshape(_query.Describe(graph, probes), [key.Shape[0], 1, _width]); // [n, 1, width]
    }

    private static Linear Layer(ParameterScope scope, long width, Initialization weight) =>
        Linear.Create(scope, width, width, weight, Initialization.Zeros);
}
