using Cupola.Graphs;
using Cupola.Models.Layers;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models.Layers;

/// <summary>Positions for more places than a model learned.</summary>
public sealed class ResampledPositionsTests
{
    /// <summary>torch.nn.functional.interpolate's weights at a quarter: −0.0352, 0.2617, 0.8789, −0.1055.</summary>
    [Fact]
    public void TwiceAsManyAreBetweenTheLearnedOnesAsTorchInterpolates()
    {
        float[] learned = [7, 1, 2, 4, 8];
        using Tensor positions = Tensor.Of<float>(ElementType.Float32, learned, 5, 1);

        using Tensor resampled = ResampledPositions.Create(positions, 2, 4, hasClassToken: true);

        ReadOnlySpan<float> found = resampled.AsSpan<float>();
        Assert.Equal(7, found[0]);
        // Taps beyond the edge count for it, so that of two learned ones the farther has the last of the four weights.
        double share = -0.10546875;
        double upper = 1 + (share * (2 - 1)),
            lower = 4 + (share * (8 - 4));
        Assert.Equal(upper + (share * (lower - upper)), found[1], 1e-6);
        double last = 8 + (share * (4 - 8)),
            above = 2 + (share * (1 - 2));
        Assert.Equal(last + (share * (above - last)), found[16], 1e-6);
    }

    [Fact]
    public void EqualPositionsStayEqual()
    {
        using Tensor positions = Tensor.Of<float>(ElementType.Float32, [.. Enumerable.Repeat(3f, 18)], 9, 2);

        using Tensor resampled = ResampledPositions.Create(positions, 3, 7, hasClassToken: false);

        Assert.Equal([49L, 2L], resampled.Shape);
        Assert.All(resampled.AsSpan<float>().ToArray(), static value => Assert.Equal(3, value, 1e-6f));
    }
}
