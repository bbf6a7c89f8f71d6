using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>
/// The gradient of a layer norm from the seed g, its rows x, their mean and r = 1 ÷ √(variance + ε), and its weight w. With c = x
/// − mean: dx = (g w − mean(g w) − c r² mean(g w c)) r row by row; dw = Σ r g c and db = Σ g over the rows.
/// </summary>
internal sealed class LayerNormGradient() : CustomOperator(nameof(LayerNormGradient), inputs: 5, outputsLike: [0, 4, 4])
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ReadOnlySpan<float> seeds = given[0].AsSpan<float>(),
            rows = given[1].AsSpan<float>(),
            means = given[2].AsSpan<float>(),
            inverses = given[3].AsSpan<float>();
        ReadOnlySpan<float> weight = given[4].AsSpan<float>();
        Span<float> gradients = outputs[0].AsSpan<float>(),
            ofWeight = outputs[1].AsSpan<float>(),
            ofBias = outputs[2].AsSpan<float>();
        ofWeight.Clear();
        ofBias.Clear();
        for (int row = 0; row < means.Length; row++)
        {
            int start = row * weight.Length;
            ReadOnlySpan<float> seed = seeds.Slice(start, weight.Length),
                numbers = rows.Slice(start, weight.Length);
            (float sum, float along) = AddRow(seed, numbers, means[row], inverses[row], weight, ofWeight, ofBias);
            float inverse = inverses[row],
                mean = sum / weight.Length,
                coefficient = along / weight.Length * inverse * inverse;
            Propagate(seed, numbers, means[row], inverse, weight, mean, coefficient, gradients.Slice(start, weight.Length));
        }
    }

    /// <summary>Adds a row to the gradients of weight and bias, and gives its Σ g w and Σ g w c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Sum, float Along) AddRow(
        ReadOnlySpan<float> seeds,
        ReadOnlySpan<float> row,
        float mean,
        float inverse,
        ReadOnlySpan<float> weights,
        Span<float> ofWeights,
        Span<float> ofBiases
    )
    {
        ref float seed = ref MemoryMarshal.GetReference(seeds),
            number = ref MemoryMarshal.GetReference(row),
            weight = ref MemoryMarshal.GetReference(weights);
        ref float ofWeight = ref MemoryMarshal.GetReference(ofWeights),
            ofBias = ref MemoryMarshal.GetReference(ofBiases);
        Vector<float> sums = Vector<float>.Zero,
            alongs = Vector<float>.Zero,
            means = new(mean),
            inverses = new(inverse);
        int index = 0;
        for (; index <= row.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            var place = (nuint)index;
            Vector<float> given = Vector.LoadUnsafe(ref seed, place),
                centered = Vector.LoadUnsafe(ref number, place) - means,
                weighted = given * Vector.LoadUnsafe(ref weight, place);
            sums += weighted;
            alongs += weighted * centered;
            Vector.StoreUnsafe(Vector.LoadUnsafe(ref ofWeight, place) + (given * centered * inverses), ref ofWeight, place);
            Vector.StoreUnsafe(Vector.LoadUnsafe(ref ofBias, place) + given, ref ofBias, place);
        }

        float sum = Vector.Sum(sums),
            along = Vector.Sum(alongs);
        for (; index < row.Length; index++)
        {
            float centered = row[index] - mean,
                weighted = seeds[index] * weights[index];
            sum += weighted;
            along += weighted * centered;
            ofWeights[index] += seeds[index] * centered * inverse;
            ofBiases[index] += seeds[index];
        }

        return (sum, along);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Propagate(
        ReadOnlySpan<float> seeds,
        ReadOnlySpan<float> row,
        float mean,
        float inverse,
        ReadOnlySpan<float> weights,
        float meanOfWeighted,
        float coefficient,
        Span<float> gradients
    )
    {
        ref float seed = ref MemoryMarshal.GetReference(seeds),
            number = ref MemoryMarshal.GetReference(row),
            weight = ref MemoryMarshal.GetReference(weights);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        Vector<float> means = new(mean),
            inverses = new(inverse),
            meansOfWeighted = new(meanOfWeighted),
            coefficients = new(coefficient);
        int index = 0;
        for (; index <= row.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            var place = (nuint)index;
            Vector<float> weighted = Vector.LoadUnsafe(ref seed, place) * Vector.LoadUnsafe(ref weight, place),
                centered = Vector.LoadUnsafe(ref number, place) - means;
            Vector.StoreUnsafe((weighted - meansOfWeighted - (centered * coefficients)) * inverses, ref gradient, place);
        }

        for (; index < row.Length; index++)
        {
            gradients[index] = ((seeds[index] * weights[index]) - meanOfWeighted - ((row[index] - mean) * coefficient)) * inverse;
        }
    }
}
