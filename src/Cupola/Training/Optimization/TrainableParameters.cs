using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Models.Layers;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>A model's parameters while it learns: their numbers, which each step changes in place, and their gradients.</summary>
internal sealed class TrainableParameters : IDisposable
{
    public const string LogitScaleName = "logit_scale";

    public const string LogitBiasName = Checkpoint.LogitBiasKey;

    private readonly SortedDictionary<string, Tensor> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tensor> _gradients = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _statistics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Parameter> _declared = new(StringComparer.Ordinal);

    /// <summary>Takes copies of parameters.</summary>
    /// <param name="declared">Which, as the model declares them.</param>
    /// <param name="initial">Their first numbers.</param>
    /// <param name="isFrozen">
    /// Whether a parameter stays as it is; it has no gradient, and a running statistic does not follow the images.
    /// </param>
    public TrainableParameters(
        IEnumerable<Parameter> declared,
        Func<string, ReadOnlySpan<float>> initial,
        Func<Parameter, bool> isFrozen
    )
    {
        foreach (Parameter parameter in declared)
        {
            long[] shape = [.. parameter.Shape];
            _declared.Add(parameter.Name, parameter);
            _values.Add(parameter.Name, Tensor.Of(ElementType.Float32, initial(parameter.Name), shape));
            if (isFrozen(parameter))
            {
                continue;
            }

            if (parameter.IsStatistic)
            {
                _statistics.Add(parameter.Name);
            }
            else
            {
                Tensor gradient = Tensor.Allocate(ElementType.Float32, shape);
                gradient.AsSpan<float>().Clear();
                _gradients.Add(parameter.Name, gradient);
            }
        }
    }

    /// <summary>Copies of all parameters of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isFrozen">Whether a parameter stays as it is.</param>
    public static TrainableParameters CopyFrom(ClipModel model, Func<Parameter, bool> isFrozen) =>
        new(model.Network.Parameters, name => model.Parameters[name].AsSpan<float>(), isFrozen);

    /// <summary>What the model says of a parameter.</summary>
    public Parameter Declared(string name) => _declared[name];

    /// <summary>All parameters by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => _values;

    /// <summary>The logarithm of the factor on cosines.</summary>
    public float LogitScale => _values[LogitScaleName].AsSpan<float>()[0];

    /// <summary>What is added to them; 0 where the loss has no such thing.</summary>
    public float LogitBias => _values.TryGetValue(LogitBiasName, out Tensor? bias) ? bias.AsSpan<float>()[0] : 0;

    /// <summary>The gradients of those that learn, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Gradients => _gradients;

    /// <summary>Running statistics that follow the images of each step.</summary>
    public IReadOnlySet<string> Statistics => _statistics;

    /// <summary>All that steps change, by name: what has a gradient, and what follows the images.</summary>
    public IEnumerable<string> Changing => _gradients.Keys.Concat(_statistics);

    public void Dispose()
    {
        foreach (Tensor tensor in _values.Values.Concat(_gradients.Values))
        {
            tensor.Dispose();
        }
    }
}
