using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;

namespace Cupola.Models.Layers;

/// <summary>
/// A convolution without bias and the batch norm behind it (arXiv 1502.03167): for inference, one convolution with the weight w ·
/// γ ÷ √(variance + ε) and the bias β − mean · γ ÷ √(variance + ε).
/// </summary>
internal sealed class ConvolutionUnit
{
    /// <summary>PyTorch's default, which every CLIP was trained with.</summary>
    private const double Epsilon = 1e-5;

    private readonly long _stride;
    private readonly Parameter _weight; // [to, from, kernel, kernel]
    private readonly Parameter _gamma; // [to]
    private readonly Parameter _beta; // [to]
    private readonly Parameter _mean; // [to]
    private readonly Parameter _variance; // [to]

    /// <summary>Declares a unit.</summary>
    /// <param name="scope">Where it stands.</param>
    /// <param name="from">Channels in.</param>
    /// <param name="to">Channels out.</param>
    /// <param name="kernel">Its height and width: 3, padded by 1, or 1.</param>
    /// <param name="stride">The convolution's.</param>
    /// <param name="gain">How γ begins; as 1 where nothing is said.</param>
    public ConvolutionUnit(ParameterScope scope, long from, long to, long kernel, long stride = 1, Initialization? gain = null)
    {
        _stride = stride;
        ParameterScope norm = scope.At("batch_norm");
        _weight = scope.Parameter(
            "convolution",
            [to, from, kernel, kernel],
            Initialization.UniformOver(from * kernel * kernel),
            ParameterKind.Matrix
        );
        _gamma = norm.Parameter("weight", [to], gain ?? Initialization.Ones, ParameterKind.Gain);
        _beta = norm.Parameter("bias", [to], Initialization.Zeros, ParameterKind.Bias);
        _mean = norm.Parameter("running_mean", [to], Initialization.Zeros, ParameterKind.Statistic);
        _variance = norm.Parameter("running_variance", [to], Initialization.Ones, ParameterKind.Statistic);
    }

    private long Padding => _weight.Shape[2] / 2;

    private string FoldedWeight => $"{_weight.Name}.folded.weight";

    private string FoldedBias => $"{_weight.Name}.folded.bias";

    private string FoldedForBytes => $"{_weight.Name}.folded.of_bytes";

    /// <summary>
    /// Maps [n, from, height, width] → [n, to, height ÷ stride, width ÷ stride]: one convolution, or, as it learns, its parts.
    /// </summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="maps">What it reads.</param>
    /// <param name="follow">Which running statistics follow the images, and where they are told what to follow.</param>
    /// <param name="ofBytes">Whether maps are bytes less their mean, whose scale is in the weight.</param>
    public Value Describe(GraphBuilder graph, Value maps, FollowedStatistics follow, bool ofBytes = false) =>
        graph.IsTrainable
            ? DescribeParts(graph, maps, follow)
            : graph.Convolution(
                maps,
                graph.Parameter(ofBytes ? FoldedForBytes : FoldedWeight, [.. _weight.Shape]),
                graph.Parameter(FoldedBias, [.. _beta.Shape]),
                _stride,
                Padding
            );

    /// <summary>Works out the one convolution.</summary>
    public void AddFolded(ModelParameters parameters)
    {
        parameters.AddDerived(FoldedWeight, () =>
        {
            double[] scales = Scales(parameters);
            Tensor folded = Tensor.Allocate(ElementType.Float32, [.. _weight.Shape]);
            ReadOnlySpan<float> weight = parameters[_weight.Name].AsSpan<float>();
            Span<float> weights = folded.AsSpan<float>();
            int filter = weights.Length / scales.Length;
            for (int index = 0; index < weights.Length; index++)
            {
                weights[index] = (float)(weight[index] * scales[index / filter]);
            }

            return folded;
        });
        parameters.AddDerived(FoldedBias, () =>
        {
            double[] scales = Scales(parameters);
            Tensor folded = Tensor.Allocate(ElementType.Float32, [.. _beta.Shape]);
            ReadOnlySpan<float> beta = parameters[_beta.Name].AsSpan<float>(),
                mean = parameters[_mean.Name].AsSpan<float>();
            Span<float> biases = folded.AsSpan<float>();
            for (int channel = 0; channel < biases.Length; channel++)
            {
                biases[channel] = (float)(beta[channel] - (mean[channel] * scales[channel]));
            }

            return folded;
        });
    }

    /// <summary>The same once more for bytes less their mean: each channel ÷ (255 · deviation).</summary>
    public void AddFoldedForBytes(ModelParameters parameters, ImagePreprocessing preprocessing) =>
        parameters.AddDerived(FoldedForBytes, () =>
        {
            ReadOnlySpan<float> weight = parameters[FoldedWeight].AsSpan<float>();
            Tensor scaled = Tensor.Allocate(ElementType.Float32, [.. _weight.Shape]);
            Span<float> weights = scaled.AsSpan<float>();
            int area = (int)(_weight.Shape[2] * _weight.Shape[3]);
            for (int index = 0; index < weight.Length; index++)
            {
                weights[index] = (float)(weight[index] / (255.0 * preprocessing.StandardDeviation[index / area % 3]));
            }

            return scaled;
        });

    /// <summary>
    /// The unit as it learns. Where its running statistics follow the images, it goes by the statistics of the run's own images;
    /// where they stay, by them, and is one convolution whose weight follows from what is learned.
    /// </summary>
    private Value DescribeParts(GraphBuilder graph, Value maps, FollowedStatistics follow)
    {
        Value weight = _weight.In(graph),
            gamma = _gamma.In(graph),
            beta = _beta.In(graph);
        if (follow.Includes(_mean) && follow.Includes(_variance))
        {
            Value convolved = graph.Convolution(maps, weight, bias: null, _stride, Padding);
            (Value normed, Value mean, Value variance) = graph.BatchNorm(convolved, gamma, beta, (float)Epsilon);
            follow.Add(_mean, mean);
            follow.Add(_variance, variance);
            return normed;
        }

        Value scale = graph.Divide(gamma, graph.Sqrt(graph.Add(_variance.In(graph), (float)Epsilon)));
        Value folded = graph.Multiply(weight, graph.Reshape(scale, [_weight.Shape[0], 1, 1, 1]));
        Value bias = graph.Subtract(beta, graph.Multiply(_mean.In(graph), scale));
        return graph.Convolution(maps, folded, bias, _stride, Padding);
    }

    /// <summary>γ ÷ √(variance + ε), channel by channel.</summary>
    private double[] Scales(ModelParameters parameters)
    {
        ReadOnlySpan<float> gamma = parameters[_gamma.Name].AsSpan<float>(),
            variance = parameters[_variance.Name].AsSpan<float>();
        var scales = new double[gamma.Length];
        for (int channel = 0; channel < scales.Length; channel++)
        {
            scales[channel] = gamma[channel] / Math.Sqrt(variance[channel] + Epsilon);
        }

        return scales;
    }
}
