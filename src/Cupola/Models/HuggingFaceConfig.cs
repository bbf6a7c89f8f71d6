namespace Cupola.Models;

/// <summary>
/// Reads transformers' config.json of a CLIPModel. Where a key is missing, transformers' own default holds
/// (configuration_clip.py: CLIPTextConfig, CLIPVisionConfig, CLIPConfig). The configured end token is not looked at: many
/// published configurations say 2, which is wrong.
/// </summary>
internal static class HuggingFaceConfig
{
    public static ClipConfig Read(string path)
    {
        ConfigJson config = ConfigJson.Read(path);
        if (config.Text("model_type") is { } type && type != "clip")
        {
            throw config.Wrong(
                "model_type",
                SiglipConfig.IsOf(config)
                    ? $"is '{type}', and the weights beside it are not those of a whole SigLIP"
                    : $"is '{type}', and Cupola runs 'clip' and 'siglip'"
            );
        }

        // Early configurations carried the tower's settings a second time, and transformers lets those win.
        ConfigJson? text = config.Object("text_config_dict") ?? config.Object("text_config");
        ConfigJson? vision = config.Object("vision_config_dict") ?? config.Object("vision_config");
        if (text is null && vision is null)
        {
            throw new InvalidDataException(
                $"{path} is not the configuration of a CLIP: it has neither text_config nor vision_config."
            );
        }

        int Text(string key, int otherwise) => text?.Integer(key, otherwise) ?? otherwise;
        int Vision(string key, int otherwise) => vision?.Integer(key, otherwise) ?? otherwise;
        if (Vision("num_channels", 3) != 3)
        {
            throw vision!.Wrong("num_channels", "is not 3, and Cupola takes colour images");
        }

        TransformerConfig textTower = new(
            Text("hidden_size", 512),
            Text("num_attention_heads", 8),
            Text("num_hidden_layers", 12),
            Text("intermediate_size", 2048),
            ReadActivation(text, Activation.QuickGelu),
            Epsilon(text)
        );
        TransformerConfig visionTower = new(
            Vision("hidden_size", 768),
            Vision("num_attention_heads", 12),
            Vision("num_hidden_layers", 12),
            Vision("intermediate_size", 3072),
            ReadActivation(vision, Activation.QuickGelu),
            Epsilon(vision)
        );
        return new ClipConfig(
            new TextConfig(Text("vocab_size", 49408), Text("max_position_embeddings", 77), textTower),
            new VisionTransformerConfig(Vision("image_size", 224), Vision("patch_size", 32), visionTower),
            config.Integer("projection_dim", 512),
            []
        ).Checked(path, SizeNames.Transformers);
    }

    /// <summary>The activation that a tower's configuration names.</summary>
    /// <param name="tower">The tower's part of the configuration.</param>
    /// <param name="usual">What holds where it names none.</param>
    public static Activation ReadActivation(ConfigJson? tower, Activation usual) =>
        tower?.Text("hidden_act") switch
        {
            null => usual,
            "quick_gelu" => Activation.QuickGelu,
            "gelu" => Activation.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
            { } other => throw tower.Wrong(
                "hidden_act",
                $"is '{other}', which no CLIP uses; Cupola knows quick_gelu, gelu and gelu_pytorch_tanh"
            ),
        };

    private static float Epsilon(ConfigJson? tower) => (float)(tower?.Number("layer_norm_eps", 1e-5) ?? 1e-5);
}
