using System.Text.RegularExpressions;

namespace Cupola.Checkpoints;

/// <summary>
/// The names of OpenAI's own archives, which are open_clip's too: query, key and value lie in one tensor, projections the other
/// way round.
/// </summary>
internal sealed partial class OpenAiNames : ParameterNames
{
    /// <summary>Those of a model whose image tower is a vision transformer.</summary>
    public static readonly OpenAiNames ViT = new(isNetwork: false);

    /// <summary>Those of one whose image tower is a residual network, where visual.conv1.weight is another parameter.</summary>
    public static readonly OpenAiNames ResNet = new(isNetwork: true);

    /// <summary>A residual network has it, and nothing else.</summary>
    private const string OfNetworks = "visual.layer1.0.conv1.weight";

    private static readonly string[] FusedParts = ["query", "key", "value"];

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
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

    private static readonly Dictionary<string, string> BlockNames = new(StringComparer.Ordinal)
    {
        ["attn.out_proj"] = "attention.output",
        ["ln_1"] = "attention_norm",
        ["ln_2"] = "mlp_norm",
        ["mlp.c_fc"] = "mlp.expand",
        ["mlp.c_proj"] = "mlp.contract",
    };

    private static readonly Dictionary<string, string> BatchNormNames = new(StringComparer.Ordinal)
    {
        ["weight"] = "weight",
        ["bias"] = "bias",
        ["running_mean"] = "running_mean",
        ["running_var"] = "running_variance",
    };

    private static readonly Dictionary<string, string> InverseNames = Inverted(Names);
    private static readonly Dictionary<string, string> InverseBlockNames = Inverted(BlockNames);
    private static readonly Dictionary<string, string> InverseBatchNormNames = Inverted(BatchNormNames);

    private readonly bool _isNetwork;

    private OpenAiNames(bool isNetwork) => _isNetwork = isNetwork;

    /// <summary>Those that fit names of a file.</summary>
    public static OpenAiNames Find(IEnumerable<string> names) => names.Contains(OfNetworks) ? ResNet : ViT;

    public override IReadOnlyList<Target> TargetsOf(string name)
    {
        // open_clip's newer text towers stand under a name of their own.
        name = name.StartsWith("text.", StringComparison.Ordinal) ? name["text.".Length..] : name;
        if (name is "text_projection" or "visual.proj")
        {
            return [new(name == "visual.proj" ? "image.projection" : "text.projection", IsTransposed: true)];
        }

        if (_isNetwork && InResNet(name) is { } unit)
        {
            return [new(unit)];
        }

        if (Names.TryGetValue(name, out string? known))
        {
            return [new(known)];
        }

        if (TheirBlock().Match(name) is not { Success: true } match)
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
        return dot > 0 && BlockNames.TryGetValue(layer[..dot], out string? ours)
            ? [new($"{block}.{ours}.{layer[(dot + 1)..]}")]
            : [];
    }

    public override (string Name, Target Place) InFile(string ours)
    {
        if (ours is "text.projection" or "image.projection")
        {
            return (ours == "text.projection" ? "text_projection" : "visual.proj", new(ours, IsTransposed: true));
        }

        if (InverseNames.TryGetValue(ours, out string? name))
        {
            return (name, new(ours));
        }

        if (OurUnit().Match(ours) is { Success: true } unit)
        {
            return (UnitInOpenClip(unit), new(ours));
        }

        if (OurBlock().Match(ours) is not { Success: true } match)
        {
            throw new ArgumentException($"open_clip's layout has no place for the parameter {ours}.", nameof(ours));
        }

        string block =
            $"{(match.Groups["tower"].Value == "text" ? "" : "visual.")}transformer.resblocks.{match.Groups["block"].Value}";
        string layer = match.Groups["layer"].Value,
            kind = match.Groups["kind"].Value;
        int third = Array.FindIndex(FusedParts, part => layer == $"attention.{part}");
        return third >= 0
            ? ($"{block}.attn.in_proj_{kind}", new(ours, third))
            : ($"{block}.{InverseBlockNames[layer]}.{kind}", new(ours));
    }

    private static string UnitInOpenClip(Match unit)
    {
        string value = unit.Groups["value"].Value,
            index = unit.Groups["index"].Value;
        string stored = value.Length == 0 ? "weight" : InverseBatchNormNames[value];
        string block = unit.Groups["stage"].Success
            ? $"visual.layer{unit.Groups["stage"].Value}.{unit.Groups["block"].Value}"
            : "visual";
        // In a shortcut the pool, which learns nothing, stands before the convolution and the norm.
        return index == "shortcut"
            ? $"{block}.downsample.{(value.Length == 0 ? "0" : "1")}.{stored}"
            : $"{block}.{(value.Length == 0 ? "conv" : "bn")}{index}.{stored}";
    }

    private static string? InResNet(string name)
    {
        if (TheirUnit().Match(name) is not { Success: true } match)
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
        @"^(?<tower>visual\.)?transformer\.resblocks\.(?<block>\d+)\.(?<layer>.+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex TheirBlock();

    [GeneratedRegex(
        @"^visual\.(layer(?<stage>[1-4])\.(?<block>\d+)\.)?(?<kind>conv|bn|downsample)\.?(?<index>\d)\.(?<value>\w+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex TheirUnit();

    [GeneratedRegex(
        @"^image\.(stem|stages\.(?<stage>[1-4])\.(?<block>\d+))\.(?<index>\d|shortcut)\.(convolution|batch_norm\.(?<value>\w+))$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex OurUnit();
}
