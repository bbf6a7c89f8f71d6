using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Cupola.Models.Layers;
using Cupola.Runtime;

namespace Cupola.Maps;

/// <summary>
/// The image tower once more, in float32 whatever the model runs in, with the parts of its embeddings as outputs.
/// </summary>
/// <param name="engine">What runs it.</param>
/// <param name="tower">The tower.</param>
/// <param name="preprocessing">What bytes are normalized by.</param>
/// <param name="parameters">The tower's, which must outlive this.</param>
/// <param name="form">In which form images come.</param>
/// <param name="layers">In how many of the last layers places are told apart.</param>
internal sealed class MapEncoder(
    Engine engine,
    ImageTower tower,
    ImagePreprocessing preprocessing,
    ModelParameters parameters,
    ImageForm form = ImageForm.Bytes,
    int layers = MapEncoder.LastLayers
) : IDisposable
{
    /// <summary>The layers that the authors of the decomposition found to matter (arXiv 2310.05916, section 3.2).</summary>
    public const int LastLayers = 4;

    /// <summary>With fewer places beside each other, they are compared in an image of twice the size.</summary>
    private const int CoarseGrid = 14;

    private readonly Lock _lock = new();
    private readonly Dictionary<(MapKind Kind, int Factor), CompiledRun> _runs = [];

    /// <summary>For a model; to be disposed before it.</summary>
    public static MapEncoder Create(ClipEmbedder embedder) =>
        new(embedder.Engine, embedder.Model.Network.Image, embedder.Preprocessing, embedder.Model.Parameters);

    /// <summary>What a kind of map is called.</summary>
    public static string NameOf(MapKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Refuses a kind of map that the tower does not have.</summary>
    /// <exception cref="InvalidDataException">It does not have it; the sentence says why.</exception>
    public void Require(MapKind kind)
    {
        if (tower.ProblemOf(kind) is { } problem)
        {
            throw new InvalidDataException(
                $"The model has no maps of the kind {NameOf(kind)}: {problem}; choose exact or value."
            );
        }
    }

    /// <summary>The tower.</summary>
    public ImageTower Tower => tower;

    /// <summary>The tower's parameters.</summary>
    public ModelParameters Parameters => parameters;

    /// <summary>What bytes are normalized by.</summary>
    public ImagePreprocessing Preprocessing => preprocessing;

    /// <summary>By how much larger an image must be for maps of a kind.</summary>
    public int Factor(MapKind kind) =>
        kind != MapKind.Exact && tower is VisionTransformer { Readout.HasClassToken: true } && tower.Grid(1) < CoarseGrid ? 2 : 1;

    /// <summary>The parts of one image, and its places where the kind needs no larger image.</summary>
    /// <param name="image">[1, …] of the tower's size.</param>
    /// <param name="kind">What maps are made by.</param>
    public ImageNumbers Encode(Tensor image, MapKind kind) =>
        Run(image, Factor(kind) == 1 ? kind : MapKind.Exact, 1).Numbers(image);

    /// <summary>The places of one image of the tower's size times a factor: [places, embedding], of unit length.</summary>
    public float[] EncodePlaces(Tensor image, MapKind kind, int factor) => Run(image, kind, factor).Numbers(image).Places!;

    public void Dispose()
    {
        foreach (CompiledRun run in _runs.Values)
        {
            run.Dispose();
        }
    }

    private CompiledRun Run(Tensor image, MapKind kind, int factor)
    {
        if (image.Shape[0] != 1)
        {
            throw new ArgumentException("Maps are made of one image at a time.", nameof(image));
        }

        lock (_lock)
        {
            if (!_runs.TryGetValue((kind, factor), out CompiledRun? run))
            {
                run = Compile(kind, factor);
                _runs.Add((kind, factor), run);
            }

            return run;
        }
    }

    private CompiledRun Compile(MapKind kind, int factor)
    {
        tower.AddFolded(parameters, preprocessing);
        if (factor > 1)
        {
            ((VisionTransformer)tower).AddPositions(parameters, factor);
        }

        GraphBuilder builder = new(OperatorSet.Fused);
        Value images = ImageTower.Input(builder, "images", form, (long)preprocessing.Size * factor);
        ImageParts parts = tower.DescribeParts(builder, images, preprocessing, layers, kind);
        List<string> names = [];
        Add("places", parts.Places);
        if (factor == 1)
        {
            Add("embedding", parts.Embedding);
            Add("initial", parts.Initial);
            Add("earlier", parts.Earlier);
            Add("mlp", parts.Mlp);
            Add("state", parts.State);
            foreach ((int layer, AttentionParts attention) in parts.Layers.Index())
            {
                Add(CompiledRun.WeightsOf(layer), attention.Weights);
                Add(CompiledRun.ValuesOf(layer), attention.Values);
            }
        }

        Graph graph = builder.Build();
        return new(engine.Compile(graph, parameters.For(graph)), names, parts.Layers.Count);

        void Add(string name, Value? value)
        {
            if (value is not null)
            {
                names.Add(name);
                builder.Output(name, value);
            }
        }
    }

    /// <summary>A graph with named outputs, ready to run.</summary>
    private sealed class CompiledRun(CompiledGraph graph, IReadOnlyList<string> names, int layers) : IDisposable
    {
        public static string WeightsOf(int layer) => FormattableString.Invariant($"weights.{layer}");

        public static string ValuesOf(int layer) => FormattableString.Invariant($"values.{layer}");

        public ImageNumbers Numbers(Tensor image)
        {
            Dictionary<string, long> symbols = new(StringComparer.Ordinal) { [ImageTower.Batch] = 1 };
            Tensor[] outputs = [.. graph.Outputs.Select(output => Tensor.Allocate(output.Type, output.Shape.Resolve(symbols)))];
            try
            {
                graph.Run(SessionThreads.All, [image], outputs);
                Dictionary<string, float[]> found = names
                    .Zip(outputs)
                    .ToDictionary(
                        static pair => pair.First,
                        static pair => pair.Second.AsSpan<float>().ToArray(),
                        StringComparer.Ordinal
                    );
                return new(
                    found.GetValueOrDefault("embedding", []),
                    found.ContainsKey("embedding")
                        ? [.. Enumerable.Range(0, layers).Select(layer => (found[WeightsOf(layer)], found[ValuesOf(layer)]))]
                        : []
                )
                {
                    Initial = found.GetValueOrDefault("initial"),
                    Earlier = found.GetValueOrDefault("earlier"),
                    Mlp = found.GetValueOrDefault("mlp"),
                    State = found.GetValueOrDefault("state"),
                    Places = found.GetValueOrDefault("places"),
                };
            }
            finally
            {
                Array.ForEach(outputs, static output => output.Dispose());
            }
        }

        public void Dispose() => graph.Dispose();
    }
}
