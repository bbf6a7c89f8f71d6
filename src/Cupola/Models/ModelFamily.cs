using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>
/// A family of models: whose files they are. All that differs from family to family is here: which files describe a model, how
/// they are read and written, and what its parameters are called there.
/// </summary>
internal abstract class ModelFamily
{
    /// <summary>Those that look more closely at a file come first.</summary>
    private static readonly ModelFamily[] All =
    [
        new TransformersSiglipFamily(),
        new OpenClipSiglipFamily(),
        new TransformersFamily(),
        new OpenClipFamily(),
        new OpenAiFamily(),
    ];

    /// <summary>The layout of the family's weights.</summary>
    public abstract CheckpointLayout Layout { get; }

    /// <summary>The family of a layout.</summary>
    public static ModelFamily Find(CheckpointLayout layout) => All.Single(family => family.Layout == layout);

    /// <summary>The family that an architecture is written in: the first that has words for it.</summary>
    public static WritableFamily ToWrite(ClipConfig config) =>
        All.OfType<WritableFamily>().FirstOrDefault(family => family.CanWrite(config))
        ?? throw new InvalidOperationException($"There are no words for {config.Image.GetType().Name}.");

    /// <summary>The family whose configuration lies in a folder; nothing where there is none.</summary>
    public static DescribedFamily? Describing(string folder) =>
        All.OfType<DescribedFamily>().FirstOrDefault(family => family.IsDescribedIn(folder));

    /// <summary>The architecture of weights, and the file it was read from.</summary>
    /// <exception cref="FileNotFoundException">The configuration is not there.</exception>
    /// <exception cref="InvalidDataException">It cannot be used.</exception>
    public abstract (ClipConfig Config, string Source) ReadConfig(string folder, Checkpoint checkpoint);

    /// <summary>What happens to images, and the file it was read from, if any.</summary>
    /// <remarks>A folder may hold files of several families; another family's are better than none.</remarks>
    /// <exception cref="InvalidDataException">It cannot be used.</exception>
    public virtual (ImagePreprocessing Preprocessing, string? Source) ReadPreprocessing(string folder, int imageSize)
    {
        // As transformers does: what processor_config.json nests counts before preprocessor_config.json.
        string processor = Path.Combine(folder, "processor_config.json"),
            preprocessor = Path.Combine(folder, "preprocessor_config.json");
        ImagePreprocessing usual = UsualPreprocessing(imageSize);
        return File.Exists(processor) && PreprocessingConfig.ReadProcessor(processor, usual) is { } nested ? (nested, processor)
            : File.Exists(preprocessor) ? (PreprocessingConfig.ReadTransformers(preprocessor, usual), preprocessor)
            : (usual, null);
    }

    /// <summary>What happens to images where no file says otherwise.</summary>
    protected virtual ImagePreprocessing UsualPreprocessing(int imageSize) => new(imageSize);

    /// <summary>The tokenizer whose files lie in a folder.</summary>
    public virtual TextTokenizer LoadTokenizer(string folder, int contextLength) => ClipTokenizer.Load(folder, contextLength);
}

/// <summary>A family whose models a configuration of its own describes.</summary>
internal abstract class DescribedFamily : ModelFamily
{
    /// <summary>The name of the file that describes a model.</summary>
    public abstract string ConfigFile { get; }

    /// <summary>Whether a folder holds the family's configuration.</summary>
    public virtual bool IsDescribedIn(string folder) => File.Exists(Path.Combine(folder, ConfigFile));

    /// <summary>The architecture that the family's configuration in a folder describes.</summary>
    public abstract ClipConfig ReadConfigFile(string folder);

    public override (ClipConfig Config, string Source) ReadConfig(string folder, Checkpoint checkpoint)
    {
        string path = Path.Combine(folder, ConfigFile);
        return File.Exists(path)
            ? (ReadConfigFile(folder), path)
            : throw new FileNotFoundException(
                $"{checkpoint.File.FilePath} has no configuration: put the model's {ConfigFile} beside it."
            );
    }
}

/// <summary>A family in which models are written too.</summary>
internal abstract class WritableFamily : DescribedFamily
{
    /// <summary>The name of the file that its weights are written to.</summary>
    public abstract string WeightsFile { get; }

    /// <summary>What the family calls parameters.</summary>
    public abstract ParameterNames Names { get; }

    /// <summary>Whether the family has words for an architecture.</summary>
    public abstract bool CanWrite(ClipConfig config);

    /// <summary>Writes all that describes a model.</summary>
    /// <exception cref="InvalidDataException">The family has no words for something of it.</exception>
    public abstract void WriteConfig(string folder, ClipConfig config, ImagePreprocessing preprocessing, TextTokenizer tokenizer);
}
