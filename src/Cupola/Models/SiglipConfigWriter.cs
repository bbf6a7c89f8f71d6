using Cupola.Images;

namespace Cupola.Models;

/// <summary>Writes what describes a SigLIP in transformers' layout: config.json and preprocessor_config.json.</summary>
internal static class SiglipConfigWriter
{
    private static readonly string[] Architectures = ["SiglipModel"];

    /// <summary>Writes both files into an existing folder.</summary>
    public static void Write(string folder, ClipConfig config, ImagePreprocessing preprocessing)
    {
        ModelConfigWriter.Write(folder, "config.json", Describe(config));
        ModelConfigWriter.Write(folder, "preprocessor_config.json", Preprocessor(preprocessing));
    }

    /// <summary>What config.json says; every size is said, also where it is transformers' default.</summary>
    public static Dictionary<string, object> Describe(ClipConfig config)
    {
        var vision = (VisionTransformerConfig)config.Image;
        return new()
        {
            ["architectures"] = Architectures,
            ["model_type"] = SiglipConfig.ModelType,
            ["text_config"] = new Dictionary<string, object>(Tower(config.Text.Transformer))
            {
                ["model_type"] = "siglip_text_model",
                ["vocab_size"] = config.Text.VocabularySize,
                ["max_position_embeddings"] = config.Text.ContextLength,
                ["projection_size"] = config.EmbeddingDimension,
            },
            ["vision_config"] = new Dictionary<string, object>(Tower(vision.Transformer))
            {
                ["model_type"] = "siglip_vision_model",
                ["image_size"] = vision.ImageSize,
                ["patch_size"] = vision.PatchSize,
                ["num_channels"] = 3,
            },
        };
    }

    /// <summary>What preprocessor_config.json says.</summary>
    /// <exception cref="InvalidDataException">Images are not squashed, which transformers' SigLIP always does.</exception>
    public static object Preprocessor(ImagePreprocessing preprocessing) =>
        preprocessing.Mode == ResizeMode.Squash
            ? new
            {
                image_processor_type = "SiglipImageProcessor",
                do_convert_rgb = true,
                do_resize = true,
                size = new { height = preprocessing.Size, width = preprocessing.Size },
                resample = (int)preprocessing.Interpolation,
                do_rescale = true,
                rescale_factor = 1 / 255.0,
                do_normalize = true,
                image_mean = preprocessing.Mean,
                image_std = preprocessing.StandardDeviation,
            }
            : throw new InvalidDataException("transformers' SigLIP squashes images, and this model's preprocessing does not.");

    private static Dictionary<string, object> Tower(TransformerConfig tower) =>
        new()
        {
            ["hidden_size"] = tower.Width,
            ["intermediate_size"] = tower.MlpWidth,
            ["num_hidden_layers"] = tower.Layers,
            ["num_attention_heads"] = tower.Heads,
            ["hidden_act"] = ModelConfigWriter.Name(tower.Activation),
            ["layer_norm_eps"] = (double)(decimal)tower.LayerNormEpsilon,
        };
}
