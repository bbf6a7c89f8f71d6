namespace Cupola.Models;

/// <summary>
/// Reads transformers' config.json of a SiglipModel, SigLIP 2 of fixed resolution included. Published files hold only what
/// differs from the defaults (configuration_siglip.py); ids of special tokens in them are left over from CLIP and not looked at.
/// </summary>
internal static class SiglipConfig
{
    /// <summary>What config.json calls the kind of model.</summary>
    public const string ModelType = "siglip";

    private const string NaFlexType = "siglip2";
    private const int Width = 768;

    /// <summary>Whether a config.json is a SigLIP's, of either kind.</summary>
    public static bool IsOf(ConfigJson config) => config.Text("model_type") is ModelType or NaFlexType;

    /// <summary>The architecture that a file describes.</summary>
    /// <exception cref="InvalidDataException">It is another model's, or cannot be used.</exception>
    public static ClipConfig Read(string path)
    {
        ConfigJson config = ConfigJson.Read(path);
        switch (config.Text("model_type"))
        {
            case null or ModelType:
                break;
            case NaFlexType:
                throw config.Wrong(
                    "model_type",
                    "is 'siglip2', a NaFlex model, which takes images of any shape; Cupola runs SigLIP 2 of fixed size, "
                        + "as google/siglip2-base-patch16-224"
                );
            case { } other:
                throw config.Wrong("model_type", $"is '{other}', and the weights beside it are a SigLIP's");
        }

        ConfigJson text = RequiredPart(config, "text_config"),
            vision = RequiredPart(config, "vision_config");
        if (vision.Integer("num_channels", 3) != 3)
        {
            throw vision.Wrong("num_channels", "is not 3, and Cupola takes colour images");
        }

        if (!vision.Flag("vision_use_head", true))
        {
            throw vision.Wrong("vision_use_head", "is off: this image tower gives no embedding");
        }

        TransformerConfig visionTower = Tower(vision),
            textTower = Tower(text);
        int embedding = text.Integer("projection_size", textTower.Width);
        return new ClipConfig(
            new TextConfig(text.Integer("vocab_size", 32000), text.Integer("max_position_embeddings", 64), textTower)
            {
                Reading = TextReading.FixedLength,
                Projection = TextProjection.Layer,
            },
            new VisionTransformerConfig(vision.Integer("image_size", 224), vision.Integer("patch_size", 16), visionTower)
            {
                Pooling = ImagePooling.AttentionHead,
            },
            embedding,
            []
        )
        {
            Score = ScoreKind.Sigmoid,
        }.Checked(path, SizeNames.Siglip);
    }

    private static ConfigJson RequiredPart(ConfigJson config, string key) =>
        config.Object(key)
        ?? throw new InvalidDataException(
            $"{config.Source} is not the configuration of a whole SigLIP: it has no {key}, which says what that tower is."
        );

    private static TransformerConfig Tower(ConfigJson tower) =>
        new(
            tower.Integer("hidden_size", Width),
            tower.Integer("num_attention_heads", 12),
            tower.Integer("num_hidden_layers", 12),
            tower.Integer("intermediate_size", 4 * Width),
            HuggingFaceConfig.ReadActivation(tower, Activation.GeluTanh),
            (float)tower.Number("layer_norm_eps", 1e-6)
        );
}
