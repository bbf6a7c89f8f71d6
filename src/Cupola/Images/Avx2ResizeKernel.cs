using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cupola.Images;

/// <summary>
/// The kernel for AVX2. A 16-bit multiply and add of neighbors computes sixteen products at once, but a weight has 22 fractional
/// bits; so each weight is split into upper and lower bits, which are summed separately and combined at the end: Σ w·p = 4096 Σ
/// high·p + Σ low·p.
/// </summary>
internal sealed unsafe class Avx2ResizeKernel : ResizeKernel
{
    private const int LowBits = 12;

    /// <summary>
    /// Shuffles four pixels RGBRGBRGBRGB: the first two as 16-bit pairs RR GG BB 00 in the lower half, the other two in the
    /// upper.
    /// </summary>
    private static readonly Vector256<byte> PairPixels = Vector256.Create(
        (byte)0,
        0x80,
        3,
        0x80,
        1,
        0x80,
        4,
        0x80,
        2,
        0x80,
        5,
        0x80,
        0x80,
        0x80,
        0x80,
        0x80,
        6,
        0x80,
        9,
        0x80,
        7,
        0x80,
        10,
        0x80,
        8,
        0x80,
        11,
        0x80,
        0x80,
        0x80,
        0x80,
        0x80
    );

    /// <summary>
    /// Shuffles four weights: the first two as a pair for every channel in the lower half, the other two in the upper.
    /// </summary>
    private static readonly Vector256<byte> PairWeights = Vector256.Create(
        (byte)0,
        1,
        2,
        3,
        0,
        1,
        2,
        3,
        0,
        1,
        2,
        3,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        4,
        5,
        6,
        7,
        4,
        5,
        6,
        7,
        4,
        5,
        6,
        7
    );

    public override void Horizontal(
        byte* source,
        nint sourceStride,
        int rows,
        ResizeWeights weights,
        byte* destination,
        nint destinationStride
    )
    {
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            FourRows(
                source + (row * sourceStride),
                sourceStride,
                weights,
                destination + (row * destinationStride),
                destinationStride
            );
        }

        for (; row < rows; row++)
        {
            // The last rows are computed one by one: the same row four times.
            FourRows(source + (row * sourceStride), 0, weights, destination + (row * destinationStride), 0);
        }
    }

    public override void Vertical(
        byte* source,
        nint sourceStride,
        int firstRow,
        ResizeWeights weights,
        byte* destination,
        int rowBytes
    )
    {
        Span<byte> rest = stackalloc byte[16];
        for (int row = 0; row < weights.First.Length; row++)
        {
            byte* from = source + ((weights.First[row] - firstRow) * sourceStride),
                to = destination + (row * (nint)rowBytes);
            ReadOnlySpan<short> low = weights.Low.AsSpan(row * weights.Taps, weights.Taps),
                high = weights.High.AsSpan(row * weights.Taps, weights.Taps);
            int column = 0;
            for (; column + 16 <= rowBytes; column += 16)
            {
                Columns(from + column, sourceStride, low, high).Store(to + column);
            }

            if (column < rowBytes)
            {
                Columns(from + column, sourceStride, low, high).CopyTo(rest);
                rest[..(rowBytes - column)].CopyTo(new Span<byte>(to + column, rowBytes - column));
            }
        }
    }

    private static void FourRows(byte* source, nint stride, ResizeWeights weights, byte* destination, nint destinationStride)
    {
        int taps = weights.Taps;
        ref short low = ref MemoryMarshal.GetArrayDataReference(weights.Low),
            high = ref MemoryMarshal.GetArrayDataReference(weights.High);
        for (int pixel = 0; pixel < weights.First.Length; pixel++)
        {
            byte* from = source + (weights.First[pixel] * 3);
            Vector256<int> low0 = default,
                low1 = default,
                low2 = default,
                low3 = default,
                high0 = default,
                high1 = default,
                high2 = default,
                high3 = default;
            for (int tap = 0; tap < taps; tap += 4)
            {
                Vector256<short> lows = Weights(ref Unsafe.Add(ref low, (pixel * taps) + tap)),
                    highs = Weights(ref Unsafe.Add(ref high, (pixel * taps) + tap));
                Accumulate(from, lows, highs, ref low0, ref high0);
                Accumulate(from + stride, lows, highs, ref low1, ref high1);
                Accumulate(from + (2 * stride), lows, highs, ref low2, ref high2);
                Accumulate(from + (3 * stride), lows, highs, ref low3, ref high3);
                from += 12;
            }

            byte* to = destination + (pixel * 3);
            *(uint*)to = Pixel(low0, high0);
            *(uint*)(to + destinationStride) = Pixel(low1, high1);
            *(uint*)(to + (2 * destinationStride)) = Pixel(low2, high2);
            *(uint*)(to + (3 * destinationStride)) = Pixel(low3, high3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Weights(ref short four) =>
        Avx2.Shuffle(Vector256.Create(Unsafe.As<short, long>(ref four)).AsByte(), PairWeights).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        byte* pixels,
        Vector256<short> lows,
        Vector256<short> highs,
        ref Vector256<int> low,
        ref Vector256<int> high
    )
    {
        Vector256<short> pairs = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixels), PairPixels).AsInt16();
        low += Avx2.MultiplyAddAdjacent(pairs, lows);
        high += Avx2.MultiplyAddAdjacent(pairs, highs);
    }

    /// <summary>Red, green, blue and a byte that the next pixel overwrites.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Pixel(Vector256<int> low, Vector256<int> high)
    {
        Vector256<int> both = low + (high << LowBits);
        Vector128<int> sums = (both.GetLower() + both.GetUpper() + Vector128.Create(Half)) >> ResizeWeights.FractionBits;
        Vector128<short> words = Sse2.PackSignedSaturate(sums, sums);
        return Sse2.PackUnsignedSaturate(words, words).AsUInt32().ToScalar();
    }

    /// <summary>Sixteen neighboring bytes of one output row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Columns(byte* from, nint stride, ReadOnlySpan<short> low, ReadOnlySpan<short> high)
    {
        Vector256<int> lowA = default,
            lowB = default,
            highA = default,
            highB = default;
        for (int tap = 0; tap < low.Length; tap += 2)
        {
            Vector256<short> upper = Avx2.ConvertToVector256Int16(from + (tap * stride)),
                lower = Avx2.ConvertToVector256Int16(from + ((tap + 1) * stride));
            Vector256<short> pairsA = Avx2.UnpackLow(upper, lower),
                pairsB = Avx2.UnpackHigh(upper, lower);
            Vector256<short> lows = Pair(low, tap),
                highs = Pair(high, tap);
            lowA += Avx2.MultiplyAddAdjacent(pairsA, lows);
            lowB += Avx2.MultiplyAddAdjacent(pairsB, lows);
            highA += Avx2.MultiplyAddAdjacent(pairsA, highs);
            highB += Avx2.MultiplyAddAdjacent(pairsB, highs);
        }

        Vector256<int> half = Vector256.Create(Half);
        Vector256<int> sumsA = (lowA + (highA << LowBits) + half) >> ResizeWeights.FractionBits;
        Vector256<int> sumsB = (lowB + (highB << LowBits) + half) >> ResizeWeights.FractionBits;
        // Unpacking split each half of the sixteen; packing joins them in order.
        Vector256<short> words = Avx2.PackSignedSaturate(sumsA, sumsB);
        return Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(ReadOnlySpan<short> weights, int tap) =>
        Vector256.Create(Unsafe.As<short, int>(ref Unsafe.Add(ref MemoryMarshal.GetReference(weights), tap))).AsInt16();
}
