using System.Diagnostics;
using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>What a parameter does with the numbers that pass it.</summary>
internal enum ParameterKind
{
    /// <summary>They are multiplied by it and added up: linear layers and convolutions.</summary>
    Matrix,

    /// <summary>A vector that is added to rows or stands before them.</summary>
    Bias,

    /// <summary>A norm's factor.</summary>
    Gain,

    /// <summary>A table of rows that tokens or places look up.</summary>
    Embedding,

    /// <summary>A factor on cosines.</summary>
    Scale,

    /// <summary>A running statistic of a batch norm, which follows the images and is not learned.</summary>
    Statistic,
}

/// <summary>The part of a model that a parameter belongs to.</summary>
internal enum TowerKind
{
    /// <summary>What stands between the towers.</summary>
    Both,

    Text,
    Image,
}

/// <summary>One parameter of a model, as its layer declared it.</summary>
/// <param name="Name">Its path, with points between the parts.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Initialization">How its first numbers are drawn.</param>
/// <param name="Tower">Whose it is.</param>
/// <param name="Depth">Layers of its tower before it; a block is one layer.</param>
[DebuggerDisplay("{Name}")]
internal sealed record Parameter(
    string Name,
    IReadOnlyList<long> Shape,
    ParameterKind Kind,
    Initialization Initialization,
    TowerKind Tower,
    int Depth
)
{
    /// <summary>Numbers in it.</summary>
    public long ElementCount => Shape.Aggregate(1L, static (product, extent) => product * extent);

    /// <summary>Whether weight decay draws it to nothing: what multiplies and what is looked up, as in open_clip.</summary>
    public bool Decays => Kind is ParameterKind.Matrix or ParameterKind.Embedding;

    /// <summary>Whether it is a running statistic.</summary>
    public bool IsStatistic => Kind == ParameterKind.Statistic;

    /// <summary>Whether it lies under a path: "image", "text.blocks.0", or its own name.</summary>
    public bool IsUnder(string path) =>
        path.Length > 0
        && Name.StartsWith(path, StringComparison.Ordinal)
        && (Name.Length == path.Length || Name[path.Length] == '.');

    /// <summary>Its value in a graph.</summary>
    public Value In(GraphBuilder graph) => graph.Parameter(Name, [.. Shape]);
}
