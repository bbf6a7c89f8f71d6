using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;

namespace Cupola.Models.Layers;

/// <summary>
/// (byte ÷ 255 − mean) ÷ deviation, channel by channel: as operators, or folded into the layer behind it, where a weight w on the
/// normalized pixel is w ÷ (255 · deviation) on the byte, and −w · mean ÷ deviation goes into the bias.
/// </summary>
internal static class PixelNormalization
{
    /// <summary>Bytes [n, height, width, 3] → floats of the same shape.</summary>
    public static Value Describe(GraphBuilder graph, Value bytes, ImagePreprocessing preprocessing)
    {
        float[] shift =
        [
            .. preprocessing.Mean.Zip(preprocessing.StandardDeviation, static (mean, deviation) =>
                (float)(-mean / (double)deviation)
            ),
        ];
        return graph.Add(
            graph.Multiply(graph.Cast(bytes, ElementType.Float32), graph.Constant(Scale(preprocessing), 3)),
            graph.Constant(shift, 3)
        );
    }

    /// <summary>
    /// Bytes less the mean, [n, 3, height, width]. A convolution that pads with zeros after normalization needs the mean off
    /// before it.
    /// </summary>
    public static Value Centered(GraphBuilder graph, Value bytes, ImagePreprocessing preprocessing)
    {
        float[] mean = [.. preprocessing.Mean.Select(static mean => -255 * mean)];
        return graph.Add(graph.Cast(graph.Transpose(bytes, 0, 3, 1, 2), ElementType.Float32), graph.Constant(mean, 3, 1, 1));
    }

    /// <summary>What <see cref="Centered"/> gives, scaled too.</summary>
    public static Value Scaled(GraphBuilder graph, Value centered, ImagePreprocessing preprocessing) =>
        graph.Multiply(centered, graph.Constant(Scale(preprocessing), 3, 1, 1));

    /// <summary>The weight of patches [width, 3, patch, patch] for bytes: [width, patch · patch · 3].</summary>
    public static Tensor FoldWeight(Tensor patches, ImagePreprocessing preprocessing)
    {
        int area = (int)(patches.Shape[2] * patches.Shape[3]);
        ReadOnlySpan<float> weight = patches.AsSpan<float>();
        Tensor folded = Tensor.Allocate(ElementType.Float32, patches.Shape[0], area * 3);
        Span<float> weights = folded.AsSpan<float>();
        for (int index = 0; index < weight.Length; index++)
        {
            (int plane, int pixel) = Math.DivRem(index, area);
            (int output, int channel) = Math.DivRem(plane, 3);
            weights[(((output * area) + pixel) * 3) + channel] = (float)(
                weight[index] / (255.0 * preprocessing.StandardDeviation[channel])
            );
        }

        return folded;
    }

    /// <summary>The bias that goes with it, [width].</summary>
    /// <param name="patches">The weight of patches.</param>
    /// <param name="stored">The bias on normalised pixels, [width]; empty where there is none.</param>
    /// <param name="preprocessing">What bytes are normalised by.</param>
    public static Tensor FoldBias(Tensor patches, ReadOnlySpan<float> stored, ImagePreprocessing preprocessing)
    {
        int area = (int)(patches.Shape[2] * patches.Shape[3]);
        ReadOnlySpan<float> weight = patches.AsSpan<float>();
        Tensor folded = Tensor.Allocate(ElementType.Float32, patches.Shape[0]);
        Span<float> biases = folded.AsSpan<float>();
        for (int output = 0; output < biases.Length; output++)
        {
            double bias = stored.IsEmpty ? 0 : stored[output];
            for (int channel = 0; channel < 3; channel++)
            {
                double offset = preprocessing.Mean[channel] / (double)preprocessing.StandardDeviation[channel];
                foreach (float value in weight.Slice(((output * 3) + channel) * area, area))
                {
                    bias -= value * offset;
                }
            }

            biases[output] = (float)bias;
        }

        return folded;
    }

    private static float[] Scale(ImagePreprocessing preprocessing) =>
        [.. preprocessing.StandardDeviation.Select(static deviation => (float)(1 / (255.0 * deviation)))];
}
