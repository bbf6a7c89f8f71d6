namespace Cupola.Models;

/// <summary>What each kind of configuration calls the members that <see cref="ConfigRules"/> may find fault with.</summary>
internal static class SizeNames
{
    /// <summary>transformers' (config.json).</summary>
    public static IReadOnlyDictionary<string, string> Transformers { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["embedding"] = "projection_dim",
            ["text.vocabulary"] = "text_config.vocab_size",
            ["text.context"] = "text_config.max_position_embeddings",
            ["text.width"] = "text_config.hidden_size",
            ["text.heads"] = "text_config.num_attention_heads",
            ["text.layers"] = "text_config.num_hidden_layers",
            ["text.mlp"] = "text_config.intermediate_size",
            ["image.size"] = "vision_config.image_size",
            ["image.patch"] = "vision_config.patch_size",
            ["image.width"] = "vision_config.hidden_size",
            ["image.heads"] = "vision_config.num_attention_heads",
            ["image.layers"] = "vision_config.num_hidden_layers",
            ["image.mlp"] = "vision_config.intermediate_size",
        };

    /// <summary>transformers' for a SigLIP, whose text tower says how wide an embedding is.</summary>
    public static IReadOnlyDictionary<string, string> Siglip { get; } =
        new Dictionary<string, string>(Transformers, StringComparer.Ordinal) { ["embedding"] = "text_config.projection_size" };

    /// <summary>open_clip's (open_clip_config.json).</summary>
    public static IReadOnlyDictionary<string, string> OpenClip { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["embedding"] = "embed_dim",
            ["text.vocabulary"] = "text_cfg.vocab_size",
            ["text.context"] = "text_cfg.context_length",
            ["text.width"] = "text_cfg.width",
            ["text.heads"] = "text_cfg.heads",
            ["text.layers"] = "text_cfg.layers",
            ["text.mlp"] = "text_cfg.mlp_ratio × width",
            ["image.size"] = "vision_cfg.image_size",
            ["image.patch"] = "vision_cfg.patch_size",
            ["image.width"] = "vision_cfg.width",
            ["image.heads"] = "vision_cfg.width ÷ head_width",
            ["image.layers"] = "vision_cfg.layers",
            ["image.stages"] = "vision_cfg.layers",
            ["image.mlp"] = "vision_cfg.mlp_ratio × width",
        };
}
