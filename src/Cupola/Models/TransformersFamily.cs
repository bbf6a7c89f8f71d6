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

    public override bool CanWrite(ClipConfig config) => config is { Score: ScoreKind.Softmax, Image: VisionTransformerConfig };

    public override void WriteConfig(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        TextTokenizer tokenizer
    ) => ModelConfigWriter.WriteTransformers(folder, config, preprocessing, ((ClipTokenizer)tokenizer).StartId, tokenizer.EndId);
}
