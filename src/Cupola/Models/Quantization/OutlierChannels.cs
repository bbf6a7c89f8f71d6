using Cupola.Graphs;
using Cupola.Models.Layers;
using Cupola.Runtime;

namespace Cupola.Models.Quantization;

/// <summary>
/// Input channels whose numbers are so much larger than the others' that a row's scale would leave the others no bits: those are
/// kept in float32 (arXiv 2208.07339). They are a model's own and show on any input, so made-up ones find them.
/// </summary>
internal static class OutlierChannels
{
    /// <summary>A channel is kept when its largest number is so many times the median channel's.</summary>
    private const float TimesMedian = 6;

    private static readonly long[] FirstAxis = [0];

    /// <summary>Runs the float32 graph once and says which channels of each product are kept.</summary>
    /// <param name="engine">What runs it.</param>
    /// <param name="graph">The tower in float32.</param>
    /// <param name="products">Its products.</param>
    /// <param name="parameters">Its numbers.</param>
    /// <param name="sample">The inputs of the run; disposed here.</param>
    /// <exception cref="InvalidDataException">A product reads numbers that are not finite.</exception>
    public static IReadOnlyDictionary<string, int[]> Find(
        Engine engine,
        Graph graph,
        IReadOnlyList<LinearProduct> products,
        ModelParameters parameters,
        Tensor[] sample
    )
    {
        Value[] rows =
        [
            .. products.Where(static product => product.Bytes is null).Select(static product => product.Rows).Distinct(),
        ];
        Tensor[] found = [.. rows.Select(static value => Tensor.Allocate(ElementType.Float32, value.Shape[1].Factor))];
        Dictionary<string, float[]> largest;
        try
        {
            Graph measured = Measure(graph, rows);
            using CompiledGraph compiled = engine.Compile(measured, parameters.For(measured));
            compiled.Run(SessionThreads.All, sample, found);
            largest = rows.Zip(found)
                .ToDictionary(
                    static pair => pair.First.Name,
                    static pair => pair.Second.AsSpan<float>().ToArray(),
                    StringComparer.Ordinal
                );
        }
        finally
        {
            Array.ForEach([.. found, .. sample], static tensor => tensor.Dispose());
        }

        return products.ToDictionary(
            static product => product.Name,
            product => product.Bytes is null ? Choose(product.Name, largest[product.Rows.Name]) : [],
            StringComparer.Ordinal
        );
    }

    /// <summary>The channels beyond the bound, the largest first where there are too many, in their order.</summary>
    internal static int[] Choose(string product, float[] largest)
    {
        if (Array.FindIndex(largest, static number => !float.IsFinite(number)) is >= 0 and int broken)
        {
            throw new InvalidDataException(
                FormattableString.Invariant(
                    $"The model cannot run in int8: channel {broken} of what {product} reads is {largest[broken]}."
                )
            );
        }

        float bound = TimesMedian * largest.Order().ElementAt(largest.Length / 2);
        return
        [
            .. largest
                .Index()
                .Where(channel => channel.Item > bound)
                .OrderByDescending(static channel => channel.Item)
                .Take(RowKernel.MostKept)
                .Select(static channel => channel.Index)
                .Order(),
        ];
    }

    /// <summary>The same graph that answers with the largest magnitude in each channel of some rows, [width] each.</summary>
    private static Graph Measure(Graph graph, IEnumerable<Value> rows)
    {
        List<Node> nodes = [];
        foreach (Value value in rows)
        {
            Value size = value with { Name = $"{value.Name}.size" },
                most = new($"{value.Name}.largest", ElementType.Float32, [value.Shape[1]]);
            nodes.Add(new("Abs", "", [value], size, new Dictionary<string, object>()));
            nodes.Add(
                new("ReduceMax", "", [size], most, new Dictionary<string, object> { ["axes"] = FirstAxis, ["keepdims"] = 0L })
            );
        }

        return graph with
        {
            Nodes = [.. graph.Nodes, .. nodes],
            Outputs = [.. nodes.Where(static node => node.Operator == "ReduceMax").Select(static node => node.Output)],
        };
    }
}
