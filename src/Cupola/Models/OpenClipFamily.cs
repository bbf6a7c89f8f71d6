using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>open_clip's models, which have OpenAI's names and are described by open_clip_config.json.</summary>
internal sealed class OpenClipFamily : WritableFamily
{
    public override CheckpointLayout Layout => CheckpointLayout.OpenClip;

    public override string ConfigFile => "open_clip_config.json";

    public override string WeightsFile => "open_clip_model.safetensors";

    public override ParameterNames Names => OpenAiNames.ResNet;

    public override ClipConfig ReadConfigFile(string folder) => OpenClipConfig.Read(Path.Combine(folder, ConfigFile));

    public override (ClipConfig Config, string Source) ReadConfig(string folder, Checkpoint checkpoint)
    {
        if (IsDescribedIn(folder))
        {
            return (ReadConfigFile(folder), Path.Combine(folder, ConfigFile));
        }

        if (!checkpoint.IsKnown)
        {
            throw checkpoint.UnknownNames();
        }

        // A bare archive is OpenAI's more often than not; bare safetensors are open_clip's, whose activation is nobody's guess.
        return checkpoint.File is TorchArchive
            ? (OpenAiConfig.Infer(checkpoint), checkpoint.File.FilePath)
            : throw new FileNotFoundException(
                $"{checkpoint.File.FilePath} has no configuration: put the model's {ConfigFile} beside it."
            );
    }

    public override (ImagePreprocessing Preprocessing, string? Source) ReadPreprocessing(string folder, int imageSize)
    {
        string path = Path.Combine(folder, ConfigFile);
        return File.Exists(path)
            ? (PreprocessingConfig.ReadOpenClip(path, UsualPreprocessing(imageSize)), path)
            : base.ReadPreprocessing(folder, imageSize);
    }

    public override bool CanWrite(ClipConfig config) => config.Image is ResNetConfig;

    public override void WriteConfig(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        TextTokenizer tokenizer
    ) => ModelConfigWriter.WriteOpenClip(folder, config, preprocessing);
}
