using System.Text.RegularExpressions;

namespace Cupola.Checkpoints;

/// <summary>
/// A family's names for a model's parameters, in both directions. A family's name may stand for several of our parameters (a
/// fused query, key and value), and a matrix may lie there the other way round.
/// </summary>
internal abstract partial class ParameterNames
{
    /// <summary>Our parameter, and how it lies in the file's.</summary>
    /// <param name="Name">Our name.</param>
    /// <param name="Part">Which part of the file's first axis it is, from 0; −1 where it is all of it.</param>
    /// <param name="Parts">How many equal parts there are.</param>
    /// <param name="IsTransposed">Whether the file holds [in, out] where ours is [out, in].</param>
    /// <param name="LeadingOnes">Axes of extent 1 that the file's shape begins with and ours lacks.</param>
    internal readonly record struct Target(
        string Name,
        int Part = -1,
        int Parts = 3,
        bool IsTransposed = false,
        int LeadingOnes = 0
    );

    /// <summary>Names come from files; no name takes a regular expression this long.</summary>
    protected const int MatchTimeoutMilliseconds = 1000;

    /// <summary>The family's names that fit those of a file.</summary>
    public static ParameterNames Find(IReadOnlyCollection<string> names) =>
        SiglipNames.FindAmong(names) is { } siglip ? siglip
        : TransformersNames.AreIn(names) ? TransformersNames.Instance
        : OpenAiNames.Find(names);

    /// <summary>Whether the name is one that files hold and no network needs: buffers and counters.</summary>
    public static bool IsBuffer(string name) =>
        name.EndsWith("position_ids", StringComparison.Ordinal)
        || name.EndsWith("num_batches_tracked", StringComparison.Ordinal)
        || name.EndsWith("attn_mask", StringComparison.Ordinal)
        || name is "input_resolution" or "context_length" or "vocab_size";

    /// <summary>Whether the name is one of a CLIP's parameters in any family.</summary>
    public static bool IsParameter(string name) =>
        new ParameterNames[]
        {
            TransformersNames.Instance,
            OpenAiNames.ViT,
            OpenAiNames.ResNet,
            SiglipNames.Transformers,
            SiglipNames.OpenClip,
        }.Any(names => names.TargetsOf(name).Count > 0);

    /// <summary>Our parameters that lie in the file's parameter; none where the name is not one of the family's.</summary>
    public abstract IReadOnlyList<Target> TargetsOf(string name);

    /// <summary>The name of the tensor that our parameter lies in, and how.</summary>
    /// <exception cref="ArgumentException">The family has no place for it.</exception>
    public abstract (string Name, Target Place) InFile(string ours);

    /// <summary>A table the other way round.</summary>
    protected static Dictionary<string, string> Inverted(IReadOnlyDictionary<string, string> names) =>
        names.ToDictionary(static entry => entry.Value, static entry => entry.Key, StringComparer.Ordinal);

    /// <summary>Our name of a layer's weight or bias in a block of either tower.</summary>
    [GeneratedRegex(
        @"^(?<tower>text|image)\.blocks\.(?<block>\d+)\.(?<layer>.+)\.(?<kind>weight|bias)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    protected static partial Regex OurBlock();
}
