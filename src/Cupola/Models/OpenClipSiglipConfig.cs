using System.Globalization;
using System.Text.RegularExpressions;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>
/// Reads the open_clip_config.json of a SigLIP. Its image tower is one of timm's, whose sizes follow from its name
/// (timm, vision_transformer.py: vit_base_patch16_siglip_224) unless timm_model_kwargs say otherwise.
/// </summary>
internal static partial class OpenClipSiglipConfig
{
    private const float Epsilon = 1e-6f;

    /// <summary>Width, heads, layers and MLP of timm's sizes.</summary>
    private static readonly Dictionary<string, (int Width, int Heads, int Layers, double MlpRatio)> Sizes = new(
        StringComparer.Ordinal
    )
    {
        ["base"] = (768, 12, 12, 4),
        ["large"] = (1024, 16, 24, 4),
        ["so400m"] = (1152, 16, 27, 3.7362),
        ["giantopt"] = (1536, 16, 40, 4),
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
        ["norm_kwargs"] = null,
        ["act_kwargs"] = null,
        ["proj_bias"] = null,
        ["proj_type"] = null,
        ["pad_id"] = null,
        ["embed_cls"] = false,
        ["output_tokens"] = false,
        ["final_ln_after_pool"] = false,
        ["pool_type"] = "last",
        ["no_causal_mask"] = true,
    };

    /// <summary>Whether a configuration's image tower is one of SigLIP's.</summary>
    public static bool IsOf(ConfigJson config) =>
        config.Object("model_cfg")?.Object("vision_cfg")?.Text("timm_model_name") is { } name && IsSiglip(name);

    /// <summary>Whether timm's name is that of a SigLIP's image tower, of fixed size or not.</summary>
    public static bool IsSiglip(string timmName) => timmName.Contains("siglip", StringComparison.Ordinal);

    /// <summary>The architecture that a file describes.</summary>
    /// <exception cref="InvalidDataException">It is another model's, or cannot be used.</exception>
    public static ClipConfig Read(string path)
    {
        ConfigJson model = ConfigJson.Read(path).RequiredObject("model_cfg");
        ConfigJson vision = model.RequiredObject("vision_cfg"),
            text = model.RequiredObject("text_cfg");
        OpenClipConfig.RefuseForeignTowers(vision, text);
        OpenClipConfig.RefuseOther(text, NeutralText);
        if (!text.Flag("no_causal_mask", false) || text.Text("pool_type") != "last")
        {
            throw text.Wrong("pool_type", "is not 'last' with 'no_causal_mask', as SigLIP's text tower has it");
        }

        int width = text.Integer("width", 512);
        TransformerConfig tower = new(
            width,
            text.Integer("heads", 8),
            text.Integer("layers", 12),
            (int)(width * text.Number("mlp_ratio", 4)),
            text.Object("act_kwargs")?.Text("approximate") switch
            {
                null or "none" => Activation.Gelu,
                "tanh" => Activation.GeluTanh,
                { } other => throw text.Wrong("act_kwargs", $"says '{other}'; there are tanh and none"),
            },
            (float)(text.Object("norm_kwargs")?.Number("eps", 1e-5) ?? 1e-5)
        );
        return new ClipConfig(
            new TextConfig(text.Integer("vocab_size", 49408), text.Integer("context_length", 77), tower)
            {
                Reading = TextReading.FixedLength,
                Projection =
                    text.Text("proj_type") == "none" ? TextProjection.None
                    : text.Flag("proj_bias", false) ? TextProjection.Layer
                    : throw text.Wrong("proj_bias", "is off, and SigLIP's projection has one"),
            },
            ReadVision(vision),
            model.Integer("embed_dim"),
            []
        )
        {
            Score = ScoreKind.Sigmoid,
        }.Checked(path, SizeNames.OpenClip);
    }

    /// <summary>What is done to texts: open_clip's canonicalisation where the file says so, as all published ones do.</summary>
    public static TextCleaning? ReadCleaning(string path) =>
        ConfigJson.Read(path).Object("model_cfg")?.Object("text_cfg")?.Object("tokenizer_kwargs") is { } tokenizer
            ? tokenizer.Text("clean") switch
            {
                null => null,
                "canonicalize" => TextCleaning.OpenClipCanonical,
                "lower" => TextCleaning.Lower,
                { } other => throw tokenizer.Wrong("clean", $"is '{other}'; Cupola knows canonicalize and lower"),
            }
            : null;

    private static VisionTransformerConfig ReadVision(ConfigJson vision)
    {
        string name = vision.Text("timm_model_name") ?? "";
        if (TimmName().Match(name) is not { Success: true } match || !Sizes.TryGetValue(match.Groups["size"].Value, out var size))
        {
            throw vision.Wrong(
                "timm_model_name",
                $"is '{name}', and Cupola runs SigLIP's of fixed size: vit_{{{string.Join(", ", Sizes.Keys)}}}_patch…_siglip_…"
            );
        }

        if (vision.Text("timm_pool") is { } pool and not "map")
        {
            throw vision.Wrong("timm_pool", $"is '{pool}', and SigLIP's answer comes from its attention pool (map)");
        }

        ConfigJson? own = vision.Object("timm_model_kwargs");
        int Number(string key, int usual) => own?.Integer(key, usual) ?? usual;
        int patch = Number("patch_size", Integer(match, "patch"));
        int image = Number("img_size", vision.Integer("image_size", Integer(match, "image")));
        int width = Number("embed_dim", size.Width);
        return new(
            image,
            patch,
            new(
                width,
                Number("num_heads", size.Heads),
                Number("depth", size.Layers),
                (int)(width * (own?.Number("mlp_ratio", size.MlpRatio) ?? size.MlpRatio)),
                own?.Text("act_layer") switch
                {
                    null => UsualActivation(match),
                    "gelu" => Activation.Gelu,
                    "gelu_tanh" => Activation.GeluTanh,
                    { } other => throw own.Wrong("act_layer", $"is '{other}'; there are gelu and gelu_tanh"),
                },
                Epsilon
            )
        )
        {
            Pooling = ImagePooling.AttentionHead,
        };
    }

    /// <summary>
    /// All were trained with the tanh approximation, and timm has the exact GELU for the first of them: base with patches of 16,
    /// large up to 384 pixels, and so400m with patches of 14.
    /// </summary>
    private static Activation UsualActivation(Match name) =>
        (name.Groups["size"].Value, Integer(name, "patch"), Integer(name, "image")) switch
        {
            ("base", 16, _) or ("large", 16, <= 384) or ("so400m", 14, _) => Activation.Gelu,
            _ => Activation.GeluTanh,
        };

    private static int Integer(Match match, string group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^vit_(?<size>[a-z0-9]+)_patch(?<patch>\d{1,3})_siglip_(?<image>\d{1,4})(\..*)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex TimmName();
}
