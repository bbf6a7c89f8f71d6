using System.Text.RegularExpressions;

namespace Cupola.Checkpoints;

/// <summary>
/// The table of <see cref="ParameterNames"/> the other way round: what a file of a layout holds for our parameters.
/// </summary>
internal static partial class StoredNames
{
    /// <summary>No name takes a regular expression this long.</summary>
    private const int MatchTimeoutMilliseconds = 1000;

    private static readonly Dictionary<string, string> StoredInTransformers = Inverted(ParameterNames.TransformersNames);
    private static readonly Dictionary<string, string> StoredInTransformersBlocks = Inverted(
        ParameterNames.TransformersBlockNames
    );
    private static readonly Dictionary<string, string> StoredInOpenClip = Inverted(ParameterNames.OpenAiNames);
    private static readonly Dictionary<string, string> StoredInOpenClipBlocks = Inverted(ParameterNames.OpenAiBlockNames);
    private static readonly Dictionary<string, string> StoredInBatchNorms = Inverted(ParameterNames.BatchNormNames);

    /// <summary>The name of a parameter in a file of transformers' layout, where each lies alone and as ours.</summary>
    /// <exception cref="ArgumentException">The layout has no place for it.</exception>
    public static string InTransformers(string ours)
    {
        if (StoredInTransformers.TryGetValue(ours, out string? name))
        {
            return name;
        }

        return
            OurBlock().Match(ours) is { Success: true } match
            && StoredInTransformersBlocks.TryGetValue(match.Groups["layer"].Value, out string? layer)
            ? $"{(match.Groups["tower"].Value == "text" ? "text" : "vision")}_model.encoder.layers."
                + $"{match.Groups["block"].Value}.{layer}.{match.Groups["kind"].Value}"
            : throw new ArgumentException($"transformers' layout has no place for the parameter {ours}.", nameof(ours));
    }

    /// <summary>The name of the tensor of open_clip's layout that a parameter lies in, and how.</summary>
    /// <exception cref="ArgumentException">The layout has no place for it.</exception>
    public static (string Name, ParameterNames.Target Place) InOpenClip(string ours)
    {
        if (ours is "text.projection" or "image.projection")
        {
            return (ours == "text.projection" ? "text_projection" : "visual.proj", new(ours, IsTransposed: true));
        }

        if (StoredInOpenClip.TryGetValue(ours, out string? name))
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
        int third = Array.FindIndex(ParameterNames.FusedParts, part => layer == $"attention.{part}");
        return third >= 0
            ? ($"{block}.attn.in_proj_{kind}", new(ours, third))
            : ($"{block}.{StoredInOpenClipBlocks[layer]}.{kind}", new(ours));
    }

    private static string UnitInOpenClip(Match unit)
    {
        string value = unit.Groups["value"].Value,
            index = unit.Groups["index"].Value;
        string stored = value.Length == 0 ? "weight" : StoredInBatchNorms[value];
        string block = unit.Groups["stage"].Success
            ? $"visual.layer{unit.Groups["stage"].Value}.{unit.Groups["block"].Value}"
            : "visual";
        // In a shortcut the pool, which learns nothing, stands before the convolution and the norm.
        return index == "shortcut"
            ? $"{block}.downsample.{(value.Length == 0 ? "0" : "1")}.{stored}"
            : $"{block}.{(value.Length == 0 ? "conv" : "bn")}{index}.{stored}";
    }

    private static Dictionary<string, string> Inverted(Dictionary<string, string> names) =>
        names.ToDictionary(static entry => entry.Value, static entry => entry.Key, StringComparer.Ordinal);

    [GeneratedRegex(
        @"^(?<tower>text|image)\.blocks\.(?<block>\d+)\.(?<layer>.+)\.(?<kind>weight|bias)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex OurBlock();

    [GeneratedRegex(
        @"^image\.(stem|stages\.(?<stage>[1-4])\.(?<block>\d+))\.(?<index>\d|shortcut)\.(convolution|batch_norm\.(?<value>\w+))$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex OurUnit();
}
