using System.Text.RegularExpressions;

namespace Cupola.Checkpoints;

/// <summary>The names of Hugging Face transformers' CLIPModel, where each parameter lies alone and as ours.</summary>
internal sealed partial class TransformersNames : ParameterNames
{
    public static readonly TransformersNames Instance = new();

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["logit_scale"] = "logit_scale",
        ["text_projection.weight"] = "text.projection",
        ["visual_projection.weight"] = "image.projection",
        ["text_model.embeddings.token_embedding.weight"] = "text.token_embedding",
        ["text_model.embeddings.position_embedding.weight"] = "text.position_embedding",
        ["text_model.final_layer_norm.weight"] = "text.final_norm.weight",
        ["text_model.final_layer_norm.bias"] = "text.final_norm.bias",
        ["vision_model.embeddings.class_embedding"] = "image.class_embedding",
        ["vision_model.embeddings.patch_embedding.weight"] = "image.patch_embedding",
        ["vision_model.embeddings.position_embedding.weight"] = "image.position_embedding",
        // The misspelling is transformers' own.
        ["vision_model.pre_layrnorm.weight"] = "image.pre_norm.weight",
        ["vision_model.pre_layrnorm.bias"] = "image.pre_norm.bias",
        ["vision_model.post_layernorm.weight"] = "image.post_norm.weight",
        ["vision_model.post_layernorm.bias"] = "image.post_norm.bias",
    };

    /// <summary>What transformers calls the layers of a block, and what we do.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Layers = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["self_attn.q_proj"] = "attention.query",
        ["self_attn.k_proj"] = "attention.key",
        ["self_attn.v_proj"] = "attention.value",
        ["self_attn.out_proj"] = "attention.output",
        ["layer_norm1"] = "attention_norm",
        ["layer_norm2"] = "mlp_norm",
        ["mlp.fc1"] = "mlp.expand",
        ["mlp.fc2"] = "mlp.contract",
    };

    private static readonly Dictionary<string, string> InverseNames = Inverted(Names);
    private static readonly Dictionary<string, string> InverseBlockNames = Inverted(Layers);

    /// <summary>Whether names of a file are transformers'.</summary>
    public static bool AreIn(IEnumerable<string> names) =>
        names.Any(static name =>
            name.StartsWith("text_model.", StringComparison.Ordinal) || name.StartsWith("vision_model.", StringComparison.Ordinal)
        );

    public override IReadOnlyList<Target> TargetsOf(string name)
    {
        if (Names.TryGetValue(name, out string? known))
        {
            return [new(known)];
        }

        if (
            TheirBlock().Match(name) is not { Success: true } match
            || !Layers.TryGetValue(match.Groups["layer"].Value, out string? layer)
        )
        {
            return [];
        }

        string tower = match.Groups["tower"].Value == "text" ? "text" : "image";
        return [new($"{tower}.blocks.{match.Groups["block"].Value}.{layer}.{match.Groups["kind"].Value}")];
    }

    public override (string Name, Target Place) InFile(string ours)
    {
        if (InverseNames.TryGetValue(ours, out string? name))
        {
            return (name, new(ours));
        }

        if (
            OurBlock().Match(ours) is not { Success: true } match
            || !InverseBlockNames.TryGetValue(match.Groups["layer"].Value, out string? layer)
        )
        {
            throw new ArgumentException($"transformers' layout has no place for the parameter {ours}.", nameof(ours));
        }

        string tower = match.Groups["tower"].Value == "text" ? "text" : "vision";
        string block = match.Groups["block"].Value,
            kind = match.Groups["kind"].Value;
        return ($"{tower}_model.encoder.layers.{block}.{layer}.{kind}", new(ours));
    }

    [GeneratedRegex(
        @"^(?<tower>text|vision)_model\.encoder\.layers\.(?<block>\d+)\.(?<layer>.+)\.(?<kind>weight|bias)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex TheirBlock();
}
