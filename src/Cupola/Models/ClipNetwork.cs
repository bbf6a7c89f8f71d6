using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// A CLIP as a declaration: two towers, the factor on cosines, and all parameters that they declared. It has no numbers and no
/// graph; inference, training and export run it in their own ways.
/// </summary>
internal sealed class ClipNetwork
{
    /// <summary>The start of the logarithm of the factor on cosines, ln(1 / 0.07) (arXiv 2103.00020, section 2.5).</summary>
    private const float InitialLogitScale = 2.6592600f;

    /// <summary>The start of what a sigmoid loss adds to the logits (arXiv 2303.15343, section 3.2).</summary>
    public const float InitialLogitBias = -10;

    /// <summary>Declares the network of a configuration.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="hasLogitBias">Whether something learned is added to the logits.</param>
    public ClipNetwork(ClipConfig config, bool hasLogitBias = false)
    {
        ParameterScope scope = new();
        LogitScale = scope.Parameter("logit_scale", [], Initialization.Constant(InitialLogitScale), ParameterKind.Scale);
        LogitBias =
            hasLogitBias || config.Score == ScoreKind.Sigmoid
                ? scope.Parameter("logit_bias", [], Initialization.Constant(InitialLogitBias), ParameterKind.Bias)
                : null;
        Text = new(scope.In(TowerKind.Text, "text"), config.Text, config.EmbeddingDimension);
        Image = ImageTower.Create(scope.In(TowerKind.Image, "image"), config.Image, config.EmbeddingDimension);
        Parameters = [.. scope.Declared.OrderBy(static parameter => parameter.Name, StringComparer.Ordinal)];
        Shapes = Parameters.ToDictionary(
            static parameter => parameter.Name,
            static parameter => parameter.Shape.ToArray(),
            StringComparer.Ordinal
        );
    }

    public TextTransformer Text { get; }

    public ImageTower Image { get; }

    /// <summary>The logarithm of the factor on cosines.</summary>
    public Parameter LogitScale { get; }

    /// <summary>What is added to the logits, where the network has such a thing.</summary>
    public Parameter? LogitBias { get; }

    /// <summary>All parameters, by the order of their names.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Their shapes by name.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; }
}
