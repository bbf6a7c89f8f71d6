using System.Globalization;
using Cupola.Models;

namespace Cupola.Training.Optimization;

/// <summary>
/// Which parameters learn, and how fast: layers near the input hold what is general, and may learn more slowly than those near
/// the end (layer-wise learning rate decay,
/// as in BEiT, arXiv 2106.08254), or not at all.
/// </summary>
internal sealed class LayerwiseDecay
{
    private readonly ClipConfig _config;
    private readonly double _decay;
    private readonly IReadOnlyList<string> _frozen;

    /// <summary>Takes what the settings say.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="decay">What a layer's learning rate is of that of the layer behind it.</param>
    /// <param name="frozen">Beginnings of the names of parameters that stay as they are: "image", "text.blocks.0".</param>
    /// <param name="names">All parameters.</param>
    /// <exception cref="ArgumentException">A beginning fits none, or nothing is left that learns.</exception>
    public LayerwiseDecay(ClipConfig config, double decay, IReadOnlyList<string> frozen, IReadOnlyCollection<string> names)
    {
        _config = config;
        _decay = decay;
        _frozen = frozen;
        if (frozen.FirstOrDefault(beginning => !names.Any(name => Begins(name, beginning))) is { } unknown)
        {
            string[] known =
            [
                .. names
                    .Select(static name =>
                        string.Join('.', name.Split('.').TakeWhile(static part => !char.IsAsciiDigit(part[0])))
                    )
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ];
            throw new ArgumentException(
                $"'frozen' names '{unknown}', and no parameter begins so; there are image, text, {string.Join(", ", known)}, "
                    + "and single blocks such as image.blocks.0."
            );
        }

        if (names.All(IsFrozen))
        {
            throw new ArgumentException("'frozen' names everything, so that nothing is left to learn.");
        }
    }

    /// <summary>Whether a parameter stays as it is.</summary>
    public bool IsFrozen(string name) => _frozen.Any(beginning => Begins(name, beginning));

    /// <summary>The share of the learning rate that a parameter learns with.</summary>
    public float MultiplierFor(string name)
    {
        string[] parts = name.Split('.');
        if (parts is not [("image" or "text") and var tower, var room, ..])
        {
            return 1;
        }

        // The first layer is what comes before the blocks, and the last what comes behind them.
        int blocks =
            tower == "text" ? _config.Text.Transformer.Layers
            : _config.Image is VisionTransformerConfig vision ? vision.Transformer.Layers
            : 4;
        int layer = room switch
        {
            "blocks" => int.Parse(parts[2], CultureInfo.InvariantCulture) + 1,
            "stages" => int.Parse(parts[2], CultureInfo.InvariantCulture),
            "token_embedding" or "position_embedding" or "class_embedding" or "patch_embedding" or "pre_norm" or "stem" => 0,
            _ => blocks + 1,
        };
        return (float)Math.Pow(_decay, blocks + 1 - layer);
    }

    private static bool Begins(string name, string beginning) =>
        name == beginning
        || (name.StartsWith(beginning, StringComparison.Ordinal) && beginning.Length > 0 && name[beginning.Length] == '.');
}
