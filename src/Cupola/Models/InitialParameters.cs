using Cupola.Graphs;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models;

/// <summary>
/// A model's first numbers, drawn as the reference draws them (OpenAI CLIP, model.py, CLIP.initialize_parameters, and PyTorch's
/// defaults where that says nothing). The same
/// seed gives the same numbers.
/// </summary>
internal sealed class InitialParameters
{
    /// <summary>The start of the logarithm of the factor on cosines, ln(1 / 0.07) (arXiv 2103.00020, section 2.5).</summary>
    private const float LogitScale = 2.6592600f;

    private readonly Random _random;
    private readonly ClipConfig _config;

    private InitialParameters(ClipConfig config, int seed) => (_config, _random) = (config, new(seed));

    /// <summary>All parameters of an architecture by name; the caller disposes them.</summary>
    public static IReadOnlyDictionary<string, Tensor> Create(ClipConfig config, int seed)
    {
        InitialParameters initial = new(config, seed);
        var parameters = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (
            (string name, long[] shape) in ClipModel
                .ParametersOf(config)
                .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
        )
        {
            Tensor tensor = Tensor.Allocate(ElementType.Float32, shape);
            initial.Fill(name, shape, tensor.AsSpan<float>());
            parameters.Add(name, tensor);
        }

        return parameters;
    }

    private void Fill(string name, long[] shape, Span<float> numbers)
    {
        string last = name[(name.LastIndexOf('.') + 1)..];
        if (name == "logit_scale")
        {
            numbers[0] = LogitScale;
        }
        else if (name.Contains("norm.", StringComparison.Ordinal))
        {
            // The last norm of each residual branch begins at nothing, so that each block begins as its shortcut.
            bool isLastOfBranch =
                name.StartsWith("image.stages.", StringComparison.Ordinal)
                && name.EndsWith(".3.batch_norm.weight", StringComparison.Ordinal);
            numbers.Fill(last is "weight" or "running_variance" && !isLastOfBranch ? 1 : 0);
        }
        else if (last == "bias")
        {
            Bias(name, numbers);
        }
        else if (name.StartsWith("text.", StringComparison.Ordinal))
        {
            Normal(numbers, TextDeviation(name));
        }
        else
        {
            Image(name, shape, numbers);
        }
    }

    /// <summary>Attention's biases are nothing in the blocks; others are drawn as wide as their layer's inputs say.</summary>
    private void Bias(string name, Span<float> numbers)
    {
        if (name.Contains(".attention.", StringComparison.Ordinal))
        {
            numbers.Clear();
            return;
        }

        TransformerConfig? tower = name.StartsWith("text.", StringComparison.Ordinal)
            ? _config.Text.Transformer
            : (_config.Image as VisionTransformerConfig)?.Transformer;
        double inputs =
            name.StartsWith("image.pool.", StringComparison.Ordinal) ? ((ResNetConfig)_config.Image).Width * 32
            : name.EndsWith("mlp.contract.bias", StringComparison.Ordinal) ? tower!.MlpWidth
            : tower!.Width;
        Uniform(numbers, 1 / Math.Sqrt(inputs));
    }

    private double TextDeviation(string name)
    {
        TransformerConfig text = _config.Text.Transformer;
        double one = 1 / Math.Sqrt(text.Width),
            deep = one / Math.Sqrt(2 * text.Layers);
        return name switch
        {
            "text.token_embedding" => 0.02,
            "text.position_embedding" => 0.01,
            "text.projection" => one,
            _ when name.EndsWith("mlp.expand.weight", StringComparison.Ordinal) => 1 / Math.Sqrt(2 * text.Width),
            _ when name.EndsWith("mlp.contract.weight", StringComparison.Ordinal)
                    || name.EndsWith("attention.output.weight", StringComparison.Ordinal) => deep,
            _ => one,
        };
    }

    private void Image(string name, long[] shape, Span<float> numbers)
    {
        double inputs = shape.Skip(1).Aggregate(1L, static (product, extent) => product * extent);
        if (
            _config.Image is VisionTransformerConfig { Transformer.Width: int width }
            && name is "image.class_embedding" or "image.position_embedding" or "image.projection"
        )
        {
            Normal(numbers, 1 / Math.Sqrt(width));
        }
        else if (name.StartsWith("image.pool.", StringComparison.Ordinal))
        {
            Normal(numbers, 1 / Math.Sqrt(((ResNetConfig)_config.Image).Width * 32));
        }
        else if (
            name.EndsWith("attention.query.weight", StringComparison.Ordinal)
            || name.EndsWith("attention.key.weight", StringComparison.Ordinal)
            || name.EndsWith("attention.value.weight", StringComparison.Ordinal)
        )
        {
            // Xavier's bound for the fused matrix [3 width, width].
            Uniform(numbers, Math.Sqrt(6 / (4 * inputs)));
        }
        else
        {
            Uniform(numbers, 1 / Math.Sqrt(inputs));
        }
    }

    private void Uniform(Span<float> numbers, double bound)
    {
        for (int index = 0; index < numbers.Length; index++)
        {
            numbers[index] = (float)(((2 * _random.NextDouble()) - 1) * bound);
        }
    }

    /// <summary>Box and Muller's way from two even numbers to one of the bell curve.</summary>
    private void Normal(Span<float> numbers, double deviation)
    {
        for (int index = 0; index < numbers.Length; index++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
            numbers[index] = (float)(deviation * radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
        }
    }
}
