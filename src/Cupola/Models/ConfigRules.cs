using static System.FormattableString;

namespace Cupola.Models;

/// <summary>What sizes a network can have: those that fit together, and none beyond any that was ever trained.</summary>
internal static class ConfigRules
{
    private const int MostWidth = 1 << 16;
    private const int MostLayers = 1 << 10;
    private const int MostPixels = 1 << 14;
    private const int MostTokens = 1 << 20;

    /// <summary>The longest contexts of text towers; a mask of this size squared still fits in memory.</summary>
    private const int MostContext = 1 << 13;

    private const int MostEntries = 1 << 24;

    /// <summary>Start, end and one token between them.</summary>
    private const int LeastContext = 3;

    /// <summary>A residual network halves its image five times.</summary>
    private const int ResNetStride = 32;

    /// <summary>The member that is wrong, as <c>image.heads</c>, and why; nothing where the network can be.</summary>
    public static (string Member, string Why)? ProblemOf(ClipConfig config)
    {
        IEnumerable<(string Member, string? Why)> rules =
        [
            ("embedding", Range(config.EmbeddingDimension, 1, MostWidth)),
            ("embedding", Unprojected(config)),
            ("text.vocabulary", Range(config.Text.VocabularySize, 1, MostEntries)),
            ("text.context", Range(config.Text.ContextLength, LeastContext, MostContext)),
            .. Tower("text", config.Text.Transformer),
            ("image.size", Range(config.Image.ImageSize, 1, MostPixels)),
            .. config.Image switch
            {
                VisionTransformerConfig transformer => Vision(transformer),
                ResNetConfig network => Residual(network),
                _ => [("image", "is of an unknown kind")],
            },
        ];
        (string member, string? why) = rules.FirstOrDefault(static rule => rule.Why is not null);
        return why is null ? null : (member, why);
    }

    /// <summary>Where nothing projects a tower's answer, the answer is as wide as the tower.</summary>
    private static string? Unprojected(ClipConfig config) =>
        config.Image is VisionTransformerConfig { Pooling: ImagePooling.AttentionHead } vision
        && vision.Transformer.Width != config.EmbeddingDimension
            ? Invariant($"is {config.EmbeddingDimension}, and the image tower gives {vision.Transformer.Width} numbers")
        : config.Text.Projection == TextProjection.None && config.Text.Transformer.Width != config.EmbeddingDimension
            ? Invariant($"is {config.EmbeddingDimension}, and the text tower gives {config.Text.Transformer.Width} numbers")
        : null;

    private static IEnumerable<(string Member, string? Why)> Tower(string name, TransformerConfig tower)
    {
        yield return ($"{name}.width", Range(tower.Width, 1, MostWidth));
        yield return ($"{name}.layers", Range(tower.Layers, 1, MostLayers));
        yield return ($"{name}.mlp", Range(tower.MlpWidth, 1, MostWidth * 16));
        yield return ($"{name}.heads", Heads(tower.Heads, tower.Width, "width"));
    }

    private static IEnumerable<(string Member, string? Why)> Vision(VisionTransformerConfig vision)
    {
        int size = vision.ImageSize,
            patch = vision.PatchSize;
        yield return (
            "image.patch",
            Range(patch, 1, MostPixels)
                ?? (patch > size ? Invariant($"is {patch}, which is more than the image's {size} pixels") : null)
                ?? (
                    (long)(size / patch) * (size / patch) >= MostTokens
                        ? Invariant($"is {patch}, which makes {(long)(size / patch) * (size / patch)} patches; make it larger")
                        : null
                )
        );
        foreach ((string Member, string? Why) rule in Tower("image", vision.Transformer))
        {
            yield return rule;
        }
    }

    private static IEnumerable<(string Member, string? Why)> Residual(ResNetConfig network)
    {
        yield return (
            "image.size",
            network.ImageSize % ResNetStride == 0
                ? null
                : Invariant($"is {network.ImageSize}; a residual network takes a multiple of {ResNetStride} pixels")
        );
        yield return (
            "image.stages",
            network.Layers.Count == 4
                ? null
                : Invariant($"has {network.Layers.Count} entries; a residual network has four stages")
        );
        foreach (int blocks in network.Layers)
        {
            yield return ("image.stages", Range(blocks, 1, MostLayers) is { } why ? $"has a stage that {why}" : null);
        }

        yield return (
            "image.width",
            Range(network.Width, 1, MostWidth / ResNetStride)
                ?? (
                    network.Width % 2 == 0
                        ? null
                        : Invariant($"is {network.Width}; the stem has half as many channels, so it is even")
                )
        );
        yield return ("image.heads", Heads(network.Heads, network.Width * ResNetStride, "attention pool's width"));
    }

    private static string? Heads(int heads, int width, string what) =>
        heads < 1 ? Invariant($"is {heads}, less than 1")
        : width % heads != 0 ? Invariant($"is {heads}, which does not divide the {what}, {width}")
        : null;

    private static string? Range(int value, int least, int most) =>
        value >= least && value <= most ? null : Invariant($"is {value}, not between {least} and {most}");
}
