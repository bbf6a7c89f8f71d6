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
        Value tokens = graph.Transpose(graph.Reshape(maps, [batch, features, positions]), 0, 2, 1); // [n, positions, features]
        Value mean = graph.Reshape(graph.Mean(tokens, axis: 1), [batch, 1, features]);
        tokens = graph.Add(graph.Concat(mean, tokens, axis: 1), _positions.Rows.In(graph)); // [n, positions + 1, features]

        Value All(Linear layer) =>
            graph.Reshape(
                layer.Describe(graph, graph.Reshape(tokens, [batch * (positions + 1), features])),
                [batch, positions + 1, features]
            );
        Value first = graph.Reshape(graph.Slice(tokens, axis: 1, 0, 1), [batch, features]);
        Value query = graph.Reshape(_query.Describe(graph, first), [batch, 1, features]);
        (Value mixed, Value? weights) = withWeights
            ? graph.AttentionWithWeights(query, All(_key), All(_value), heads)
            : (graph.Attention(query, All(_key), All(_value), heads), null);
        mixed = graph.Reshape(mixed, [batch, features]);
        return (mixed, _output.Describe(graph, mixed), weights);
    }

    private static Linear Layer(ParameterScope scope, long features, long to) =>
        Linear.Create(scope, features, to, Drawn(features), Initialization.UniformOver(features));

    private static Initialization Drawn(long features) => Initialization.Normal(1 / Math.Sqrt(features));
}
