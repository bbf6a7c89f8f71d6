using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>Attention among the tokens of a text or an image, head by head (arXiv 1706.03762, section 3.2).</summary>
/// <param name="scope">Where it stands.</param>
/// <param name="width">Numbers a token.</param>
/// <param name="heads">Each of width ÷ heads numbers.</param>
/// <param name="input">How the weights of query, key and value begin; biases begin as nothing.</param>
/// <param name="output">How the last layer's weight begins.</param>
internal sealed class Attention(ParameterScope scope, long width, int heads, Initialization input, Initialization output)
{
    private readonly Linear _query = Linear.Create(scope.At("query"), width, width, input, Initialization.Zeros);
    private readonly Linear _key = Linear.Create(scope.At("key"), width, width, input, Initialization.Zeros);
    private readonly Linear _value = Linear.Create(scope.At("value"), width, width, input, Initialization.Zeros);
    private readonly Linear _output = Linear.Create(scope.At("output"), width, width, output, Initialization.Zeros);

    /// <summary>A row for each row that asks, and, where they are wanted, how much each sees of each.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="rows">[rows, width].</param>
    /// <param name="layout">Which rows meet.</param>
    /// <param name="ofPooled">Whether only the pooled rows ask.</param>
    /// <param name="withWeights">
    /// Whether the weights are wanted, for which operators are composed in place of the fused one.
    /// </param>
    /// <returns>The weights are [n, heads, queries, keys], as the layout groups rows.</returns>
    public (Value Rows, Value? Weights) Describe(
        GraphBuilder graph,
        Value rows,
        TokenLayout layout,
        bool ofPooled,
        bool withWeights
    )
    {
        Value? weights = null;
        Value Mix(Value query, Value key, Value value, Value? mask)
        {
            if (!withWeights)
            {
                return graph.Attention(query, key, value, heads, mask);
            }

            (Value mixed, weights) = graph.AttentionWithWeights(query, key, value, heads, mask);
            return mixed;
        }

        Value query = _query.Describe(graph, ofPooled ? layout.Pool(rows) : rows); // [queries, width]
        Value key = _key.Describe(graph, rows); // [rows, width]
        Value value = _value.Describe(graph, rows); // [rows, width]
        Value mixed = layout.Attend(query, key, value, ofPooled, Mix); // [queries, width]
        return (_output.Describe(graph, mixed), weights);
    }

    /// <summary>What leads from what was gathered to what is added.</summary>
    public Linear Output => _output;

    /// <summary>
    /// The rows as <see cref="Describe"/> gives them, and what the pooled ones see of each token, where tokens are told apart.
    /// </summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="rows">[rows, width].</param>
    /// <param name="layout">Which rows meet.</param>
    /// <param name="ofPooled">Whether only the pooled rows ask.</param>
    /// <param name="withTokens">Whether tokens are told apart.</param>
    public (Value Rows, AttentionParts? Parts) DescribeParts(
        GraphBuilder graph,
        Value rows,
        TokenLayout layout,
        bool ofPooled,
        bool withTokens
    )
    {
        Value query = _query.Describe(graph, ofPooled ? layout.Pool(rows) : rows), // [queries, width]
            key = _key.Describe(graph, rows),
            value = _value.Describe(graph, rows);
        Value mixed = layout.Attend(query, key, value, ofPooled, (q, k, v, mask) => graph.Attention(q, k, v, heads, mask));
        AttentionParts? parts = null;
        if (withTokens)
        {
            Value keys = layout.Divide(key), // [n, tokens, width]
                values = layout.Divide(value),
                asking = graph.Reshape(ofPooled ? query : layout.Pool(query), [keys.Shape[0], 1, width]);
            parts = new(graph.AttentionWithWeights(asking, keys, values, heads).Weights, values);
        }

        return (_output.Describe(graph, mixed), parts);
    }

    /// <summary>
    /// What each row gathers where it does not ask by its query: from itself alone, or from rows with similar keys, a bias added
    /// to the scores.
    /// </summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="rows">[rows, width].</param>
    /// <param name="layout">Which rows meet.</param>
    /// <param name="nearness">What is added to the scores of keys with keys, [tokens, tokens]; null for itself alone.</param>
    public Value DescribeByKeys(GraphBuilder graph, Value rows, TokenLayout layout, Value? nearness)
    {
        Value value = _value.Describe(graph, rows); // [rows, width]
        if (nearness is null)
        {
            return _output.Describe(graph, value);
        }

        Value key = _key.Describe(graph, rows);
        Value mixed = layout.Attend(key, key, value, ofPooled: false, (q, k, v, _) =>
            graph.AttentionWithWeights(q, k, v, heads, nearness).Mixed
        );
        return _output.Describe(graph, mixed);
    }
}
