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
    public Value Input(GraphBuilder graph, string name, ImageForm form) =>
        form == ImageForm.Bytes
            ? graph.Input(name, ElementType.UInt8, [Batch, _size, _size, 3])
            : graph.Input(name, ElementType.Float32, [Batch, 3, _size, _size]);

    /// <summary>The tower over images in either form.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="images">What <see cref="Input"/> gave.</param>
    /// <param name="preprocessing">What bytes are normalized by.</param>
    /// <param name="request">What is asked of it.</param>
    public abstract TowerOutputs Describe(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        TowerRequest request
    );

    /// <summary>Adds the parameters that graphs for inference have in place of those that are stored.</summary>
    public abstract void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing);
}
