using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>
/// A dual encoder: a text tower and an image tower with one shared embedding space (arXiv 2103.00020). The checkpoint is
/// compared with its configuration when it is loaded; each tower is compiled when it is first used.
/// </summary>
internal sealed class ClipModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly ModelParameters _parameters;
    private readonly Lazy<TextTransformer> _text;
    private readonly Lazy<ImageEncoder> _image;
    private readonly Lazy<string> _fingerprint;

    private ClipModel(
        Checkpoint checkpoint,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        IReadOnlyDictionary<string, string> sources,
        Engine engine,
        ImageForm form
    )
    {
        _checkpoint = checkpoint;
        _parameters = new(checkpoint);
        Config = config;
        Preprocessing = preprocessing;
        Sources = sources;
        checkpoint.RequireShapes(LargeShapes(config));
        ParameterShapes = ParametersOf(config);
        checkpoint.Require(ParameterShapes);
        ParameterCount = ParameterShapes.Values.Sum(static shape =>
            shape.Aggregate(1L, static (product, extent) => product * extent)
        );
        LogitScale = _parameters["logit_scale"].AsSpan<float>()[0];
        _text = new(() => new(engine, config.Text, config.EmbeddingDimension, _parameters));
        _image = new(() => CreateImageEncoder(engine, form));
        _fingerprint = new(() => ModelFingerprint.Compute(checkpoint, config, preprocessing));
    }

    public ClipConfig Config { get; }

    /// <summary>What happens to images before the image tower.</summary>
    public ImagePreprocessing Preprocessing { get; }

    /// <summary>Where weights, architecture and preprocessing were read.</summary>
    public IReadOnlyDictionary<string, string> Sources { get; }

    public CheckpointLayout Layout => _checkpoint.Layout;

    /// <summary>The file of weights.</summary>
    public string WeightsPath => _checkpoint.File.FilePath;

    /// <summary>The parameters as they are stored.</summary>
    public ModelParameters Parameters => _parameters;

    /// <summary>The stored parameters' shapes by name.</summary>
    public IReadOnlyDictionary<string, long[]> ParameterShapes { get; }

    /// <summary>Numbers learned, in all.</summary>
    public long ParameterCount { get; }

    /// <summary>The logarithm of the factor on cosines.</summary>
    public float LogitScale { get; }

    /// <summary>
    /// What SigLIP's loss adds to the logits, where the model was trained by that; answers by softmax do not depend on it.
    /// </summary>
    public float? LogitBias => _checkpoint.LogitBias;

    public string Fingerprint => _fingerprint.Value;

    public TextTransformer Text => _text.Value;

    public ImageEncoder Image => _image.Value;

    /// <summary>Loads a folder, or a file of weights with its configuration beside it.</summary>
    /// <exception cref="FileNotFoundException">Weights or configuration are not there.</exception>
    /// <exception cref="InvalidDataException">They cannot be read, or do not fit together.</exception>
    public static ClipModel Load(string path, Engine engine, ImageForm form = ImageForm.Bytes)
    {
        Checkpoint checkpoint = Checkpoint.Open(path);
        try
        {
            ModelFolder folder = ModelFolder.Find(checkpoint.File.FilePath);
            (ClipConfig config, string configSource) = folder.ReadConfig(checkpoint);
            (ImagePreprocessing preprocessing, string? preprocessingSource) = folder.ReadPreprocessing(
                checkpoint.Layout,
                config.Image.ImageSize
            );
            var sources = new Dictionary<string, string>
            {
                ["weights"] = checkpoint.File.FilePath,
                ["architecture"] = configSource,
                ["preprocessing"] = preprocessingSource ?? "CLIP's own, because no file says otherwise",
            };
            config = config with { Assumptions = [.. config.Assumptions, .. checkpoint.Notes] };
            return new(checkpoint, config, preprocessing, sources, engine, form);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Writes the model as standard ONNX, and says which files have their parameters in one beside them.</summary>
    public IReadOnlyList<string> Export(string folder, long inside = OnnxFile.MaximumParameterBytes) =>
        OnnxExport.Write(folder, Config, Preprocessing, _parameters, inside);

    public void Dispose()
    {
        if (_text.IsValueCreated)
        {
            _text.Value.Dispose();
        }

        if (_image.IsValueCreated)
        {
            _image.Value.Dispose();
        }

        _parameters.Dispose();
    }

    /// <summary>
    /// The parameters whose sizes a configuration names: compared first, so that nothing is built to sizes that the weights do
    /// not have.
    /// </summary>
    private static Dictionary<string, long[]> LargeShapes(ClipConfig config)
    {
        long width = config.Text.Transformer.Width;
        Dictionary<string, long[]> shapes = new(StringComparer.Ordinal)
        {
            ["text.token_embedding"] = [config.Text.VocabularySize, width],
            ["text.position_embedding"] = [config.Text.ContextLength, width],
        };
        if (config.Image is VisionTransformerConfig vision)
        {
            shapes.Add("image.patch_embedding", [vision.Transformer.Width, 3, vision.PatchSize, vision.PatchSize]);
            shapes.Add("image.position_embedding", [vision.Tokens, vision.Transformer.Width]);
        }

        return shapes;
    }

    /// <summary>
    /// What the two networks need, by name; the graphs as others know them name their parameters as they are stored.
    /// </summary>
    public static IReadOnlyDictionary<string, long[]> ParametersOf(ClipConfig config)
    {
        var expected = new Dictionary<string, long[]>(StringComparer.Ordinal) { ["logit_scale"] = [] };
        GraphBuilder graph = new();
        TextTransformer.DescribePadded(
            graph,
            config.Text,
            config.EmbeddingDimension,
            graph.Input("ids", ElementType.Int64, ["texts", "length"])
        );
        if (config.Image is VisionTransformerConfig transformer)
        {
            Value images = graph.Input(
                "images",
                ElementType.Float32,
                [ImageEncoder.Batch, 3, transformer.ImageSize, transformer.ImageSize]
            );
            VisionTransformer.Describe(graph, transformer, config.EmbeddingDimension, images);
        }
        else if (config.Image is ResNetConfig network)
        {
            foreach ((string name, long[] shape) in ModifiedResNet.Parameters(network, config.EmbeddingDimension))
            {
                expected.Add(name, shape);
            }
        }

        var none = new Dictionary<string, long>();
        foreach (Value parameter in graph.Build().Parameters)
        {
            expected.Add(parameter.Name, parameter.Shape.Resolve(none));
        }

        return expected;
    }

    private ImageEncoder CreateImageEncoder(Engine engine, ImageForm form) =>
        Config.Image switch
        {
            VisionTransformerConfig transformer => new VisionTransformer(
                engine,
                transformer,
                Config.EmbeddingDimension,
                form,
                Preprocessing,
                _parameters
            ),
            ResNetConfig network => new ModifiedResNet(
                engine,
                network,
                Config.EmbeddingDimension,
                form,
                Preprocessing,
                _parameters
            ),
            _ => throw new InvalidOperationException($"There is no network for {Config.Image.GetType().Name}."),
        };
}
