using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>Hugging Face transformers' CLIPModel, described by config.json and preprocessor_config.json.</summary>
internal sealed class TransformersFamily : WritableFamily
{
    public override CheckpointLayout Layout => CheckpointLayout.Transformers;

    public override string ConfigFile => "config.json";

    public override string WeightsFile => "model.safetensors";

    public override ParameterNames Names => TransformersNames.Instance;

    public override ClipConfig ReadConfigFile(string folder) => HuggingFaceConfig.Read(Path.Combine(folder, ConfigFile));

    public override (ClipConfig Config, string Source) ReadConfig(string folder, Checkpoint checkpoint) =>
        IsDescribedIn(folder)
            ? (ReadConfigFile(folder), Path.Combine(folder, ConfigFile))
            : throw new FileNotFoundException(
                $"{checkpoint.File.FilePath} has no configuration: put the model's {ConfigFile} beside it."
            );

    public override bool CanWrite(ClipConfig config) => config.Image is VisionTransformerConfig;

    public override void WriteConfig(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        ClipTokenizer tokenizer
    ) => ModelConfigWriter.WriteTransformers(folder, config, preprocessing, tokenizer.StartId, tokenizer.EndId);
}
