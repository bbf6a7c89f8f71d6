using System.Runtime.CompilerServices;

namespace Cupola.Runtime;

/// <summary>The kernel on registers of one width.</summary>
/// <typeparam name="T">Sixteen numbers in these registers.</typeparam>
internal sealed unsafe class RowKernel<T> : RowKernel
    where T : struct, ILanes<T>
{
    /// <summary>Added to a number, it leaves the nearest whole number in the lowest bits.</summary>
    private const float Shift = 12_582_912;

    /// <summary>Steps between the smallest and the largest byte, less one for rounding at both ends.</summary>
    private const float Steps = 254;

    /// <summary>So small a scale is that of a row of zeros.</summary>
    private const float SmallestScale = 1e-20f;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Dequantize(int* product, float* statistics, int kept, float* table, int width, float* numbers)
    {
        T scale = T.Create(statistics[0]),
            shift = T.Create(-(statistics[0] * statistics[1]));
        int whole = width / Block * Block,
            rest = width - whole;
        for (int start = 0; start < whole; start += Block)
        {
            Numbers(product + start, statistics, kept, table + start, width, scale, shift).Store(numbers + start);
        }

        if (rest > 0)
        {
            int* lastProduct = stackalloc int[Block];
            float* lastTable = stackalloc float[(TableRows + MostKept) * Block];
            Copy(product + whole, lastProduct, rest);
            for (int row = 0; row < TableRows + kept; row++)
            {
                Copy((int*)(table + ((long)row * width) + whole), (int*)(lastTable + (row * Block)), rest);
            }

            Numbers(lastProduct, statistics, kept, lastTable, Block, scale, shift).Store(numbers + whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void JoinDigits(int* product, float* table, int width, float* numbers)
    {
        int whole = width / Block * Block,
            rest = width - whole;
        for (int start = 0; start < whole; start += Block)
        {
            Joined(product + start, product + width + start, table + start, width).Store(numbers + start);
        }

        if (rest > 0)
        {
            int* digits = stackalloc int[2 * Block];
            float* lastTable = stackalloc float[TableRows * Block];
            Copy(product + whole, digits, rest);
            Copy(product + width + whole, digits + Block, rest);
            for (int row = 0; row < TableRows; row++)
            {
                Copy((int*)(table + ((long)row * width) + whole), (int*)(lastTable + (row * Block)), rest);
            }

            Joined(digits, digits + Block, lastTable, Block).Store(numbers + whole);
        }
    }

    public override void Activate(RowActivation activation, float* numbers, int width)
    {
        switch (activation)
        {
            case RowActivation.QuickGelu:
                QuickGelu(numbers, width);
                break;
            case RowActivation.Gelu:
                Gelu(numbers, width);
                break;
            case RowActivation.GeluTanh:
                GeluTanh(numbers, width);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* numbers, float* addends, int width)
    {
        for (int start = 0; start < width; start += Block)
        {
            (T.Load(numbers + start) + T.Load(addends + start)).Store(numbers + start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Norm(float* numbers, float* weight, float* bias, float epsilon, int width)
    {
        int whole = width / Block * Block,
            rest = width - whole;
        T sums = T.Create(0);
        for (int start = 0; start < width; start += Block)
        {
            sums += T.Load(numbers + start);
        }

        T mean = T.Create(Sum(sums) / width),
            squares = T.Create(0);
        for (int start = 0; start < whole; start += Block)
        {
            T centred = T.Load(numbers + start) - mean;
            centred.Store(numbers + start);
            squares = T.MultiplyAdd(centred, centred, squares);
        }

        float* last = stackalloc float[2 * Block];
        if (rest > 0)
        {
            // What stands behind the width is no number of the row, and stays 0.
            (T.Load(numbers + whole) - mean).Store(numbers + whole);
            new Span<float>(numbers + width, Block - rest).Clear();
            T centred = T.Load(numbers + whole);
            squares = T.MultiplyAdd(centred, centred, squares);
            Copy((int*)(weight + whole), (int*)last, rest);
            Copy((int*)(bias + whole), (int*)(last + Block), rest);
        }

        T inverse = T.Create(1 / MathF.Sqrt((Sum(squares) / width) + epsilon));
        for (int start = 0; start < whole; start += Block)
        {
            T.MultiplyAdd(T.Load(numbers + start) * inverse, T.Load(weight + start), T.Load(bias + start)).Store(numbers + start);
        }

        if (rest > 0)
        {
            T.MultiplyAdd(T.Load(numbers + whole) * inverse, T.Load(last), T.Load(last + Block)).Store(numbers + whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Quantize(float* numbers, int* channels, int kept, int width, byte* bytes, float* statistics)
    {
        bool isFinite = true;
        for (int index = 0; index < kept; index++)
        {
            float* number = numbers + channels[index];
            isFinite &= float.IsFinite(*number);
            statistics[StatisticNumbers + index] = *number;
            *number = 0;
        }

        T zero = T.Create(0),
            smallest = zero,
            largest = zero,
            found = zero;
        for (int start = 0; start < width; start += Block)
        {
            T given = T.Load(numbers + start);
            smallest = T.Min(smallest, given);
            largest = T.Max(largest, given);
            // 0 as long as all are finite, and no number from the first that is not.
            found = T.MultiplyAdd(given, zero, found);
        }

        float low = Smallest(smallest),
            scale = MathF.Max((-Smallest(zero - largest) - low) / Steps, SmallestScale),
            inverse = 1 / scale,
            // Rounded up, so that no byte leaves its range whatever is lost in the last bit; and never a zero with a sign.
            point = MathF.Ceiling(-low * inverse) + 0f;
        statistics[0] = scale;
        statistics[1] = point;
        T factor = T.Create(inverse),
            shift = T.Create(Shift + point);
        int whole = width / Block * Block,
            rest = width - whole;
        for (int start = 0; start < whole; start += Block)
        {
            T.MultiplyAdd(T.Load(numbers + start), factor, shift).StoreLowBytes(bytes + start);
        }

        if (rest > 0)
        {
            byte* last = stackalloc byte[Block];
            T.MultiplyAdd(T.Load(numbers + whole), factor, shift).StoreLowBytes(last);
            new ReadOnlySpan<byte>(last, rest).CopyTo(new(bytes + whole, rest));
        }

        return isFinite && Sum(found) == 0 && float.IsFinite(scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Numbers(int* product, float* statistics, int kept, float* table, int stride, T scale, T shift)
    {
        T offset = T.MultiplyAdd(shift, T.Load(table + stride), T.Load(table + (2L * stride))),
            numbers = T.MultiplyAdd(T.Load(product), scale * T.Load(table), offset);
        for (int index = 0; index < kept; index++)
        {
            numbers = T.MultiplyAdd(
                T.Create(statistics[StatisticNumbers + index]),
                T.Load(table + ((long)(TableRows + index) * stride)),
                numbers
            );
        }

        return numbers;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Joined(int* high, int* low, float* table, int stride) =>
        T.MultiplyAdd(
            T.Load(high),
            T.Load(table),
            T.MultiplyAdd(T.Load(low), T.Load(table + stride), T.Load(table + (2L * stride)))
        );

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void QuickGelu(float* numbers, int width)
    {
        for (int start = 0; start < width; start += Block)
        {
            RowActivations.QuickGelu(T.Load(numbers + start)).Store(numbers + start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gelu(float* numbers, int width)
    {
        for (int start = 0; start < width; start += Block)
        {
            RowActivations.Gelu(T.Load(numbers + start)).Store(numbers + start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GeluTanh(float* numbers, int width)
    {
        for (int start = 0; start < width; start += Block)
        {
            RowActivations.GeluTanh(T.Load(numbers + start)).Store(numbers + start);
        }
    }

    /// <summary>Copies part of a block and puts zeros behind it.</summary>
    private static void Copy(int* from, int* to, int count)
    {
        new ReadOnlySpan<int>(from, count).CopyTo(new(to, count));
        new Span<int>(to + count, Block - count).Clear();
    }

    private static float Sum(T parts)
    {
        float* numbers = stackalloc float[Block];
        parts.Store(numbers);
        for (int half = Block / 2; half > 0; half /= 2)
        {
            for (int index = 0; index < half; index++)
            {
                numbers[index] += numbers[index + half];
            }
        }

        return numbers[0];
    }

    private static float Smallest(T parts)
    {
        float* numbers = stackalloc float[Block];
        parts.Store(numbers);
        float smallest = numbers[0];
        for (int index = 1; index < Block; index++)
        {
            smallest = MathF.Min(smallest, numbers[index]);
        }

        return smallest;
    }
}
