using System.Runtime.InteropServices;
using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>
/// What is worked out between two integer products: the same bytes by every kind of kernel, and the sums it is.
/// </summary>
public sealed unsafe class RowKernelTests
{
    private const int WidestRow = 800;

    [Fact]
    public void EveryKindOfKernelGivesTheSameBytesForRowsOfEveryWidth()
    {
        Random random = new(5);
        for (int width = 1; width <= WidestRow; width++)
        {
            for (int kept = 0; kept <= Math.Min(2, width - 1); kept += 2)
            {
                Case given = new(random, width, kept);
                foreach (RowActivation activation in Enum.GetValues<RowActivation>())
                {
                    byte[][] results = [.. RowKernel.All.Select(kernel => given.Run(kernel, activation))];
                    Assert.True(results[0].AsSpan().SequenceEqual(results[1]), $"512 and 256 bits differ at width {width}.");
                    Assert.True(results[0].AsSpan().SequenceEqual(results[2]), $"512 and 128 bits differ at width {width}.");
                }
            }
        }
    }

    [Fact]
    public void ARowIsItsBytesTimesItsScaleToHalfAStep()
    {
        Random random = new(6);
        foreach (RowKernel kernel in RowKernel.All)
        {
            foreach (float spread in new[] { 1e-6f, 1, 1e6f })
            {
                float[] numbers = [.. Enumerable.Range(0, 333).Select(_ => spread * (random.NextSingle() - 0.3f))];
                (byte[] bytes, float[] statistics, bool isFinite) = Quantize(kernel, numbers);
                Assert.True(isFinite);
                Assert.All(numbers.Zip(bytes), pair =>
                    Assert.Equal(pair.First, (pair.Second - statistics[1]) * statistics[0], statistics[0] * 0.501)
                );
            }
        }
    }

    /// <summary>Rows whose ends round to just beside a whole step, where a byte could leave its range.</summary>
    [Fact]
    public void NoByteLeavesItsRangeWhereverTheSmallestNumberLies()
    {
        RowKernel kernel = RowKernel.Fastest;
        for (int tenth = 0; tenth <= 2540; tenth++)
        {
            float low = -tenth / 10f,
                high = 254 - (tenth / 10f);
            foreach (float factor in new[] { 1, 0.37f, 1.0000001f, 3e-9f })
            {
                (byte[] bytes, float[] statistics, _) = Quantize(kernel, [low * factor, high * factor, 0]);
                Assert.Equal(low * factor, (bytes[0] - statistics[1]) * statistics[0], 1.001 * factor);
                Assert.Equal(high * factor, (bytes[1] - statistics[1]) * statistics[0], 1.001 * factor);
                Assert.Equal(statistics[1], bytes[2]);
            }
        }
    }

    [Fact]
    public void ARowOfZerosHasItsZeroPointAlone()
    {
        foreach (RowKernel kernel in RowKernel.All)
        {
            (byte[] bytes, float[] statistics, bool isFinite) = Quantize(kernel, new float[17]);
            Assert.True(isFinite);
            Assert.All(bytes, static each => Assert.Equal(0, each));
            Assert.Equal(0u, BitConverter.SingleToUInt32Bits(statistics[1]));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void NumbersThatAreNotFiniteAreFoundWhereverTheyStand(float number)
    {
        foreach (RowKernel kernel in RowKernel.All)
        {
            for (int place = 0; place < 40; place++)
            {
                float[] numbers = [.. Enumerable.Range(0, 40).Select(static index => index - 20f)];
                numbers[place] = number;
                Assert.False(Quantize(kernel, numbers).IsFinite);
                Assert.False(Quantize(kernel, numbers, place).IsFinite);
            }
        }
    }

    [Fact]
    public void NonLinearitiesAreTheirFormulas()
    {
        float[] arguments = [.. Enumerable.Range(-4000, 8001).Select(static index => index / 200f), -1e30f, 1e30f, -0f];
        foreach (RowKernel kernel in RowKernel.All)
        {
            Check(RowActivation.QuickGelu, static x => x / (1 + Math.Exp(-1.702 * x)));
            Check(RowActivation.Gelu, static x => x * NormalDistribution(x));
            Check(RowActivation.GeluTanh, static x =>
                x * 0.5 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))
            );

            void Check(RowActivation activation, Func<double, double> formula)
            {
                float[] numbers = [.. arguments, .. new float[RowKernel.Padded(arguments.Length) - arguments.Length]];
                fixed (float* start = numbers)
                {
                    kernel.Activate(activation, start, arguments.Length);
                }

                Assert.All(arguments.Zip(numbers), pair =>
                    Assert.Equal(formula(pair.First), pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First)))
                );
                Assert.All(numbers[arguments.Length..], static padding => Assert.Equal(0, padding));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(131)]
    public void ANormIsItsFormula(int width)
    {
        Random random = new(7);
        float[] row = Numbers(random, width),
            weight = Numbers(random, width),
            bias = Numbers(random, width);
        double mean = row.Average(static number => (double)number),
            deviation = Math.Sqrt(row.Average(number => Math.Pow(number - mean, 2)) + 1e-5);
        foreach (RowKernel kernel in RowKernel.All)
        {
            float[] numbers = [.. row, .. new float[RowKernel.Padded(width) - width]];
            fixed (
                float* start = numbers,
                    firstWeight = weight,
                    firstBias = bias
            )
            {
                kernel.Norm(start, firstWeight, firstBias, 1e-5f, width);
            }

            Assert.All(Enumerable.Range(0, width), index =>
                Assert.Equal(((row[index] - mean) / deviation * weight[index]) + bias[index], numbers[index], 1e-5)
            );
        }
    }

    private static (byte[] Bytes, float[] Statistics, bool IsFinite) Quantize(
        RowKernel kernel,
        float[] row,
        params int[] channels
    )
    {
        float[] numbers = [.. row, .. new float[RowKernel.Padded(row.Length) - row.Length]],
            statistics = new float[RowKernel.StatisticNumbers + channels.Length];
        byte[] bytes = new byte[row.Length];
        bool isFinite;
        fixed (
            float* start = numbers,
                first = statistics
        )
        fixed (byte* to = bytes)
        fixed (int* kept = channels)
        {
            isFinite = kernel.Quantize(start, kept, channels.Length, row.Length, to, first);
        }

        return (bytes, statistics, isFinite);
    }

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 4) - 2)];

    /// <summary>By Simpson's rule from −12, in steps of a 500th.</summary>
    private static double NormalDistribution(double x)
    {
        if (Math.Abs(x) > 12)
        {
            return x > 0 ? 1 : 0;
        }

        int steps = 2 * (int)Math.Ceiling((x + 12) * 50) + 2;
        double step = (x + 12) / steps;
        double sum = 0;
        for (int index = 0; index <= steps; index++)
        {
            double at = -12 + (index * step);
            sum +=
                Math.Exp(-at * at / 2)
                * (
                    index == 0 || index == steps ? 1
                    : index % 2 == 1 ? 4
                    : 2
                );
        }

        return sum * step / 3 / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>One row's way from product to product.</summary>
    private sealed class Case(Random random, int width, int kept)
    {
        private readonly int[] _product = [.. Enumerable.Range(0, 2 * width).Select(_ => random.Next(-900_000, 900_000))];

        private readonly float[] _statistics =
        [
            random.NextSingle() * 1e-3f,
            random.Next(256),
            .. Enumerable.Range(0, kept).Select(_ => 50 * random.NextSingle()),
        ];

        private readonly float[] _table = Numbers(random, (RowKernel.TableRows + kept) * width);
        private readonly float[] _addends = Numbers(random, RowKernel.Padded(width));
        private readonly float[] _weight = Numbers(random, width);
        private readonly float[] _bias = Numbers(random, width);
        private readonly int[] _channels = [.. Enumerable.Range(0, kept).Select(index => index * (width - 1))];

        public byte[] Run(RowKernel kernel, RowActivation activation)
        {
            int padded = RowKernel.Padded(width);
            float[] numbers = new float[padded],
                joined = new float[padded],
                statistics = new float[RowKernel.StatisticNumbers + kept];
            byte[] bytes = new byte[width];
            new Span<float>(_addends, width, padded - width).Clear();
            fixed (
                int* product = _product,
                    channels = _channels
            )
            fixed (
                float* given = _statistics,
                    table = _table,
                    addends = _addends,
                    weight = _weight,
                    bias = _bias
            )
            fixed (
                float* row = numbers,
                    other = joined,
                    found = statistics
            )
            fixed (byte* to = bytes)
            {
                kernel.Dequantize(product, given, kept, table, width, row);
                kernel.JoinDigits(product, table, width, other);
                kernel.Activate(activation, row, width);
                kernel.Add(row, addends, width);
                kernel.Norm(row, weight, bias, 1e-5f, width);
                Assert.True(kernel.Quantize(row, channels, kept, width, to, found));
            }

            return
            [
                .. bytes,
                .. MemoryMarshal.AsBytes<float>(numbers),
                .. MemoryMarshal.AsBytes<float>(joined),
                .. MemoryMarshal.AsBytes<float>(statistics),
            ];
        }
    }
}
