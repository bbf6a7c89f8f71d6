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

    /// <summary>Adds the patch embedding of bytes: weight [width, patch · patch · 3] in the order of the bytes, and its bias [width].</summary>
    public static void FoldIntoPatches(ImagePreprocessing preprocessing, ModelParameters parameters, int width, int patch)
    {
        ReadOnlySpan<float> weight = parameters["image.patch_embedding"].AsSpan<float>();       // [width, 3, patch, patch]
        Tensor folded = Tensor.Allocate(ElementType.Float32, width, patch * patch * 3);
        Tensor bias = Tensor.Allocate(ElementType.Float32, width);
        Span<float> foldedWeight = folded.AsSpan<float>(), foldedBias = bias.AsSpan<float>();
        int area = patch * patch;
        for (int output = 0; output < width; output++)
        {
            double constant = 0;
            for (int channel = 0; channel < 3; channel++)
            {
                ReadOnlySpan<float> plane = weight.Slice(((output * 3) + channel) * area, area);
                double scale = 1 / (255.0 * preprocessing.StandardDeviation[channel]), offset = preprocessing.Mean[channel] / (double)preprocessing.StandardDeviation[channel];
                for (int pixel = 0; pixel < area; pixel++)
                {
                    foldedWeight[(((output * area) + pixel) * 3) + channel] = (float)(plane[pixel] * scale);
                    constant -= plane[pixel] * offset;
                }
            }

            foldedBias[output] = (float)constant;
        }

        parameters.Add(FoldedWeight, folded);
        parameters.Add(FoldedBias, bias);
    }
}
