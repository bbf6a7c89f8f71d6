using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cupola.Retrieval;

/// <summary>
/// The cosines of query vectors with every row of a <see cref="VectorFile"/>, by one pass over its bytes on all threads. Nothing
/// is approximated: which rows are best is decided in double precision over the numbers that are stored.
/// </summary>
internal static class ExactScan
{
    /// <summary>Rows of one piece of work: some hundred kilobytes, so that threads end together.</summary>
    private const int RowsOfPiece = 512;

    /// <summary>Sign, exponent and fraction of a float16 that was sign-extended and moved to a float32's places.</summary>
    private const uint MovedBits = 0x8fff_e000;

    /// <summary>A float32 so made is 2^112 times smaller than the float16: the difference of their biases.</summary>
    private const float BiasScale = 5.1922969e33f;

    /// <summary>How far float32's rounding may move a cosine of unit vectors; what is nearer is decided in double.</summary>
    internal const float Rounding = 4e-6f;

    /// <summary>The cosines of one query with all rows, in their order.</summary>
    public static unsafe float[] Scores(VectorFile.Rows rows, ReadOnlyMemory<float> query, int threads)
    {
        var scores = new float[rows.Count];
        float[] scaled = Scaled(query.Span);
        long pieces = (rows.Count + RowsOfPiece - 1) / RowsOfPiece;
        // A lambda takes no pointers; the address is the same for as long as the rows are mapped.
        nint start = (nint)rows.Start;
        int dimension = rows.Dimension;
        Parallel.For(0L, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
        {
            long end = Math.Min(scores.Length, (piece + 1) * RowsOfPiece);
            fixed (float* numbers = scaled)
            {
                for (long row = piece * RowsOfPiece; row < end; row++)
                {
                    scores[row] = Dot((ushort*)start + (row * dimension), numbers, dimension);
                }
            }
        });
        return scores;
    }

    /// <summary>The rows with the highest cosines among those that count, the best first, exactly.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="query">A unit vector.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="counts">Whether a row counts; all do where null.</param>
    /// <param name="threads">Threads to use.</param>
    public static IReadOnlyList<(long Row, double Cosine)> Best(
        VectorFile.Rows rows,
        ReadOnlyMemory<float> query,
        int most,
        Func<long, bool>? counts,
        int threads
    )
    {
        float[] scores = Scores(rows, query, threads);
        // Whatever rounding may have put behind the last one is looked at again.
        return
        [
            .. Leading(scores, most, Rounding, counts)
                .Select(row => (row, ExactDot(rows[row], query.Span)))
                .OrderByDescending(static found => found.Item2)
                .ThenBy(static found => found.row)
                .Take(most),
        ];
    }

    /// <summary>
    /// The places of the highest scores, and of all that are so near the last of these that rounding may have put them behind it.
    /// </summary>
    /// <param name="scores">A score a place.</param>
    /// <param name="most">How many are wanted.</param>
    /// <param name="rounding">How far rounding may move two scores against each other.</param>
    /// <param name="counts">Whether a place counts; all do where null.</param>
    public static List<long> Leading<T>(T[] scores, int most, T rounding, Func<long, bool>? counts)
        where T : struct, INumber<T>
    {
        PriorityQueue<long, T> best = new();
        for (long place = 0; place < scores.Length; place++)
        {
            if (
                (best.Count < most || (best.TryPeek(out _, out T least) && scores[place] > least))
                && (counts is null || counts(place))
            )
            {
                best.Enqueue(place, scores[place]);
                if (best.Count > most)
                {
                    best.Dequeue();
                }
            }
        }

        List<long> places = [];
        if (best.TryPeek(out _, out T last))
        {
            for (long place = 0; place < scores.Length; place++)
            {
                if (scores[place] >= last - rounding && (counts is null || counts(place)))
                {
                    places.Add(place);
                }
            }
        }

        return places;
    }

    /// <summary>The dot product of a stored row and a query in double precision.</summary>
    public static double ExactDot(ReadOnlySpan<ushort> row, ReadOnlySpan<float> query)
    {
        ReadOnlySpan<Half> numbers = MemoryMarshal.Cast<ushort, Half>(row);
        double sum = 0;
        for (int index = 0; index < query.Length; index++)
        {
            sum += (double)numbers[index] * query[index];
        }

        return sum;
    }

    /// <summary>The highest cosine of a query with some of the rows, on one thread.</summary>
    public static unsafe float Highest(VectorFile.Rows rows, long[] chosen, ReadOnlySpan<float> query)
    {
        float highest = float.NegativeInfinity;
        fixed (float* numbers = Scaled(query))
        {
            foreach (long row in chosen)
            {
                highest = Math.Max(highest, Dot(rows.Start + (row * rows.Dimension), numbers, rows.Dimension));
            }
        }

        return highest;
    }

    private static float[] Scaled(ReadOnlySpan<float> query)
    {
        var scaled = new float[query.Length];
        System.Numerics.Tensors.TensorPrimitives.Multiply(query, BiasScale, scaled);
        return scaled;
    }

    /// <summary>
    /// A float16 becomes a float32 by moving its bits, which leaves it 2^112 too small; the query is so much larger. Four sums
    /// keep the processor's multipliers busy.
    /// </summary>
    private static unsafe float Dot(ushort* row, float* query, int dimension)
    {
        Vector256<float> first = default,
            second = default,
            third = default,
            fourth = default;
        Vector256<int> mask = Vector256.Create(unchecked((int)MovedBits));
        int index = 0;
        for (; index <= dimension - 32; index += 32)
        {
            first = Vector256.FusedMultiplyAdd(Widen(row + index, mask), Vector256.Load(query + index), first);
            second = Vector256.FusedMultiplyAdd(Widen(row + index + 8, mask), Vector256.Load(query + index + 8), second);
            third = Vector256.FusedMultiplyAdd(Widen(row + index + 16, mask), Vector256.Load(query + index + 16), third);
            fourth = Vector256.FusedMultiplyAdd(Widen(row + index + 24, mask), Vector256.Load(query + index + 24), fourth);
        }

        float sum = Vector256.Sum((first + second) + (third + fourth));
        for (; index < dimension; index++)
        {
            sum += (float)BitConverter.UInt16BitsToHalf(row[index]) * (query[index] / BiasScale);
        }

        return sum;
    }

    private static unsafe Vector256<float> Widen(ushort* numbers, Vector256<int> mask)
    {
        Vector128<short> halves = Vector128.Load((short*)numbers);
        Vector256<int> wide = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(halves)
            : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
        return (Vector256.ShiftLeft(wide, 13) & mask).AsSingle();
    }
}
