using Cupola.Graphs;
using Cupola.Models.Layers;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>
/// Texts as a packed tree: no padding, shared beginnings once. Tokens are the tree's nodes in groups; each group sees itself and
/// the path that leads to it.
/// </summary>
/// <param name="graph">Where texts are described.</param>
/// <param name="tree">The tree's inputs.</param>
/// <param name="width">Numbers a token.</param>
internal sealed class PackedTexts(GraphBuilder graph, PackedTree.Inputs tree, long width) : TextLayout
{
    public override Value Ids => tree.Ids; // [groups, group size]

    public override Value Positions(EmbeddingTable table) => table.LookUp(graph, tree.Positions); // [groups, group size, width]

    public override Value Flatten(Value tokens) =>
        graph.Reshape(tokens, [(Dimension)PackedTree.Groups * PromptTree.GroupSize, width]); // [nodes, width]

    public override Value Pool(Value rows) => graph.Gather(rows, tree.Ends); // [nodes, width] → [ends, width]

    // [groups, group size, width]
    public override Value Divide(Value rows) => graph.Reshape(rows, [PackedTree.Groups, PromptTree.GroupSize, width]);

    public override Value Attend(Value query, Value key, Value value, bool ofPooled, Mix mix)
    {
        if (!ofPooled)
        {
            return Flatten(mix(Divide(query), graph.Gather(key, tree.Keys), graph.Gather(value, tree.Keys), tree.Mask));
        }

        Value mixed = mix(
            graph.Gather(query, tree.EndQueries),
            graph.Gather(key, tree.Keys),
            graph.Gather(value, tree.Keys),
            tree.EndMask
        ); // [groups, group ends, width]
        // [ends, width]
        return graph.Gather(graph.Reshape(mixed, [(Dimension)PackedTree.Groups * PackedTree.GroupEnds, width]), tree.EndPlaces);
    }
}
