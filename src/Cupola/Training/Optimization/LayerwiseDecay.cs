using Cupola.Models.Layers;

namespace Cupola.Training.Optimization;

/// <summary>
/// Which parameters learn, and how fast: layers near the input hold what is general, and may learn more slowly than those near
/// the end (layer-wise learning rate decay, as in BEiT, arXiv 2106.08254), or not at all.
/// </summary>
internal sealed class LayerwiseDecay
{
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly Dictionary<TowerKind, int> _lastLayers;
    private readonly double _decay;
    private readonly IReadOnlyList<string> _frozen;

    /// <summary>Takes what the settings say.</summary>
    /// <param name="parameters">All parameters, as the model declares them.</param>
    /// <param name="decay">What a layer's learning rate is of that of the layer behind it.</param>
    /// <param name="frozen">Paths under which parameters stay as they are: "image", "text.blocks.0".</param>
    /// <exception cref="ArgumentException">Nothing lies under a path, or nothing is left that learns.</exception>
    public LayerwiseDecay(IReadOnlyList<Parameter> parameters, double decay, IReadOnlyList<string> frozen)
    {
        _parameters = parameters.ToDictionary(static parameter => parameter.Name, StringComparer.Ordinal);
        _lastLayers = parameters
            .GroupBy(static parameter => parameter.Tower)
            .ToDictionary(static tower => tower.Key, static tower => tower.Max(static parameter => parameter.Depth));
        _decay = decay;
        _frozen = frozen;
        if (frozen.FirstOrDefault(path => !parameters.Any(parameter => parameter.IsUnder(path))) is { } unknown)
        {
            string[] known =
            [
                .. parameters
                    .Select(static parameter =>
                        string.Join('.', parameter.Name.Split('.').TakeWhile(static part => !char.IsAsciiDigit(part[0])))
                    )
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ];
            throw new ArgumentException(
                $"'frozen' names '{unknown}', and no parameter begins so; there are image, text, {string.Join(", ", known)}, "
                    + "and single blocks such as image.blocks.0."
            );
        }

        if (parameters.All(IsFrozen))
        {
            throw new ArgumentException("'frozen' names everything, so that nothing is left to learn.");
        }
    }

    /// <summary>Whether a parameter stays as it is.</summary>
    public bool IsFrozen(Parameter parameter) => _frozen.Any(parameter.IsUnder);

    /// <summary>The share of the learning rate that a parameter learns with.</summary>
    public float MultiplierFor(string name)
    {
        Parameter parameter = _parameters[name];
        return (float)Math.Pow(_decay, _lastLayers[parameter.Tower] - parameter.Depth);
    }
}
