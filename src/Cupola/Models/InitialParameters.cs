using Cupola.Graphs;
using Cupola.Models.Layers;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models;

/// <summary>
/// A model's first numbers, drawn as its layers declare: as the reference draws them (OpenAI CLIP, model.py,
/// CLIP.initialize_parameters, and PyTorch's defaults where that says nothing).
/// </summary>
internal static class InitialParameters
{
    /// <summary>
    /// All parameters of an architecture by name; the caller disposes them. They are drawn in the order of their names, so that
    /// the same seed gives the same numbers whatever the order of declaration.
    /// </summary>
    public static IReadOnlyDictionary<string, Tensor> Create(ClipConfig config, int seed)
    {
        Random random = new(seed);
        var parameters = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (Parameter parameter in new ClipNetwork(config).Parameters)
        {
            Tensor tensor = Tensor.Allocate(ElementType.Float32, [.. parameter.Shape]);
            parameter.Initialization.Fill(tensor.AsSpan<float>(), random);
            parameters.Add(parameter.Name, tensor);
        }

        return parameters;
    }
}
