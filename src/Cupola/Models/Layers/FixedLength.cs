using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>Sequences of one length in which every token sees every other.</summary>
/// <param name="graph">Where rows are described.</param>
/// <param name="batch">How many sequences.</param>
/// <param name="length">Tokens of each.</param>
/// <param name="width">Numbers a token.</param>
/// <param name="pooled">The token from which the answer is read.</param>
internal sealed class FixedLength(GraphBuilder graph, Dimension batch, long length, long width, long pooled = 0) : TokenLayout
{
    // [batch · length, width] → [batch, width]
    public override Value Pool(Value rows) =>
        graph.Reshape(graph.Slice(Divide(rows), axis: 1, pooled, pooled + 1), [batch, width]);

    public override Value Divide(Value rows) => Divide(rows, length); // [batch, length, width]

    public override Value Attend(Value query, Value key, Value value, bool ofPooled, Mix mix)
    {
        long queries = ofPooled ? 1 : length;
        Value mixed = mix(Divide(query, queries), Divide(key, length), Divide(value, length), null); // [batch, queries, width]
        return graph.Reshape(mixed, [batch * queries, width]);
    }

    private Value Divide(Value rows, long tokens) => graph.Reshape(rows, [batch, tokens, width]);
}
