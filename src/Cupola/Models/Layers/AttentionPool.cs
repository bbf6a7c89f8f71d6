using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>The last pool of CLIP's residual network: the mean over all positions asks all positions and itself.</summary>
/// <param name="scope">Where it stands.</param>
/// <param name="positions">Places of the maps.</param>
/// <param name="features">Channels of the maps.</param>
/// <param name="heads">Attention heads.</param>
/// <param name="to">Numbers of an answer.</param>
internal sealed class AttentionPool(ParameterScope scope, long positions, long features, int heads, long to)
{
    private readonly EmbeddingTable _positions = new(scope, "position_embedding", positions + 1, features, Drawn(features));
    private readonly Linear _query = Layer(scope.At("query"), features, features);
    private readonly Linear _key = Layer(scope.At("key"), features, features);
    private readonly Linear _value = Layer(scope.At("value"), features, features);
    private readonly Linear _output = Layer(scope.At("output"), features, to);

    /// <summary>Maps [n, features, height, width] → the mixed features [n, features] and the answer [n, to].</summary>
    /// <returns>And, where they are wanted, the weights [n, heads, 1, positions + 1].</returns>
    public (Value Mixed, Value Output, Value? Weights) Describe(GraphBuilder graph, Value maps, bool withWeights)
    {
        Dimension batch = maps.Shape[0];
        Value tokens = Tokens(graph, maps);
        Value first = graph.Reshape(graph.Slice(tokens, axis: 1, 0, 1), [batch, features]);
        Value query = graph.Reshape(_query.Describe(graph, first), [batch, 1, features]);
        Value key = All(graph, tokens, _key),
            value = All(graph, tokens, _value);
        (Value mixed, Value? weights) = withWeights
            ? graph.AttentionWithWeights(query, key, value, heads)
            : (graph.Attention(query, key, value, heads), null);
        mixed = graph.Reshape(mixed, [batch, features]);
        return (mixed, _output.Describe(graph, mixed), weights);
    }

    /// <summary>What leads from what was gathered to the answer.</summary>
    public Linear Output => _output;

    /// <summary>The answer [n, to] and what is gathered for it; the mean over all positions is the first token.</summary>
    public (Value Output, AttentionParts Attention) DescribeParts(GraphBuilder graph, Value maps)
    {
        (_, Value output, Value? weights) = Describe(graph, maps, withWeights: true);
        return (output, new(weights!, All(graph, Tokens(graph, maps), _value)));
    }

    /// <summary>What the pool would answer to each position alone, [n, positions, to].</summary>
    public Value DescribeAlone(GraphBuilder graph, Value maps)
    {
        Value values = graph.Slice(All(graph, Tokens(graph, maps), _value), axis: 1, 1, positions + 1);
        Value rows = graph.Reshape(values, [maps.Shape[0] * positions, features]);
        return graph.Reshape(_output.Describe(graph, rows), [maps.Shape[0], positions, to]);
    }

    // [n, features, height, width] → [n, positions + 1, features]
    private Value Tokens(GraphBuilder graph, Value maps)
    {
        Dimension batch = maps.Shape[0];
        Value tokens = graph.Transpose(graph.Reshape(maps, [batch, features, positions]), 0, 2, 1); // [n, positions, features]
        Value mean = graph.Reshape(graph.Mean(tokens, axis: 1), [batch, 1, features]);
        return graph.Add(graph.Concat(mean, tokens, axis: 1), _positions.Rows.In(graph));
    }

    private Value All(GraphBuilder graph, Value tokens, Linear layer)
    {
        Dimension batch = tokens.Shape[0];
        Value rows = graph.Reshape(tokens, [batch * (positions + 1), features]);
        return graph.Reshape(layer.Describe(graph, rows), [batch, positions + 1, features]);
    }

    private static Linear Layer(ParameterScope scope, long features, long to) =>
        Linear.Create(scope, features, to, Drawn(features), Initialization.UniformOver(features));

    private static Initialization Drawn(long features) => Initialization.Normal(1 / Math.Sqrt(features));
}
