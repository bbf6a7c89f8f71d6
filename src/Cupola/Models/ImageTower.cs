using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>In which form images reach an image tower.</summary>
internal enum ImageForm
{
    /// <summary>
    /// Bytes [images, height, width, 3], as preprocessing gives them; normalization is folded into the first layer.
    /// </summary>
    Bytes,

    /// <summary>Normalized floats [images, 3, height, width], as the reference's own graphs take them.</summary>
    PixelValues,
}

/// <summary>CLIP's image tower, one of two kinds: a vision transformer or a modified residual network.</summary>
internal abstract class ImageTower
{
    /// <summary>The symbol for the number of images of a run.</summary>
    public const string Batch = "batch";

    private readonly long _size;

    protected ImageTower(ImageConfig config) => _size = config.ImageSize;

    /// <summary>Declares the tower of a configuration.</summary>
    public static ImageTower Create(ParameterScope scope, ImageConfig config, int embeddingDimension) =>
        config switch
        {
            VisionTransformerConfig transformer => new VisionTransformer(scope, transformer, embeddingDimension),
            ResNetConfig network => new ModifiedResNet(scope, network, embeddingDimension),
            _ => throw new InvalidOperationException($"There is no network for {config.GetType().Name}."),
        };

    /// <summary>Adds the images to a graph's inputs.</summary>
    public Value Input(GraphBuilder graph, string name, ImageForm form) => Input(graph, name, form, _size);

    /// <summary>The same for images of another height and width.</summary>
    public static Value Input(GraphBuilder graph, string name, ImageForm form, long size) =>
        form == ImageForm.Bytes
            ? graph.Input(name, ElementType.UInt8, [Batch, size, size, 3])
            : graph.Input(name, ElementType.Float32, [Batch, 3, size, size]);

    /// <summary>The tower over images in either form.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="images">What <see cref="Input(GraphBuilder, string, ImageForm)"/> gave.</param>
    /// <param name="preprocessing">What bytes are normalized by.</param>
    /// <param name="request">What is asked of it.</param>
    public abstract TowerOutputs Describe(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        TowerRequest request
    );

    /// <summary>How many places lie beside each other in maps over images of the tower's size times a factor.</summary>
    public abstract int Grid(int factor);

    /// <summary>Height and width of the square that a place stands for, in pixels of the image as the tower sees it.</summary>
    public abstract int PlaceSize { get; }

    /// <summary>Why the tower has no maps of a kind: the end of a sentence; null where it has them.</summary>
    public abstract string? ProblemOf(MapKind kind);

    /// <summary>What leads from the parts to the embedding.</summary>
    public abstract EmbeddingReadout Readout { get; }

    /// <summary>The parts of the embedding, for images of the tower's size.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="images">What <see cref="Input(GraphBuilder, string, ImageForm)"/> gave.</param>
    /// <param name="preprocessing">What bytes are normalized by.</param>
    /// <param name="layers">In how many of the last layers places are told apart.</param>
    /// <param name="kind">What an embedding of each place is wanted by, which the tower must have; none for exact.</param>
    public abstract ImageParts DescribeParts(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        int layers,
        MapKind kind
    );

    /// <summary>Adds the parameters that graphs for inference have in place of those that are stored.</summary>
    public abstract void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing);
}
