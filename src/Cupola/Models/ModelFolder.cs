using System.Globalization;
using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola.Models;

/// <summary>The files of a model that lie beside its weights, and what they say.</summary>
internal sealed class ModelFolder
{
    private readonly string _transformers;
    private readonly string _openClip;
    private readonly string _preprocessor;
    private readonly string _processor;

    private ModelFolder(string path)
    {
        Path = path;
        _transformers = System.IO.Path.Combine(path, "config.json");
        _openClip = System.IO.Path.Combine(path, "open_clip_config.json");
        _preprocessor = System.IO.Path.Combine(path, "preprocessor_config.json");
        _processor = System.IO.Path.Combine(path, "processor_config.json");
    }

    public string Path { get; }

    /// <summary>The folder that is named, or in which the file that is named lies.</summary>
    /// <exception cref="FileNotFoundException">There is no such folder or file.</exception>
    public static ModelFolder Find(string path) =>
        Directory.Exists(path) ? new(path)
        : File.Exists(path) ? new(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!)
        : throw new FileNotFoundException($"There is no model {path}: name a folder or a file of weights.", path);

    /// <summary>The architecture, and the file it was read from.</summary>
    /// <exception cref="FileNotFoundException">The configuration is not there.</exception>
    /// <exception cref="InvalidDataException">It cannot be used.</exception>
    public (ClipConfig Config, string Source) ReadConfig(Checkpoint checkpoint)
    {
        string weights = checkpoint.File.FilePath;
        if (checkpoint.Layout == CheckpointLayout.Transformers)
        {
            return File.Exists(_transformers)
                ? (HuggingFaceConfig.Read(_transformers), _transformers)
                : throw new FileNotFoundException($"{weights} has no configuration: put the model's config.json beside it.");
        }

        if (checkpoint.Layout == CheckpointLayout.OpenClip && File.Exists(_openClip))
        {
            return (OpenClipConfig.Read(_openClip), _openClip);
        }

        if (!checkpoint.IsKnown)
        {
            throw checkpoint.UnknownNames();
        }

        // A bare archive is OpenAI's more often than not; bare safetensors are open_clip's, whose activation is nobody's guess.
        return checkpoint.File is TorchArchive || checkpoint.Layout == CheckpointLayout.OpenAi
            ? (OpenAiConfig.Infer(checkpoint), weights)
            : throw new FileNotFoundException(
                $"{weights} has no configuration: put the model's open_clip_config.json beside it."
            );
    }

    /// <summary>The tokenizer of a model.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be used, or is another model's.</exception>
    public ClipTokenizer OpenTokenizer(TextConfig config)
    {
        ClipTokenizer tokenizer = ClipTokenizer.Open(Path, config.ContextLength);
        return tokenizer.EndId < config.VocabularySize
            ? tokenizer
            : throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The tokenizer in {Path} has {tokenizer.VocabularySize} tokens, and the model knows "
                        + $"{config.VocabularySize}: "
                        + $"they do not belong together."
                )
            );
    }

    /// <summary>What happens to images, and the file it was read from, if any.</summary>
    /// <exception cref="InvalidDataException">It cannot be used, or does not fit the model.</exception>
    public (ImagePreprocessing Preprocessing, string? Source) ReadPreprocessing(CheckpointLayout layout, int imageSize)
    {
        // A folder may hold both layouts; each has its own file, and the other's is better than none.
        bool openClipFirst = layout != CheckpointLayout.Transformers && File.Exists(_openClip);
        (ImagePreprocessing preprocessing, string? source) = openClipFirst
            ? (PreprocessingConfig.ReadOpenClip(_openClip, imageSize), _openClip)
            : ReadTransformersPreprocessing(imageSize);
        return preprocessing.Size == imageSize
            ? (preprocessing, source)
            : throw new InvalidDataException(
                Invariant(
                    $"{source} cannot be used: it gives images of {preprocessing.Size} pixels, and the model takes {imageSize}."
                )
            );
    }

    /// <summary>As transformers does: what processor_config.json nests counts before preprocessor_config.json.</summary>
    private (ImagePreprocessing Preprocessing, string? Source) ReadTransformersPreprocessing(int imageSize) =>
        File.Exists(_processor) && PreprocessingConfig.ReadProcessor(_processor, imageSize) is { } nested ? (nested, _processor)
        : File.Exists(_preprocessor) ? (PreprocessingConfig.ReadTransformers(_preprocessor, imageSize), _preprocessor)
        : (new ImagePreprocessing(imageSize), null);

    /// <summary>Tokens of a text at most, as a configuration says; nothing where there is none.</summary>
    public int? ContextLength() =>
        File.Exists(_transformers) ? HuggingFaceConfig.Read(_transformers).Text.ContextLength
        : File.Exists(_openClip) ? OpenClipConfig.Read(_openClip).Text.ContextLength
        : null;
}
