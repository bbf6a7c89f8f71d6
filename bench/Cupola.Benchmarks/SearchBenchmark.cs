using System.Runtime.Intrinsics;
using Cupola.Retrieval;

namespace Cupola.Benchmarks;

/// <summary>
/// The exact scan over a million random unit vectors, beside the memory's bandwidth in the same run, and its answers beside those
/// of double precision.
/// </summary>
internal static class SearchBenchmark
{
    private const int Dimension = 512;
    private const int Queries = 100;
    private const int Top = 10;
    private const int Rounds = 9;
    private const int RowsWrittenTogether = 4096;

    /// <param name="count">How many vectors.</param>
    /// <param name="isGraphToo">Whether USearch builds its graph of them, which takes minutes a million.</param>
    /// <param name="numpy">A script that times NumPy's product (bench/numpy-product.py), or null.</param>
    public static int Run(int count, bool isGraphToo, string? numpy)
    {
        string path = Path.Combine(Path.GetTempPath(), $"cupola-bench-{Environment.ProcessId}.f16");
        try
        {
            using VectorFile file = new(path, Dimension);
            Random random = new(7);
            for (int first = 0; first < count; first += RowsWrittenTogether)
            {
                file.Append([
                    .. Enumerable.Range(0, Math.Min(RowsWrittenTogether, count - first)).Select(_ => Unit(random, Dimension)),
                ]);
            }

            float[][] queries = [.. Enumerable.Range(0, Queries).Select(_ => Unit(random, Dimension))];
            file.Read(rows =>
            {
                long[][] exact = Measure(rows, queries);
                if (isGraphToo)
                {
                    ApproximateSearch.USearch(rows, queries, exact);
                }
            });
            if (numpy is not null)
            {
                ApproximateSearch.NumPy(numpy, path, Dimension, queries);
            }

            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static long[][] Measure(VectorFile.Rows rows, float[][] queries)
    {
        int threads = Environment.ProcessorCount;
        double gigabytes = rows.Count * Dimension * sizeof(ushort) / 1e9;
        double[] medians = Timing.Medians(
            Rounds,
            () => ExactScan.Scores(rows, queries[0], threads),
            () => ExactScan.Best(rows, queries[0], Top, counts: null, threads),
            () => Sum(rows, threads)
        );
        Console.WriteLine(
            $"{rows.Count} × {Dimension} float16 ({gigabytes:0.00} GB), {threads} threads: "
                + $"scores {medians[0] * 1000:0.0} ms a query "
                + $"({gigabytes / medians[0]:0.0} GB/s), the best {Top} {medians[1] * 1000:0.0} ms; reading the same memory "
                + $"{medians[2] * 1000:0.0} ms ({gigabytes / medians[2]:0.0} GB/s): {medians[2] / medians[0]:P0} of the bandwidth"
        );
        long[][] exact = [.. queries.Select(query => Exact(rows, query).ToArray())];
        int equal = queries
            .Zip(exact)
            .Count(pair =>
                ExactScan
                    .Best(rows, pair.First, Top, counts: null, threads)
                    .Select(static found => found.Row)
                    .SequenceEqual(pair.Second)
            );
        Console.WriteLine($"the best {Top} of {equal} of {queries.Length} queries are those of double precision, in their order");
        return exact;
    }

    /// <summary>Double precision over all rows.</summary>
    private static IEnumerable<long> Exact(VectorFile.Rows rows, float[] query)
    {
        var cosines = new double[rows.Count];
        Parallel.For(0, cosines.Length, row => cosines[row] = ExactScan.ExactDot(rows[row], query));
        long[] order = [.. Enumerable.Range(0, cosines.Length).Select(static row => (long)row)];
        Array.Sort([.. cosines.Select(static cosine => -cosine)], order);
        return order.Take(Top);
    }

    /// <summary>What reading costs at least: every byte once, added up.</summary>
    private static unsafe void Sum(VectorFile.Rows rows, int threads)
    {
        nint start = (nint)rows.Start;
        long bytes = rows.Count * rows.Dimension * sizeof(ushort),
            piece = 1 << 19;
        Parallel.For(0L, bytes / piece, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
        {
            Vector256<long> first = default,
                second = default;
            byte* from = (byte*)start + (index * piece);
            for (long offset = 0; offset < piece; offset += 64)
            {
                first += Vector256.Load((long*)(from + offset));
                second += Vector256.Load((long*)(from + offset + 32));
            }

            GC.KeepAlive(Vector256.Sum(first + second));
        });
    }

    /// <summary>A random unit vector.</summary>
    public static float[] Unit(Random random, int dimension)
    {
        var numbers = new float[dimension];
        for (int index = 0; index < dimension; index++)
        {
            numbers[index] = (random.NextSingle() + random.NextSingle() + random.NextSingle()) - 1.5f;
        }

        return new EmbeddingMatrix(numbers, 1, dimension).Normalize().Values.ToArray();
    }
}
