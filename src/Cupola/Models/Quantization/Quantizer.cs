using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Models.Layers;
using Cupola.Runtime;
using static System.FormattableString;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models.Quantization;

/// <summary>Makes a model's towers ready to run in int8; keeps what that takes until it is disposed.</summary>
/// <param name="engine">What runs them.</param>
/// <param name="declared">The model's parameters; matrices among them may be quantized.</param>
/// <param name="parameters">Their numbers.</param>
/// <param name="fingerprint">The model's, by which quantized weights are found again.</param>
/// <param name="folder">Where those are kept.</param>
internal sealed class Quantizer(
    Engine engine,
    IReadOnlyList<Parameter> declared,
    ModelParameters parameters,
    Lazy<string> fingerprint,
    QuantizedFolder folder
) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<QuantizedWeights> _weights = [];

    /// <summary>Makes a tower ready.</summary>
    /// <param name="tower">Its name.</param>
    /// <param name="describe">Describes it by some operators.</param>
    /// <param name="sample">
    /// Inputs of one run, made up, which show the channels that are kept in float32; disposed here.
    /// </param>
    /// <exception cref="InvalidDataException">A parameter holds NaN or an infinity.</exception>
    public CompiledGraph Compile(string tower, Func<OperatorSet, Graph> describe, Func<Tensor[]> sample)
    {
        Graph graph = describe(OperatorSet.Quantizable);
        IReadOnlyList<LinearProduct> products = LinearProducts.Find(graph, declared);
        QuantizedWeights weights = folder.Find(fingerprint.Value, tower, products) ?? Make();
        lock (_lock)
        {
            _weights.Add(weights);
        }

        Graph quantized = QuantizedGraph.Create(graph, products, weights.Kept);
        return engine.Compile(
            quantized,
            quantized.Parameters.ToDictionary(
                static parameter => parameter.Name,
                parameter => weights.Tensors.GetValueOrDefault(parameter.Name) ?? parameters[parameter.Name],
                StringComparer.Ordinal
            )
        );

        QuantizedWeights Make()
        {
            Graph exact = describe(OperatorSet.Fused);
            foreach (Value parameter in exact.Parameters)
            {
                RequireFinite(parameter.Name);
            }

            IReadOnlyDictionary<string, int[]> kept = OutlierChannels.Find(
                engine,
                exact,
                LinearProducts.Find(exact, declared),
                parameters,
                sample()
            );
            QuantizedWeights made = WeightQuantizer.Quantize(products, kept, parameters);
            folder.Add(fingerprint.Value, tower, made);
            return made;
        }
    }

    public void Dispose() => _weights.ForEach(static weights => weights.Dispose());

    private void RequireFinite(string name)
    {
        ReadOnlySpan<float> numbers = parameters[name].AsSpan<float>();
        if (TensorPrimitives.IsFiniteAll(numbers))
        {
            return;
        }

        int place = 0;
        while (float.IsFinite(numbers[place]))
        {
            place++;
        }

        throw new InvalidDataException(
            Invariant(
                $"The model cannot run in int8: its parameter {name} holds {numbers[place]} at place {place}, which has no byte."
            )
        );
    }
}
