namespace Cupola.Models;

/// <summary>
/// Reads open_clip's open_clip_config.json (model_cfg). Settings that change the network into one that is not CLIP's are refused
/// by name; defaults are open_clip's (model.py: CLIPVisionCfg, CLIPTextCfg), GELU where quick_gelu is not said.
/// </summary>
internal static class OpenClipConfig
{
    /// <summary>What may stand in the vision part, with the value that changes nothing; null where any value is fine.</summary>
    private static readonly Dictionary<string, object?> NeutralVision = new(StringComparer.Ordinal)
    {
        ["layers"] = null,
        ["width"] = null,
        ["head_width"] = null,
        ["mlp_ratio"] = null,
        ["patch_size"] = null,
        ["image_size"] = null,
        ["patch_dropout"] = null,
        ["no_ln_pre"] = false,
        ["attentional_pool"] = false,
        ["pool_type"] = "tok",
        ["final_ln_after_pool"] = false,
        ["output_tokens"] = false,
        ["input_patchnorm"] = false,
        ["global_average_pool"] = false,
        ["attn_pooler_heads"] = null,
        ["attn_pooler_queries"] = null,
        ["n_queries"] = null,
        ["timm_pretrained"] = null,
        ["timm_drop"] = null,
        ["timm_drop_path"] = null,
        ["timm_proj_bias"] = null,
        ["timm_pool"] = null,
        ["timm_proj"] = null,
        ["pos_embed_type"] = "learnable",
    };

    private static readonly Dictionary<string, object?> NeutralText = new(StringComparer.Ordinal)
    {
        ["context_length"] = null,
        ["vocab_size"] = null,
        ["width"] = null,
        ["heads"] = null,
        ["layers"] = null,
        ["mlp_ratio"] = null,
        ["hf_tokenizer_name"] = null,
        ["tokenizer_kwargs"] = null,
        ["embed_cls"] = false,
        ["pad_id"] = null,
        ["no_causal_mask"] = false,
        ["final_ln_after_pool"] = false,
        ["pool_type"] = "argmax",
        ["proj_bias"] = false,
        ["proj_type"] = "linear",
        ["output_tokens"] = false,
        ["hf_model_pretrained"] = null,
        ["hf_proj_type"] = null,
        ["hf_pooler_type"] = null,
    };

    public static ClipConfig Read(string path)
    {
        ConfigJson model = ConfigJson.Read(path).RequiredObject("model_cfg");
        ConfigJson vision = model.RequiredObject("vision_cfg"),
            text = model.RequiredObject("text_cfg");
        RefuseForeignTowers(vision, text);
        RefuseOther(vision, NeutralVision);
        RefuseOther(text, NeutralText);
        Activation activation = model.Flag("quick_gelu", false) ? Activation.QuickGelu : Activation.Gelu;

        int textWidth = text.Integer("width", 512);
        TransformerConfig textTower = new(
            textWidth,
            text.Integer("heads", 8),
            text.Integer("layers", 12),
            (int)(textWidth * text.Number("mlp_ratio", 4)),
            activation
        );
        return new ClipConfig(
            new TextConfig(text.Integer("vocab_size", 49408), text.Integer("context_length", 77), textTower),
            ReadVision(vision, activation),
            model.Integer("embed_dim"),
            []
        ).Checked(path, SizeNames.OpenClip);
    }

    private static ImageConfig ReadVision(ConfigJson vision, Activation activation)
    {
        int width = vision.Integer("width", 768),
            headWidth = vision.Integer("head_width", 64);
        int[]? sides = vision.Integers("image_size");
        if (sides is not null && (sides.Length != 2 || sides[0] != sides[1]))
        {
            throw vision.Wrong("image_size", "is not square, and Cupola takes square images");
        }

        int size = sides?[0] ?? vision.Integer("image_size", 224);
        if (headWidth <= 0)
        {
            throw vision.Wrong("head_width", "is not positive");
        }

        if (vision.Integers("layers") is { } stages)
        {
            return stages.Length == 4
                ? new ResNetConfig(size, stages, width, width * 32 / headWidth)
                : throw vision.Wrong("layers", "lists other than the four stages of CLIP's residual network");
        }

        TransformerConfig tower = new(
            width,
            width / headWidth,
            vision.Integer("layers", 12),
            (int)(width * vision.Number("mlp_ratio", 4)),
            activation
        );
        return new VisionTransformerConfig(size, vision.Integer("patch_size", 16), tower);
    }

    /// <summary>Refuses towers that are networks of other libraries, and says what they are.</summary>
    public static void RefuseForeignTowers(ConfigJson vision, ConfigJson text)
    {
        if (vision.Text("timm_model_name") is { } image && !OpenClipSiglipConfig.IsSiglip(image))
        {
            throw vision.Wrong(
                "timm_model_name",
                $"is '{image}': the image tower is that network of timm's, and Cupola runs CLIP's own vision transformers and "
                    + "residual networks, and SigLIP's (vit_…_siglip_…)"
            );
        }

        if (text.Text("hf_model_name") is { } name)
        {
            throw text.Wrong(
                "hf_model_name",
                $"is '{name}': the text tower is that model of Hugging Face's, and Cupola runs CLIP's own text tower and SigLIP's"
            );
        }
    }

    /// <summary>Refuses settings that change a tower into another network.</summary>
    public static void RefuseOther(ConfigJson tower, Dictionary<string, object?> neutral)
    {
        foreach (string key in tower.Keys.Where(tower.Has))
        {
            bool changesNothing =
                neutral.TryGetValue(key, out object? value)
                && value switch
                {
                    null => true,
                    bool flag => tower.Flag(key, flag) == flag,
                    string text => tower.Text(key) == text,
                    _ => false,
                };
            if (!changesNothing)
            {
                throw tower.Wrong(key, "makes it another network than CLIP's own, which Cupola does not run");
            }
        }
    }
}
