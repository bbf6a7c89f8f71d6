using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>
/// SigLIP and SigLIP 2 of fixed resolution (arXiv 2303.15343, 2502.14786) as transformers' SiglipModel: config.json with the
/// model type siglip, preprocessor_config.json, and a SentencePiece tokenizer.
/// </summary>
internal sealed class TransformersSiglipFamily : WritableFamily
{
    public override CheckpointLayout Layout => CheckpointLayout.TransformersSiglip;

    public override string ConfigFile => "config.json";

    public override string WeightsFile => "model.safetensors";

    public override ParameterNames Names => SiglipNames.Transformers;

    /// <summary>What images of every SigLIP go through (preprocessor_config.json): squashed, from −1 to 1.</summary>
    public static ImagePreprocessing Squashed(int imageSize) =>
        new(imageSize)
        {
            Mode = ResizeMode.Squash,
            Mean = [0.5f, 0.5f, 0.5f],
            StandardDeviation = [0.5f, 0.5f, 0.5f],
        };

    public override bool IsDescribedIn(string folder) =>
        base.IsDescribedIn(folder) && SiglipConfig.IsOf(ConfigJson.Read(Path.Combine(folder, ConfigFile)));

    public override ClipConfig ReadConfigFile(string folder) => SiglipConfig.Read(Path.Combine(folder, ConfigFile));

    public override TextTokenizer LoadTokenizer(string folder, int contextLength) =>
        SentencePieceTokenizer.Load(folder, contextLength);

    public override bool CanWrite(ClipConfig config) => config.Score == ScoreKind.Sigmoid;

    public override void WriteConfig(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        TextTokenizer tokenizer
    ) => SiglipConfigWriter.Write(folder, config, preprocessing);

    protected override ImagePreprocessing UsualPreprocessing(int imageSize) => Squashed(imageSize);
}

/// <summary>The same models in open_clip's layout, described by open_clip_config.json, with timm's image tower.</summary>
internal sealed class OpenClipSiglipFamily : DescribedFamily
{
    public override string ConfigFile => "open_clip_config.json";

    public override CheckpointLayout Layout => CheckpointLayout.OpenClipSiglip;

    public override bool IsDescribedIn(string folder) =>
        base.IsDescribedIn(folder) && OpenClipSiglipConfig.IsOf(ConfigJson.Read(Path.Combine(folder, ConfigFile)));

    public override ClipConfig ReadConfigFile(string folder) => OpenClipSiglipConfig.Read(Path.Combine(folder, ConfigFile));

    public override (ImagePreprocessing Preprocessing, string? Source) ReadPreprocessing(string folder, int imageSize)
    {
        string path = Path.Combine(folder, ConfigFile);
        return File.Exists(path)
            ? (PreprocessingConfig.ReadOpenClip(path, UsualPreprocessing(imageSize)), path)
            : base.ReadPreprocessing(folder, imageSize);
    }

    public override TextTokenizer LoadTokenizer(string folder, int contextLength) =>
        SentencePieceTokenizer.Load(
            folder,
            contextLength,
            OpenClipSiglipConfig.ReadCleaning(Path.Combine(folder, ConfigFile)),
            ofUnigram: TextCleaning.OpenClipCanonical
        );

    protected override ImagePreprocessing UsualPreprocessing(int imageSize) => TransformersSiglipFamily.Squashed(imageSize);
}
