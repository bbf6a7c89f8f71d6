namespace Cupola.Maps;

/// <summary>A map as it is shown, made by any method.</summary>
/// <param name="Values">From the upper left, row by row, [grid, grid].</param>
/// <param name="Grid">Places beside each other, and below each other.</param>
/// <param name="IsContribution">
/// Whether 0 means something: contributions, or what a mean was taken off, as against cosines, of which only the differences are
/// shown.
/// </param>
internal sealed record HeatMap(float[] Values, int Grid, bool IsContribution)
{
    /// <summary>The same as shares from 0 to 1: of the largest contribution, or from the least to the largest cosine.</summary>
    public float[] Shares()
    {
        float least = IsContribution ? 0 : Values.Min(),
            range = Values.Max() - least;
        return [.. Values.Select(value => range > 0 ? Math.Clamp((value - least) / range, 0, 1) : 0)];
    }

    /// <summary>How far two maps differ at each place, each as shares, from −1 to 1.</summary>
    public static float[] Difference(HeatMap first, HeatMap second)
    {
        float[] difference = [.. first.Values.Zip(second.Values, static (left, right) => left - right)];
        if (!first.IsContribution)
        {
            // Cosines of two texts have levels of their own.
            float mean = difference.Average();
            difference = [.. difference.Select(value => value - mean)];
        }

        float largest = difference.Max(Math.Abs);
        return [.. difference.Select(value => largest > 0 ? value / largest : 0)];
    }

    /// <summary>
    /// The value at a point of the model's view, between the middles of places; the outermost reach to the edge.
    /// </summary>
    /// <param name="values">[grid, grid].</param>
    /// <param name="grid">Places beside each other.</param>
    /// <param name="across">From 0 at the left to 1 at the right edge of what places cover.</param>
    /// <param name="down">From 0 at the top to 1 at the bottom.</param>
    public static float At(ReadOnlySpan<float> values, int grid, double across, double down)
    {
        (int left, int right, float x) = Between(across, grid);
        (int above, int below, float y) = Between(down, grid);
        float upper = float.Lerp(values[(above * grid) + left], values[(above * grid) + right], x),
            lower = float.Lerp(values[(below * grid) + left], values[(below * grid) + right], x);
        return float.Lerp(upper, lower, y);
    }

    private static (int First, int Second, float Share) Between(double position, int grid)
    {
        double place = Math.Clamp((position * grid) - 0.5, 0, grid - 1);
        int first = Math.Min((int)place, grid - 1);
        return (first, Math.Min(first + 1, grid - 1), (float)(place - first));
    }
}
