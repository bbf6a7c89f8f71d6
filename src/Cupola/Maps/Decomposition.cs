using System.Numerics.Tensors;
using Cupola.Models;

namespace Cupola.Maps;

/// <summary>An image's cosine with a text as a sum of terms (arXiv 2310.05916).</summary>
internal static class Decomposition
{
    /// <summary>The terms for one of the texts.</summary>
    /// <param name="readout">What leads from the parts to the embedding.</param>
    /// <param name="image">The parts.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="text">Which one.</param>
    public static ImageMap Compute(EmbeddingReadout readout, ImageNumbers image, TextDirections texts, int text)
    {
        double scale = Scale(readout, image);
        double[][] layers =
        [
            .. image.Layers.Select(
                (_, layer) => OfTokens(readout, image.Layers[layer], texts.OfValues(text, layer), 0, readout.Heads)
            ),
        ];
        int first = readout.HasClassToken ? 1 : 0,
            places = layers[0].Length - first;
        var map = new float[places];
        for (int place = 0; place < places; place++)
        {
            map[place] = (float)(layers.Sum(layer => layer[first + place]) * scale);
        }

        return new(map, (int)Math.Sqrt(places))
        {
            Cosine = (float)(TextDirections.Dot(image.Embedding, texts.Texts[text]) / NormOf(image.Embedding)),
            ClassToken = readout.HasClassToken ? (float)(layers.Sum(static layer => layer[0]) * scale) : 0,
            AttentionBias = (float)(Enumerable.Range(0, layers.Length).Sum(layer => texts.OfBias(text, layer)) * scale),
            Earlier = image.Earlier is null ? 0 : Term(image.Earlier),
            Mlp = image.Mlp is null ? 0 : Term(image.Mlp),
            Initial = image.Initial is null ? 0 : Term(image.Initial),
            NormBias = (float)(texts.NormBiases[text] / NormOf(image.Embedding)),
        };

        float Term(float[] residual) => (float)(TextDirections.Dot(residual, texts.Of(text)) * scale);
    }

    /// <summary>What each head of each of the last layers contributed, over all tokens: [layers, heads].</summary>
    public static float[,] OfHeads(EmbeddingReadout readout, ImageNumbers image, TextDirections texts, int text)
    {
        double scale = Scale(readout, image);
        float[,] heads = new float[image.Layers.Count, readout.Heads];
        for (int layer = 0; layer < image.Layers.Count; layer++)
        {
            for (int head = 0; head < readout.Heads; head++)
            {
                double[] tokens = OfTokens(readout, image.Layers[layer], texts.OfValues(text, layer), head, head + 1);
                heads[layer, head] = (float)(tokens.Sum() * scale);
            }
        }

        return heads;
    }

    private static double NormOf(ReadOnlySpan<float> embedding) => Math.Sqrt(TextDirections.Dot(embedding, embedding));

    /// <summary>1 ÷ (σ‖z‖), σ the deviation that this image's last norm divided by.</summary>
    private static double Scale(EmbeddingReadout readout, ImageNumbers image) =>
        1 / (NormOf(image.Embedding) * (readout.Norm is null ? 1 : DeviationOf(image.State, readout.Norm.Epsilon)));

    /// <summary>What a layer norm divides by.</summary>
    private static double DeviationOf(ReadOnlySpan<float> state, float epsilon)
    {
        double mean = 0,
            variance = 0;
        foreach (float value in state)
        {
            mean += value;
        }

        mean /= state.Length;
        foreach (float value in state)
        {
            variance += (value - mean) * (value - mean);
        }

        return Math.Sqrt((variance / state.Length) + epsilon);
    }

    /// <summary>Over some heads, each token's attention times what its value says of the text, [tokens].</summary>
    private static double[] OfTokens(
        EmbeddingReadout readout,
        (float[] Weights, float[] Values) layer,
        ReadOnlySpan<float> direction,
        int from,
        int to
    )
    {
        int tokens = layer.Weights.Length / readout.Heads,
            width = direction.Length,
            headWidth = width / readout.Heads;
        var sums = new double[tokens];
        for (int token = 0; token < tokens; token++)
        {
            for (int head = from; head < to; head++)
            {
                float said = TensorPrimitives.Dot(
                    layer.Values.AsSpan((token * width) + (head * headWidth), headWidth),
                    direction.Slice(head * headWidth, headWidth)
                );
                sums[token] += (double)layer.Weights[(head * tokens) + token] * said;
            }
        }

        return sums;
    }
}
