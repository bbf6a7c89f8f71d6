using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cupola.Runtime;

/// <summary>How operands are rearranged, so that a tile reads them in their order.</summary>
internal sealed unsafe partial class ProductKernel<T>
{
    /// <summary>Columns of the left matrix, six numbers of each behind those of the one before: [tiles][length][6].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackLeft(float* numbers, nint columnStep, int rows, int length, float* packed)
    {
        int whole = (rows - 2) / TileRows;
        for (int place = 0; place < length; place++, numbers += columnStep)
        {
            float* target = packed + (place * TileRows);
            int row = 0;
            for (int tile = 0; tile < whole; tile++, row += TileRows, target += LeftTileLength)
            {
                // Two numbers too many, which the next column overwrites.
                Vector256.Load(numbers + row).Store(target);
            }

            for (; row < rows; row += TileRows, target += LeftTileLength)
            {
                for (int index = 0; index < TileRows && row + index < rows; index++)
                {
                    target[index] = numbers[row + index];
                }
            }
        }
    }

    /// <summary>Panels of the right matrix: its rows one behind the other in each, zeros beyond its width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRight(Matrix right, int start, int length, int column, int columns, int panels, float* packed)
    {
        if (right.ColumnStep != 1)
        {
            for (int panel = 0; panel < panels; panel++, column += TileColumns, packed += InnerBlock * TileColumns)
            {
                PackTurned(right.At(start, column), right.ColumnStep, length, Math.Min(TileColumns, columns - column), packed);
            }

            return;
        }

        int whole = Math.Min(panels, (columns - column) / TileColumns);
        float* numbers = right.At(start, column);
        for (int row = 0; row < length; row++, numbers += right.RowStep)
        {
            float* from = numbers,
                to = packed + (row * TileColumns);
            for (int panel = 0; panel < whole; panel++, from += TileColumns, to += InnerBlock * TileColumns)
            {
                T.Load(from).Store(to);
                T.Load(from + T.Count).Store(to + T.Count);
            }

            if (whole < panels)
            {
                Span<float> rest = new(to, TileColumns);
                int width = columns - column - (whole * TileColumns);
                new ReadOnlySpan<float>(from, width).CopyTo(rest);
                rest[width..].Clear();
            }
        }
    }

    /// <summary>A panel of a matrix whose columns lie one behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTurned(float* numbers, nint columnStep, int length, int width, float* packed)
    {
        if (width < TileColumns)
        {
            new Span<float>(packed, length * TileColumns).Clear();
        }

        int columnsTurned = Avx.IsSupported ? width / 8 * 8 : 0,
            rowsTurned = Avx.IsSupported ? length / 8 * 8 : 0;
        for (int index = 0; index < columnsTurned; index += 8)
        {
            for (int row = 0; row < rowsTurned; row += 8)
            {
                Turn(numbers + (index * columnStep) + row, columnStep, packed + (row * TileColumns) + index);
            }
        }

        for (int index = 0; index < width; index++)
        {
            float* from = numbers + (index * columnStep);
            for (int row = index < columnsTurned ? rowsTurned : 0; row < length; row++)
            {
                packed[(row * TileColumns) + index] = from[row];
            }
        }
    }

    /// <summary>Eight rows of eight numbers become columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* from, nint step, float* to)
    {
        Vector256<float> r0 = Vector256.Load(from),
            r1 = Vector256.Load(from + step),
            r2 = Vector256.Load(from + (2 * step)),
            r3 = Vector256.Load(from + (3 * step)),
            r4 = Vector256.Load(from + (4 * step)),
            r5 = Vector256.Load(from + (5 * step)),
            r6 = Vector256.Load(from + (6 * step)),
            r7 = Vector256.Load(from + (7 * step));
        Vector256<float> s0 = Avx.UnpackLow(r0, r1),
            s1 = Avx.UnpackHigh(r0, r1),
            s2 = Avx.UnpackLow(r2, r3),
            s3 = Avx.UnpackHigh(r2, r3),
            s4 = Avx.UnpackLow(r4, r5),
            s5 = Avx.UnpackHigh(r4, r5),
            s6 = Avx.UnpackLow(r6, r7),
            s7 = Avx.UnpackHigh(r6, r7);
        r0 = Avx.Shuffle(s0, s2, 0x44);
        r1 = Avx.Shuffle(s0, s2, 0xEE);
        r2 = Avx.Shuffle(s1, s3, 0x44);
        r3 = Avx.Shuffle(s1, s3, 0xEE);
        r4 = Avx.Shuffle(s4, s6, 0x44);
        r5 = Avx.Shuffle(s4, s6, 0xEE);
        r6 = Avx.Shuffle(s5, s7, 0x44);
        r7 = Avx.Shuffle(s5, s7, 0xEE);
        Avx.Permute2x128(r0, r4, 0x20).Store(to);
        Avx.Permute2x128(r1, r5, 0x20).Store(to + TileColumns);
        Avx.Permute2x128(r2, r6, 0x20).Store(to + (2 * TileColumns));
        Avx.Permute2x128(r3, r7, 0x20).Store(to + (3 * TileColumns));
        Avx.Permute2x128(r0, r4, 0x31).Store(to + (4 * TileColumns));
        Avx.Permute2x128(r1, r5, 0x31).Store(to + (5 * TileColumns));
        Avx.Permute2x128(r2, r6, 0x31).Store(to + (6 * TileColumns));
        Avx.Permute2x128(r3, r7, 0x31).Store(to + (7 * TileColumns));
    }
}
