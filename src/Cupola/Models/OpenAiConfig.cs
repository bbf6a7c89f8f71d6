using System.Globalization;
using Cupola.Checkpoints;

namespace Cupola.Models;

/// <summary>
/// Infers the architecture of a bare archive from the shapes of its parameters, as the reference does (OpenAI CLIP, model.py,
/// build_model). Shapes do not tell the activation; OpenAI trained with QuickGELU, so that is assumed and said.
/// </summary>
internal static class OpenAiConfig
{
    /// <summary>Every CLIP of OpenAI's has heads of 64 numbers.</summary>
    private const int HeadWidth = 64;

    public static ClipConfig Infer(Checkpoint checkpoint)
    {
        string source = checkpoint.File.FilePath;
        IReadOnlyDictionary<string, StoredTensor> parameters = checkpoint.Parameters;
        int Extent(string name, int axis) =>
            parameters.TryGetValue(name, out StoredTensor? tensor)
            && tensor.Shape.Count > axis
            && tensor.Shape[axis] is > 0 and <= int.MaxValue
                ? (int)tensor.Shape[axis]
                : throw new InvalidDataException(
                    $"{source} has no configuration beside it, and its tensors do not tell one: "
                        + $"'{checkpoint.NameInFile(name)}' is missing or has no such shape."
                );
        int Count(string prefix, string suffix) =>
            Enumerable.Range(0, parameters.Count).TakeWhile(index => parameters.ContainsKey(Name(prefix, index, suffix))).Count();

        int textWidth = Extent("text.final_norm.weight", 0);
        TransformerConfig text = new(
            textWidth,
            Math.Max(textWidth / HeadWidth, 1),
            Count("text.blocks.", ".attention.query.weight"),
            Extent("text.blocks.0.mlp.expand.weight", 0),
            Activation.QuickGelu
        );
        ImageConfig image;
        if (parameters.ContainsKey("image.stem.1.convolution"))
        {
            int width = Extent("image.stages.1.0.1.convolution", 0);
            int grid = (int)Math.Round(Math.Sqrt(Extent("image.pool.position_embedding", 0) - 1));
            image = new ResNetConfig(
                grid * 32,
                [.. Enumerable.Range(1, 4).Select(stage => Count(Name("image.stages.", stage, "."), ".1.convolution"))],
                width,
                Math.Max(width * 32 / HeadWidth, 1)
            );
        }
        else
        {
            int width = Extent("image.patch_embedding", 0),
                patch = Extent("image.patch_embedding", 3);
            int grid = (int)Math.Round(Math.Sqrt(Extent("image.position_embedding", 0) - 1));
            image = new VisionTransformerConfig(
                grid * patch,
                patch,
                new(
                    width,
                    Math.Max(width / HeadWidth, 1),
                    Count("image.blocks.", ".attention.query.weight"),
                    Extent("image.blocks.0.mlp.expand.weight", 0),
                    Activation.QuickGelu
                )
            );
        }

        return new ClipConfig(
            new TextConfig(Extent("text.token_embedding", 0), Extent("text.position_embedding", 0), text),
            image,
            Extent("text.projection", 0),
            [
                $"{source} does not say its activation; QuickGELU was assumed, with which OpenAI trained "
                    + "(open_clip_config.json beside it would say).",
            ]
        ).Checked(source);
    }

    private static string Name(string prefix, int index, string suffix) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{index}{suffix}");
}
