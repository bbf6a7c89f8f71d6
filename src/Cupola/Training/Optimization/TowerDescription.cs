using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Cupola.Models.Layers;

namespace Cupola.Training.Optimization;

/// <summary>A tower in a graph, as it learns.</summary>
/// <param name="Inputs">What each run brings.</param>
/// <param name="Outputs">What it gives.</param>
internal sealed record TowerDescription(IReadOnlyList<Value> Inputs, TowerOutputs Outputs)
{
    /// <summary>The name of the image tower's input.</summary>
    public const string Images = "images";

    /// <summary>The image tower.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="tower">Its declaration.</param>
    /// <param name="preprocessing">What was done to images that come as bytes.</param>
    /// <param name="form">How images come.</param>
    /// <param name="follows">Whether a running statistic of a residual network follows the images.</param>
    public static TowerDescription ForImages(
        GraphBuilder graph,
        ImageTower tower,
        ImagePreprocessing preprocessing,
        ImageForm form,
        Func<Parameter, bool> follows
    )
    {
        Value images = tower.Input(graph, Images, form);
        return new([images], tower.Describe(graph, images, preprocessing, new() { Follows = follows }));
    }

    /// <summary>The text tower.</summary>
    public static TowerDescription ForTexts(GraphBuilder graph, TextTransformer tower)
    {
        if (tower.Reading == TextReading.FixedLength)
        {
            Value ids = TextRows.Describe(graph, tower.ContextLength);
            return new([ids], tower.Describe(graph, tower.Padded(graph, ids), TowerRequest.Embedding));
        }

        PackedTree.Inputs tree = PackedTree.Describe(graph);
        return new(tree.All, tower.Describe(graph, tower.Packed(graph, tree), TowerRequest.Embedding));
    }
}
