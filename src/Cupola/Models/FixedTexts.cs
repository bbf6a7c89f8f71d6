using Cupola.Graphs;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// Texts that are all padded to one length, in which every token sees every other, padding included; the answer is read at the
/// last place.
/// </summary>
/// <param name="graph">Where texts are described.</param>
/// <param name="ids">[texts, length].</param>
/// <param name="length">Tokens of each.</param>
/// <param name="width">Numbers a token.</param>
internal sealed class FixedTexts(GraphBuilder graph, Value ids, long length, long width) : TextLayout
{
    private readonly FixedLength _rows = new(graph, ids.Shape[0], length, width, pooled: length - 1);

    public override Value Ids => ids;

    public override Value Positions(EmbeddingTable table) => table.Rows.In(graph); // [length, width]

    public override Value Flatten(Value tokens) => graph.Reshape(tokens, [ids.Shape[0] * length, width]);

    public override Value Pool(Value rows) => _rows.Pool(rows);

    public override Value Divide(Value rows) => _rows.Divide(rows);

    public override Value Attend(Value query, Value key, Value value, bool ofPooled, Mix mix) =>
        _rows.Attend(query, key, value, ofPooled, mix);
}
