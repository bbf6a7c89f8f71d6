using Cupola.Graphs;
using Cupola.Runtime;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>A prompt tree as the tensors that the text tower's graph reads.</summary>
internal sealed class PackedTree : ITextInputs
{
    public const string Groups = "groups";
    public const string Ends = "ends";
    public const string GroupEnds = "group ends";

    private const string Keys = "keys";

    private static readonly string[] Names =
    [
        "ids",
        "positions",
        "keys",
        "mask",
        "ends",
        "end_queries",
        "end_places",
        "end_mask",
    ];

    private readonly Tensor[] _tensors;

    public PackedTree(PromptTree tree)
    {
        int groups = tree.GroupCount,
            ends = tree.Ends.Length;
        _tensors =
        [
            Tensor.Of<int>(ElementType.Int32, tree.Ids, groups, PromptTree.GroupSize),
            Tensor.Of<int>(ElementType.Int32, tree.Positions, groups, PromptTree.GroupSize),
            Tensor.Of<int>(ElementType.Int32, tree.Keys, groups, tree.KeyCount),
            Tensor.Allocate(ElementType.Float32, groups, 1, PromptTree.GroupSize, tree.KeyCount),
            Tensor.Of<int>(ElementType.Int32, tree.Ends, ends),
            Tensor.Of<int>(ElementType.Int32, tree.EndQueries, groups, tree.EndCount),
            Tensor.Of<int>(ElementType.Int32, tree.EndPlaces, ends),
            Tensor.Allocate(ElementType.Float32, groups, 1, tree.EndCount, tree.KeyCount),
        ];
        tree.WriteMasks(_tensors[3].AsSpan<float>(), _tensors[7].AsSpan<float>());
        Symbols = SymbolsOf(tree);
    }

    /// <summary>What the graph reads, in the order of its inputs.</summary>
    public ReadOnlySpan<Tensor> Tensors => _tensors;

    /// <summary>The same by the names of the inputs.</summary>
    public Dictionary<string, Tensor> ByName =>
        Names.Zip(_tensors).ToDictionary(static input => input.First, static input => input.Second, StringComparer.Ordinal);

    /// <summary>The extents that this tree gives to the graph's symbols.</summary>
    public Dictionary<string, long> Symbols { get; }

    /// <summary>The extents that a tree will give to the graph's symbols.</summary>
    public static Dictionary<string, long> SymbolsOf(PromptTree tree) =>
        new()
        {
            [Groups] = tree.GroupCount,
            [Keys] = tree.KeyCount,
            [Ends] = tree.Ends.Length,
            [GroupEnds] = tree.EndCount,
        };

    /// <summary>Adds the inputs to a graph.</summary>
    public static Inputs Describe(GraphBuilder graph) =>
        new(
            graph.Input(Names[0], ElementType.Int32, [Groups, PromptTree.GroupSize]),
            graph.Input(Names[1], ElementType.Int32, [Groups, PromptTree.GroupSize]),
            graph.Input(Names[2], ElementType.Int32, [Groups, Keys]),
            graph.Input(Names[3], ElementType.Float32, [Groups, 1, PromptTree.GroupSize, Keys]),
            graph.Input(Names[4], ElementType.Int32, [Ends]),
            graph.Input(Names[5], ElementType.Int32, [Groups, GroupEnds]),
            graph.Input(Names[6], ElementType.Int32, [Ends]),
            graph.Input(Names[7], ElementType.Float32, [Groups, 1, GroupEnds, Keys])
        );

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
        {
            tensor.Dispose();
        }
    }

    /// <summary>The inputs of the graph; what they hold is said of the properties of <see cref="PromptTree"/>.</summary>
    internal sealed record Inputs(
        Value Ids,
        Value Positions,
        Value Keys,
        Value Mask,
        Value Ends,
        Value EndQueries,
        Value EndPlaces,
        Value EndMask
    )
    {
        public IReadOnlyList<Value> All => [Ids, Positions, Keys, Mask, Ends, EndQueries, EndPlaces, EndMask];
    }
}
