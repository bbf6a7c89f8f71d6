using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// Texts that each have a row, padded behind their end. No token sees a later one, and the end token, at which the answer is
/// read, has the largest id.
/// </summary>
/// <param name="graph">Where texts are described.</param>
/// <param name="ids">[texts, length], int64.</param>
/// <param name="contextLength">Tokens of a text at most.</param>
/// <param name="width">Numbers a token.</param>
internal sealed class PaddedTexts(GraphBuilder graph, Value ids, int contextLength, long width) : TextLayout
{
    private readonly Dimension _texts = ids.Shape[0];

    public override Value Ids => ids;

    public override Value Positions(EmbeddingTable table) => table.FirstAs(graph, ids, axis: 1); // [length, width]

    public override Value Flatten(Value tokens) => graph.Reshape(tokens, [_texts * ids.Shape[1], width]);

    // [texts · length, width] → [texts, width]
    public override Value Pool(Value rows) => graph.GatherRows(Divide(rows), graph.ArgMax(ids));

    public override Value Divide(Value rows) => graph.ReshapeLike(rows, ids, width); // [texts, length, width]

    public override Value Attend(Value query, Value key, Value value, bool ofPooled, Mix mix)
    {
        Value mask = Mask(); // [length, length]
        if (!ofPooled)
        {
            return Flatten(mix(Divide(query), Divide(key), Divide(value), mask));
        }

        Value ofEnds = graph.Reshape(graph.Gather(mask, graph.ArgMax(ids)), [_texts, 1, 1, ids.Shape[1]]);
        Value mixed = mix(graph.Reshape(query, [_texts, 1, width]), Divide(key), Divide(value), ofEnds); // [texts, 1, width]
        return graph.Reshape(mixed, [_texts, width]);
    }

    private Value Mask() => graph.SliceLike(graph.SliceLike(graph.CausalMask(contextLength), 0, ids, 1), 1, ids, 1);
}
