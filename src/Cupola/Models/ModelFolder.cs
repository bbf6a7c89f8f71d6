using System.Globalization;
using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola.Models;

/// <summary>The files of a model that lie beside its weights, and what they say.</summary>
internal sealed class ModelFolder
{
    private ModelFolder(string path) => Path = path;

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
    public (ClipConfig Config, string Source) ReadConfig(Checkpoint checkpoint) =>
        ModelFamily.Find(checkpoint.Layout).ReadConfig(Path, checkpoint);

    /// <summary>The tokenizer of a model.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be used, or is another model's.</exception>
    public TextTokenizer LoadTokenizer(CheckpointLayout layout, TextConfig config)
    {
        TextTokenizer tokenizer = ModelFamily.Find(layout).LoadTokenizer(Path, config.ContextLength);
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
        (ImagePreprocessing preprocessing, string? source) = ModelFamily.Find(layout).ReadPreprocessing(Path, imageSize);
        return preprocessing.Size == imageSize
            ? (preprocessing, source)
            : throw new InvalidDataException(
                Invariant(
                    $"{source} cannot be used: it gives images of {preprocessing.Size} pixels, and the model takes {imageSize}."
                )
            );
    }

    /// <summary>The tokenizer of a folder without weights: as its configuration says, or of whichever files are there.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be used.</exception>
    public TextTokenizer LoadTokenizer() =>
        ModelFamily.Describing(Path) is { } family
            ? family.LoadTokenizer(Path, family.ReadConfigFile(Path).Text.ContextLength)
            : TextTokenizer.Load(Path);
}
