using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models.Layers;

/// <summary>
/// Positions of a square of places for a square of more places: bicubic interpolation (a = −0.75) between their middles, as
/// torch.nn.functional.interpolate does with align_corners off.
/// </summary>
internal static class ResampledPositions
{
    private const double Sharpness = -0.75;

    /// <summary>Works them out.</summary>
    /// <param name="positions">[tokens, width].</param>
    /// <param name="from">Places beside each other.</param>
    /// <param name="to">Places beside each other afterwards.</param>
    /// <param name="hasClassToken">Whether the first row belongs to no place, and stays as it is.</param>
    /// <returns>[tokens, width], owned by the caller.</returns>
    public static Tensor Create(Tensor positions, int from, int to, bool hasClassToken)
    {
        int width = (int)positions.Shape[1],
            before = hasClassToken ? 1 : 0;
        Tensor result = Tensor.Allocate(ElementType.Float32, before + (to * to), width);
        ReadOnlySpan<float> source = positions.AsSpan<float>();
        Span<float> target = result.AsSpan<float>();
        source[..(before * width)].CopyTo(target);
        (int Place, double Weight)[][] taps = [.. Enumerable.Range(0, to).Select(place => Taps(place, from, to))];
        double[] sum = new double[width];
        for (int place = 0; place < to * to; place++)
        {
            Array.Clear(sum);
            foreach ((int row, double down) in taps[place / to])
            {
                foreach ((int column, double across) in taps[place % to])
                {
                    int at = (before + (row * from) + column) * width;
                    for (int index = 0; index < width; index++)
                    {
                        sum[index] += down * across * source[at + index];
                    }
                }
            }

            for (int index = 0; index < width; index++)
            {
                target[((before + place) * width) + index] = (float)sum[index];
            }
        }

        return result;
    }

    /// <summary>The four neighbors of a place, those beyond the edge moved onto it, and their weights.</summary>
    private static (int Place, double Weight)[] Taps(int place, int from, int to)
    {
        double middle = ((place + 0.5) * from / to) - 0.5;
        int first = (int)Math.Floor(middle) - 1;
        return [.. Enumerable.Range(first, 4).Select(tap => (Math.Clamp(tap, 0, from - 1), Cubic(Math.Abs(middle - tap))))];
    }

    private static double Cubic(double x) =>
        x <= 1 ? ((((Sharpness + 2) * x) - (Sharpness + 3)) * x * x) + 1
        : x < 2 ? Sharpness * ((((x - 5) * x + 8) * x) - 4)
        : 0;
}
