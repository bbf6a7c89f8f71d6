using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Models.Layers;
using Cupola.Models.Quantization;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>
/// A dual encoder: a text tower and an image tower with one shared embedding space (arXiv 2103.00020). The checkpoint is compared
/// with its configuration when it is loaded; each tower is compiled when it is first used.
/// </summary>
internal sealed class ClipModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly ModelParameters _parameters;
    private readonly Lazy<TextEncoder> _text;
    private readonly Lazy<ImageEncoder> _image;
    private readonly Lazy<string> _fingerprint;
    private readonly Quantizer? _quantizer;

    private ClipModel(
        Checkpoint checkpoint,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        IReadOnlyDictionary<string, string> sources,
        Engine engine,
        ImageForm form,
        QuantizedFolder? quantized
    )
    {
        _checkpoint = checkpoint;
        _parameters = new(checkpoint);
        Config = config;
        Preprocessing = preprocessing;
        Sources = sources;
        Network = new(config);
        checkpoint.Require(Network.Shapes);
        LogitScale = _parameters[Network.LogitScale.Name].AsSpan<float>()[0];
        RememberedFingerprint remembered = new(
            quantized?.Path ?? RememberedFingerprint.DefaultFolder,
            checkpoint.File,
            config,
            preprocessing,
            engine.Precision
        );
        _fingerprint = new(() =>
            remembered.Find()
            ?? remembered.Keep(ModelFingerprint.Compute(checkpoint, config, preprocessing, engine.Precision))
        );
        if (engine.Precision == Precision.Int8)
        {
            RequireVisionTransformer(config.Image);
            _quantizer = new(engine, Network.Parameters, _parameters, _fingerprint, quantized ?? QuantizedFolder.Default);
        }

        _text = new(() => TextEncoder.Create(engine, Network.Text, _parameters, _quantizer));
        _image = new(() => ImageEncoder.Create(engine, Network.Image, form, preprocessing, _parameters, _quantizer));
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

    /// <summary>Its declaration: both towers, and the parameters they have.</summary>
    public ClipNetwork Network { get; }

    /// <summary>Numbers learned, in all.</summary>
    public long ParameterCount => Network.Parameters.Sum(static parameter => parameter.ElementCount);

    /// <summary>The logarithm of the factor on cosines.</summary>
    public float LogitScale { get; }

    /// <summary>How a score is made of a cosine, and what it means.</summary>
    public ScoreRule Score => new(Config.Score, MathF.Exp(LogitScale), Config.Score == ScoreKind.Sigmoid ? LogitBias!.Value : 0);

    /// <summary>
    /// What SigLIP's loss adds to the logits, where the model was trained by that; answers by softmax do not depend on it.
    /// </summary>
    public float? LogitBias => _checkpoint.LogitBias;

    public string Fingerprint => _fingerprint.Value;

    public TextEncoder Text => _text.Value;

    public ImageEncoder Image => _image.Value;

    /// <summary>Loads a folder, or a file of weights with its configuration beside it.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="engine">What runs it, and in which precision.</param>
    /// <param name="form">In which form images reach the image tower.</param>
    /// <param name="quantized">Where quantized weights are kept; in the user's folder for caches where null.</param>
    /// <exception cref="FileNotFoundException">Weights or configuration are not there.</exception>
    /// <exception cref="InvalidDataException">They cannot be read, or do not fit together.</exception>
    public static ClipModel Load(string path, Engine engine, ImageForm form = ImageForm.Bytes, QuantizedFolder? quantized = null)
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
            return new(checkpoint, config, preprocessing, sources, engine, form, quantized);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Writes the model as standard ONNX, and says which files have their parameters in one beside them.</summary>
    public IReadOnlyList<string> Export(string folder, long inside = OnnxFile.MaximumParameterBytes) =>
        OnnxExport.Write(folder, Network, Preprocessing, _parameters, inside);

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

        _quantizer?.Dispose();
        _parameters.Dispose();
    }

    private static void RequireVisionTransformer(ImageConfig image)
    {
        if (image is ResNetConfig)
        {
            throw new InvalidDataException(
                "The model cannot run in int8: its image tower is a residual network, and only vision transformers are "
                    + "quantized; it runs in float32."
            );
        }
    }
}
