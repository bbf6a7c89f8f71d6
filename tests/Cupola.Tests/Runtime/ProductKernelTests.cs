using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>Products of our own, against sums in float64.</summary>
public sealed class ProductKernelTests
{
    public static TheoryData<int, int, int> Sizes =>
        new()
        {
            { 1, 1, 1 },
            { 5, 3, 15 },
            { 6, 8, 16 },
            { 7, 385, 33 },
            { 13, 17, 340 },
            { 181, 40, 300 },
            { 365, 770, 64 },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AProductIsItsSumsHoweverItsMatricesLieAndWhateverTheRegisters(int rows, int inner, int columns)
    {
        foreach ((bool turnsLeft, bool turnsRight) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            float[] first = Multiply(ProductKernel.All[0], rows, inner, columns, turnsLeft, turnsRight);
            Near(Expected(rows, inner, columns, turnsLeft, turnsRight), first);
            Assert.All(ProductKernel.All.Skip(1), kernel =>
                Assert.Equal(first, Multiply(kernel, rows, inner, columns, turnsLeft, turnsRight))
            );
        }
    }

    [Fact]
    public unsafe void AnEmptySumIsTheBiasOrWhatStoodThere()
    {
        float[] bias = [1, 2, 3];
        float[] result = [7, 7, 7, 7, 7, 7];
        fixed (
            float* pinnedBias = bias,
                pinned = result
        )
        {
            ProductKernel.Fastest.Multiply(default, default, pinned, 2, 0, 3, 1, null, adds: true);
            Assert.All(result, static number => Assert.Equal(7, number));
            ProductKernel.Fastest.Multiply(default, default, pinned, 2, 0, 3, 1, pinnedBias, adds: false);
            Assert.Equal([1, 2, 3, 1, 2, 3], result);
            ProductKernel.Fastest.Multiply(default, default, pinned, 2, 0, 3, 1, null, adds: false);
        }

        Assert.All(result, static number => Assert.Equal(0, number));
    }

    private static unsafe float[] Multiply(
        ProductKernel kernel,
        int rows,
        int inner,
        int columns,
        bool turnsLeft,
        bool turnsRight
    )
    {
        float[] left = Numbers(rows * inner, 1),
            right = Numbers(inner * columns, 2),
            bias = Numbers(columns, 3),
            result = new float[rows * columns];
        fixed (
            float* pinnedLeft = left,
                pinnedRight = right,
                pinnedBias = bias,
                pinned = result
        )
        {
            Matrix first = turnsLeft ? new((nint)pinnedLeft, 1, rows) : new((nint)pinnedLeft, inner, 1),
                second = turnsRight ? new((nint)pinnedRight, 1, inner) : new((nint)pinnedRight, columns, 1);
            kernel.Multiply(first, second, pinned, rows, inner, columns, 0.5f, pinnedBias, adds: false);
            kernel.Multiply(first, second, pinned, rows, inner, columns, 2, null, adds: true);
        }

        return result;
    }

    private static double[] Expected(int rows, int inner, int columns, bool turnsLeft, bool turnsRight)
    {
        float[] left = Numbers(rows * inner, 1),
            right = Numbers(inner * columns, 2),
            bias = Numbers(columns, 3);
        var expected = new double[rows * columns];
        for (int place = 0; place < expected.Length; place++)
        {
            (int row, int column) = (place / columns, place % columns);
            double sum = 0;
            for (int index = 0; index < inner; index++)
            {
                sum +=
                    (double)left[turnsLeft ? (index * rows) + row : (row * inner) + index]
                    * right[turnsRight ? (column * inner) + index : (index * columns) + column];
            }

            expected[place] = (2.5 * sum) + bias[column];
        }

        return expected;
    }

    private static void Near(double[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), static pair =>
            Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-4, $"{pair.First} is not {pair.Second}.")
        );

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
