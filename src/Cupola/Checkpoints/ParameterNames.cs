using System.Text.RegularExpressions;

namespace Cupola.Checkpoints;

/// <summary>
/// The one table from the names of the three layouts to ours. A layout's name may stand for several of our parameters
/// (a fused query, key and value), and a matrix may lie there the other way round.
/// </summary>
internal static partial class ParameterNames
{
    /// <summary>Our parameter, and how it lies in the file's.</summary>
    /// <param name="Name">Our name.</param>
    /// <param name="Third">0, 1 or 2 where it is that third of the file's first axis; −1 where it is all of it.</param>
    /// <param name="IsTransposed">Whether the file holds [in, out] where ours is [out, in].</param>
    internal readonly record struct Target(string Name, int Third = -1, bool IsTransposed = false);

    /// <summary>Names come from files; no name takes a regular expression this long.</summary>
    private const int MatchTimeoutMilliseconds = 1000;

    internal static readonly string[] FusedParts = ["query", "key", "value"];

    internal static readonly Dictionary<string, string> TransformersNames = new(StringComparer.Ordinal)
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

    internal static readonly Dictionary<string, string> TransformersBlockNames = new(StringComparer.Ordinal)
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

    internal static readonly Dictionary<string, string> OpenAiNames = new(StringComparer.Ordinal)
    {
        ["logit_scale"] = "logit_scale",
        ["token_embedding.weight"] = "text.token_embedding",
        ["positional_embedding"] = "text.position_embedding",
        ["ln_final.weight"] = "text.final_norm.weight",
        ["ln_final.bias"] = "text.final_norm.bias",
        ["visual.class_embedding"] = "image.class_embedding",
        ["visual.conv1.weight"] = "image.patch_embedding",
        ["visual.positional_embedding"] = "image.position_embedding",
        ["visual.ln_pre.weight"] = "image.pre_norm.weight",
        ["visual.ln_pre.bias"] = "image.pre_norm.bias",
        ["visual.ln_post.weight"] = "image.post_norm.weight",
        ["visual.ln_post.bias"] = "image.post_norm.bias",
        ["visual.attnpool.positional_embedding"] = "image.pool.position_embedding",
        ["visual.attnpool.q_proj.weight"] = "image.pool.query.weight",
        ["visual.attnpool.q_proj.bias"] = "image.pool.query.bias",
        ["visual.attnpool.k_proj.weight"] = "image.pool.key.weight",
        ["visual.attnpool.k_proj.bias"] = "image.pool.key.bias",
        ["visual.attnpool.v_proj.weight"] = "image.pool.value.weight",
        ["visual.attnpool.v_proj.bias"] = "image.pool.value.bias",
        ["visual.attnpool.c_proj.weight"] = "image.pool.output.weight",
        ["visual.attnpool.c_proj.bias"] = "image.pool.output.bias",
    };

    internal static readonly Dictionary<string, string> OpenAiBlockNames = new(StringComparer.Ordinal)
    {
        ["attn.out_proj"] = "attention.output",
        ["ln_1"] = "attention_norm",
        ["ln_2"] = "mlp_norm",
        ["mlp.c_fc"] = "mlp.expand",
        ["mlp.c_proj"] = "mlp.contract",
    };

    internal static readonly Dictionary<string, string> BatchNormNames = new(StringComparer.Ordinal)
    {
        ["weight"] = "weight",
        ["bias"] = "bias",
        ["running_mean"] = "running_mean",
        ["running_var"] = "running_variance",
    };

    /// <summary>Whether the names are transformers'.</summary>
    public static bool AreOfTransformers(IEnumerable<string> names) =>
        names.Any(static name =>
            name.StartsWith("text_model.", StringComparison.Ordinal) || name.StartsWith("vision_model.", StringComparison.Ordinal)
        );

    /// <summary>Whether the name is one that files hold and no network needs: buffers and counters.</summary>
    public static bool IsBuffer(string name) =>
        name.EndsWith("position_ids", StringComparison.Ordinal)
        || name.EndsWith("num_batches_tracked", StringComparison.Ordinal)
        || name.EndsWith("attn_mask", StringComparison.Ordinal)
        || name is "input_resolution" or "context_length" or "vocab_size";

    /// <summary>Whether the name is one of a CLIP's parameters in either layout.</summary>
    public static bool IsParameter(string name) =>
        OfTransformers(name).Length > 0 || OfOpenAi(name, resNet: false).Length > 0 || OfResNet(name) is not null;

    /// <summary>Our parameters that lie in the file's parameter; none where the name is not one of a CLIP.</summary>
    public static IReadOnlyList<Target> TargetsOf(string name, bool transformers, bool resNet) =>
        transformers ? OfTransformers(name) : OfOpenAi(name, resNet);

    private static Target[] OfTransformers(string name)
    {
        if (TransformersNames.TryGetValue(name, out string? known))
        {
            return [new(known)];
        }

        return
            TransformersBlock().Match(name) is { Success: true } match
            && TransformersBlockNames.TryGetValue(match.Groups["layer"].Value, out string? layer)
            ?
            [
                new(
                    $"{(match.Groups["tower"].Value == "text" ? "text" : "image")}.blocks.{match.Groups["block"].Value}.{layer}."
                        + $"{match.Groups["kind"].Value}"
                ),
            ]
            : [];
    }

    private static Target[] OfOpenAi(string name, bool resNet)
    {
        // open_clip's newer text towers stand under a name of their own.
        name = name.StartsWith("text.", StringComparison.Ordinal) ? name["text.".Length..] : name;
        if (name is "text_projection" or "visual.proj")
        {
            return [new(name == "visual.proj" ? "image.projection" : "text.projection", IsTransposed: true)];
        }

        if (resNet && OfResNet(name) is { } unit)
        {
            return [new(unit)];
        }

        if (OpenAiNames.TryGetValue(name, out string? known))
        {
            return [new(known)];
        }

        if (OpenAiBlock().Match(name) is not { Success: true } match)
        {
            return [];
        }

        string block = $"{(match.Groups["tower"].Length == 0 ? "text" : "image")}.blocks.{match.Groups["block"].Value}";
        string layer = match.Groups["layer"].Value;
        if (layer is "attn.in_proj_weight" or "attn.in_proj_bias")
        {
            string kind = layer["attn.in_proj_".Length..];
            return [.. FusedParts.Select((part, third) => new Target($"{block}.attention.{part}.{kind}", third))];
        }

        int dot = layer.LastIndexOf('.');
        return dot > 0 && OpenAiBlockNames.TryGetValue(layer[..dot], out string? ours)
            ? [new($"{block}.{ours}.{layer[(dot + 1)..]}")]
            : [];
    }

    private static string? OfResNet(string name)
    {
        if (ResNetUnit().Match(name) is not { Success: true } match)
        {
            return null;
        }

        string kind = match.Groups["kind"].Value,
            index = match.Groups["index"].Value;
        string unit = match.Groups["stage"].Success
            ? $"image.stages.{match.Groups["stage"].Value}.{match.Groups["block"].Value}."
                + $"{(kind == "downsample" ? "shortcut" : index)}"
            : $"image.stem.{index}";
        string value = match.Groups["value"].Value;
        return kind == "conv" || (kind == "downsample" && index == "0")
            ? value == "weight"
                ? $"{unit}.convolution"
                : null
            : BatchNormNames.TryGetValue(value, out string? ours)
                ? $"{unit}.batch_norm.{ours}"
                : null;
    }

    [GeneratedRegex(
        @"^(?<tower>text|vision)_model\.encoder\.layers\.(?<block>\d+)\.(?<layer>.+)\.(?<kind>weight|bias)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex TransformersBlock();

    [GeneratedRegex(
        @"^(?<tower>visual\.)?transformer\.resblocks\.(?<block>\d+)\.(?<layer>.+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex OpenAiBlock();

    [GeneratedRegex(
        @"^visual\.(layer(?<stage>[1-4])\.(?<block>\d+)\.)?(?<kind>conv|bn|downsample)\.?(?<index>\d)\.(?<value>\w+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex ResNetUnit();
}
