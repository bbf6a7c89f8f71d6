using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>
/// A convolution without bias and the batch norm behind it (arXiv 1502.03167): for inference, one convolution with the
/// weight w · γ ÷ √(variance + ε) and the bias β − mean · γ ÷ √(variance + ε).
/// </summary>
/// <param name="Name">Below "image.", as in "stages.1.0.2".</param>
/// <param name="From">Channels in.</param>
/// <param name="To">Channels out.</param>
/// <param name="Kernel">Its height and width: 3, padded by 1, or 1.</param>
internal sealed record ConvolutionUnit(string Name, long From, long To, long Kernel)
{
    /// <summary>PyTorch's default, which every CLIP was trained with.</summary>
    private const double Epsilon = 1e-5;

    private string Convolution => $"image.{Name}.convolution";

    private string BatchNorm => $"image.{Name}.batch_norm";

    private string RunningMean => $"{BatchNorm}.running_mean";

    private string RunningVariance => $"{BatchNorm}.running_variance";

    /// <summary>
    /// Whether a parameter is a running statistic of a batch norm, which follows the images and is not learned.
    /// </summary>
    public static bool IsRunningStatistic(string parameter) =>
        parameter.EndsWith(".batch_norm.running_mean", StringComparison.Ordinal)
        || parameter.EndsWith(".batch_norm.running_variance", StringComparison.Ordinal);

    /// <summary>What a checkpoint holds of this unit.</summary>
    public IEnumerable<(string Name, long[] Shape)> Stored() =>
        [
            (Convolution, [To, From, Kernel, Kernel]),
            ($"{BatchNorm}.weight", [To]),
            ($"{BatchNorm}.bias", [To]),
            (RunningMean, [To]),
            (RunningVariance, [To]),
        ];

    /// <summary>The unit as one convolution.</summary>
    public Value Describe(GraphBuilder graph, Value maps, long stride, bool ofBytes) =>
        graph.Convolution(
            maps,
            graph.Parameter(FoldedWeight(ofBytes), To, From, Kernel, Kernel),
            graph.Parameter($"{Convolution}.folded.bias", To),
            stride,
            padding: Kernel / 2
        );

    /// <summary>
    /// The unit as it learns. Where its running statistics follow the images, it goes by the statistics of the run's own images;
    /// where they stay, by them, and is one convolution whose weight follows from
    /// what is learned.
    /// </summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="maps">[n, From, height, width].</param>
    /// <param name="stride">The convolution's.</param>
    /// <param name="follows">Whether a running statistic follows the images.</param>
    /// <returns>Besides the maps, what the running statistics that follow are to follow.</returns>
    public (Value Maps, IReadOnlyList<BatchStatistic> Statistics) DescribeTrainable(
        GraphBuilder graph,
        Value maps,
        long stride,
        Func<string, bool> follows
    )
    {
        Value weight = graph.Parameter(Convolution, To, From, Kernel, Kernel),
            gamma = graph.Parameter($"{BatchNorm}.weight", To),
            beta = graph.Parameter($"{BatchNorm}.bias", To);
        if (follows(RunningMean) && follows(RunningVariance))
        {
            Value convolved = graph.Convolution(maps, weight, bias: null, stride, padding: Kernel / 2);
            (Value normed, Value mean, Value variance) = graph.BatchNorm(convolved, gamma, beta, (float)Epsilon);
            return (normed, [new(RunningMean, mean), new(RunningVariance, variance)]);
        }

        Value scale = graph.Divide(gamma, graph.Sqrt(graph.Add(graph.Parameter(RunningVariance, To), (float)Epsilon)));
        Value folded = graph.Multiply(weight, graph.Reshape(scale, [To, 1, 1, 1]));
        Value bias = graph.Subtract(beta, graph.Multiply(graph.Parameter(RunningMean, To), scale));
        return (graph.Convolution(maps, folded, bias, stride, padding: Kernel / 2), []);
    }

    /// <summary>Works out the folded parameters of all units.</summary>
    public static ModelParameters FoldAll(ResNetConfig config, ImagePreprocessing preprocessing, ModelParameters parameters)
    {
        foreach (ConvolutionUnit unit in ModifiedResNet.Units(config))
        {
            unit.Fold(parameters);
        }

        ModifiedResNet.Units(config).First().ScaleToBytes(preprocessing, parameters);
        return parameters;
    }

    private string FoldedWeight(bool ofBytes) => ofBytes ? $"{Convolution}.folded.of_bytes" : $"{Convolution}.folded.weight";

    private void Fold(ModelParameters parameters)
    {
        parameters.AddOnce(FoldedWeight(ofBytes: false), () =>
        {
            double[] scales = Scales(parameters);
            Tensor folded = Tensor.Allocate(ElementType.Float32, To, From, Kernel, Kernel);
            ReadOnlySpan<float> weight = parameters[Convolution].AsSpan<float>();
            Span<float> weights = folded.AsSpan<float>();
            int filter = (int)(From * Kernel * Kernel);
            for (int index = 0; index < weights.Length; index++)
            {
                weights[index] = (float)(weight[index] * scales[index / filter]);
            }

            return folded;
        });
        parameters.AddOnce($"{Convolution}.folded.bias", () =>
        {
            double[] scales = Scales(parameters);
            Tensor folded = Tensor.Allocate(ElementType.Float32, To);
            ReadOnlySpan<float> beta = parameters[$"{BatchNorm}.bias"].AsSpan<float>(),
                mean = parameters[RunningMean].AsSpan<float>();
            Span<float> biases = folded.AsSpan<float>();
            for (int channel = 0; channel < biases.Length; channel++)
            {
                biases[channel] = (float)(beta[channel] - (mean[channel] * scales[channel]));
            }

            return folded;
        });
    }

    /// <summary>γ ÷ √(variance + ε), channel by channel.</summary>
    private double[] Scales(ModelParameters parameters)
    {
        ReadOnlySpan<float> gamma = parameters[$"{BatchNorm}.weight"].AsSpan<float>(),
            variance = parameters[RunningVariance].AsSpan<float>();
        var scales = new double[gamma.Length];
        for (int channel = 0; channel < scales.Length; channel++)
        {
            scales[channel] = gamma[channel] / Math.Sqrt(variance[channel] + Epsilon);
        }

        return scales;
    }

    /// <summary>The first convolution once more, for bytes less their mean: each channel ÷ (255 · deviation).</summary>
    private void ScaleToBytes(ImagePreprocessing preprocessing, ModelParameters parameters) =>
        parameters.AddOnce(FoldedWeight(ofBytes: true), () =>
        {
            ReadOnlySpan<float> weight = parameters[FoldedWeight(ofBytes: false)].AsSpan<float>();
            Tensor scaled = Tensor.Allocate(ElementType.Float32, To, From, Kernel, Kernel);
            Span<float> weights = scaled.AsSpan<float>();
            int area = (int)(Kernel * Kernel);
            for (int index = 0; index < weight.Length; index++)
            {
                weights[index] = (float)(weight[index] / (255.0 * preprocessing.StandardDeviation[index / area % 3]));
            }

            return scaled;
        });
}

/// <summary>A statistic of a run's images.</summary>
/// <param name="Running">The parameter that follows it.</param>
/// <param name="Value">It in the graph, [channels].</param>
internal sealed record BatchStatistic(string Running, Value Value);
