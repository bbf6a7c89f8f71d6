using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>
/// (byte ÷ 255 − mean) ÷ deviation, channel by channel, folded into the layer behind it: a weight w on the normalised
/// pixel is w ÷ (255 · deviation) on the byte, and −w · mean ÷ deviation goes into the bias.
/// </summary>
internal static class PixelNormalization
{
    public const string FoldedWeight = "image.patch_embedding.of_bytes.weight";
    public const string FoldedBias = "image.patch_embedding.of_bytes.bias";

    /// <summary>
    /// Adds the patch embedding of bytes: weight [width, patch · patch · 3] in the order of the bytes, and its bias [width].
    /// </summary>
    public static void FoldIntoPatches(ImagePreprocessing preprocessing, ModelParameters parameters, int width, int patch)
    {
        int area = patch * patch;
        parameters.AddOnce(FoldedWeight, () =>
        {
            ReadOnlySpan<float> weight = parameters["image.patch_embedding"].AsSpan<float>(); // [width, 3, patch, patch]
            Tensor folded = Tensor.Allocate(ElementType.Float32, width, area * 3);
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
        });
        parameters.AddOnce(FoldedBias, () =>
        {
            ReadOnlySpan<float> weight = parameters["image.patch_embedding"].AsSpan<float>();
            Tensor folded = Tensor.Allocate(ElementType.Float32, width);
            Span<float> biases = folded.AsSpan<float>();
            for (int output = 0; output < width; output++)
            {
                double bias = 0;
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
        });
    }
}
