using System.Numerics.Tensors;
using Cupola.Models;
using Cupola.Models.Layers;

namespace Cupola.Maps;

/// <summary>
/// What a text asks of the image tower's numbers, worked out once a text: each term of the cosine is then a dot product. With d =
/// γ ⊙ (P t) of the last norm's gain and the projection, d̃ = d − mean(d), a residual r contributes r · d̃ ÷ (σ‖z‖), and a value
/// v of a head v · (W_Oᵀ d̃) times its attention. Of a pool without a norm behind it, d̃ is t itself.
/// </summary>
internal sealed class TextDirections
{
    private readonly float[][] _directions;
    private readonly float[][][] _ofValues;
    private readonly double[][] _biases;

    private TextDirections(
        EmbeddingMatrix texts,
        float[][] directions,
        float[][][] ofValues,
        double[][] biases,
        double[] normBiases
    ) => (Texts, _directions, _ofValues, _biases, NormBiases) = (texts, directions, ofValues, biases, normBiases);

    /// <summary>The texts' vectors, [texts, embedding].</summary>
    public EmbeddingMatrix Texts { get; }

    /// <summary>Each text's dot product with what the last norm's bias adds to an embedding; 0 where there is no norm.</summary>
    public IReadOnlyList<double> NormBiases { get; }

    /// <summary>By what a residual is multiplied, [width].</summary>
    public ReadOnlySpan<float> Of(int text) => _directions[text];

    /// <summary>By what a layer's values are multiplied, head beside head, [width].</summary>
    public ReadOnlySpan<float> OfValues(int text, int layer) => _ofValues[text][layer];

    /// <summary>A layer's bias of attention times d̃; the layers are the last ones.</summary>
    public double OfBias(int text, int layer) => _biases[text][layer];

    /// <summary>Works them out.</summary>
    /// <param name="readout">The tower's.</param>
    /// <param name="parameters">Its numbers.</param>
    /// <param name="texts">Vectors of texts, not necessarily of unit length.</param>
    /// <param name="layers">In how many of the last layers places are told apart, at most.</param>
    public static TextDirections Create(EmbeddingReadout readout, ModelParameters parameters, EmbeddingMatrix texts, int layers)
    {
        int count = texts.Count;
        Linear[] told = [.. readout.Outputs.TakeLast(layers)];
        var directions = new float[count][];
        var normBiases = new double[count];
        for (int text = 0; text < count; text++)
        {
            (directions[text], normBiases[text]) = Direction(readout, parameters, texts[text]);
        }

        float[][][] ofValues = [.. directions.Select(_ => new float[told.Length][])];
        double[][] biases = [.. directions.Select(_ => new double[told.Length])];
        Parallel.For(0, told.Length, layer =>
        {
            ReadOnlySpan<float> weight = parameters[told[layer].Weight.Name].AsSpan<float>(),
                bias = parameters[told[layer].Bias!.Name].AsSpan<float>();
            for (int text = 0; text < count; text++)
            {
                ofValues[text][layer] = TransposedProduct(weight, directions[text]);
                biases[text][layer] = Dot(bias, directions[text]);
            }
        });

        return new(texts, directions, ofValues, biases, normBiases);
    }

    /// <summary>The dot product, summed in double.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int index = 0; index < left.Length; index++)
        {
            sum += (double)left[index] * right[index];
        }

        return sum;
    }

    private static (float[] Direction, double NormBias) Direction(
        EmbeddingReadout readout,
        ModelParameters parameters,
        ReadOnlySpan<float> text
    )
    {
        if (readout.Norm is not { } norm || readout.Projection is not { } projection)
        {
            return (text.ToArray(), 0);
        }

        ReadOnlySpan<float> gain = parameters[norm.Weight.Name].AsSpan<float>();
        float[] projected = TransposedProduct(parameters[projection.Weight.Name].AsSpan<float>(), text); // P t, [width]
        double normBias = Dot(parameters[norm.Bias.Name].AsSpan<float>(), projected);
        TensorPrimitives.Multiply(gain, projected, projected);
        double mean = 0;
        foreach (float value in projected)
        {
            mean += value;
        }

        TensorPrimitives.Subtract(projected, (float)(mean / projected.Length), projected);
        return (projected, normBias);
    }

    /// <summary>Wᵀ x of a weight [to, from] and x [to]: [from].</summary>
    private static float[] TransposedProduct(ReadOnlySpan<float> weight, ReadOnlySpan<float> x)
    {
        int from = weight.Length / x.Length;
        float[] product = new float[from];
        for (int to = 0; to < x.Length; to++)
        {
            TensorPrimitives.MultiplyAdd(weight.Slice(to * from, from), x[to], product, product);
        }

        return product;
    }
}
