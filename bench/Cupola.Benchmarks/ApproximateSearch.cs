using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Cloud.Unum.USearch;
using Cupola.Postgres;
using Cupola.Retrieval;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cupola.Benchmarks;

/// <summary>What others make of the vectors that the exact scan reads: graphs of USearch and pgvector, NumPy's product.</summary>
internal static class ApproximateSearch
{
    private const int Top = 10;
    private const int RowsAddedTogether = 8192;

    /// <summary>USearch's HNSW over float16 with its own settings: its build time, time a query, and recall.</summary>
    public static void USearch(VectorFile.Rows rows, float[][] queries, long[][] exact)
    {
        using USearchIndex index = new(MetricKind.Cos, ScalarKind.Float16, (ulong)rows.Dimension);
        long start = Stopwatch.GetTimestamp();
        for (long first = 0; first < rows.Count; first += RowsAddedTogether)
        {
            long[] some =
            [
                .. Enumerable.Range(0, (int)Math.Min(RowsAddedTogether, rows.Count - first)).Select(row => first + row),
            ];
            index.Add([.. some.Select(static row => (ulong)row)], [.. some.Select(rows.ToArray)]);
        }

        double build = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long[][] found = new long[queries.Length][];
        double[] seconds = new double[queries.Length];
        for (int query = 0; query < queries.Length; query++)
        {
            start = Stopwatch.GetTimestamp();
            index.Search(queries[query], Top, out ulong[] keys, out _);
            seconds[query] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            found[query] = [.. keys.Select(static key => (long)key)];
        }

        Console.WriteLine(
            $"USearch: built in {build:0} s on one thread; {Median(seconds) * 1000:0.00} ms a query; "
                + $"recall@{Top} {Recall(found, exact):0.000}"
        );
    }

    /// <summary>A program that takes the rows' file, their dimension and the queries' file, and prints three times.</summary>
    public static void NumPy(string script, string rows, int dimension, float[][] queries)
    {
        string file = rows + ".queries";
        try
        {
            File.WriteAllBytes(file, MemoryMarshal.AsBytes<float>(queries.SelectMany(static query => query).ToArray()).ToArray());
            using Process process = Process.Start(
                new ProcessStartInfo(
                    Environment.GetEnvironmentVariable("PYTHON") ?? "python3",
                    [script, rows, dimension.ToString(CultureInfo.InvariantCulture), file]
                )
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }
            )!;
            string[] numbers = process.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            double[] seconds = [.. numbers.Select(static number => double.Parse(number, CultureInfo.InvariantCulture))];
            Console.WriteLine(
                $"NumPy, float32: product {seconds[0] * 1000:0.0} ms, with the best {Top} {seconds[1] * 1000:0.0} ms; "
                    + $"{queries.Length} queries together {seconds[2] * 1000:0.0} ms a query"
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The tool's own store in a PostgreSQL with pgvector, beside the exact scan over the same vectors.</summary>
    /// <param name="address">An empty database.</param>
    /// <param name="count">How many vectors.</param>
    /// <param name="dimension">Numbers a vector.</param>
    /// <param name="centers">Vectors lie around so many centers; 0 for none, which no index likes.</param>
    public static int Pgvector(string address, int count, int dimension, int centers)
    {
        Random random = new(7);
        float[][] middles = [.. Enumerable.Range(0, centers).Select(_ => SearchBenchmark.Unit(random, dimension))];
        float[] Next() =>
            centers == 0
                ? SearchBenchmark.Unit(random, dimension)
                : new EmbeddingMatrix(
                    [
                        .. middles[random.Next(centers)]
                            .Zip(SearchBenchmark.Unit(random, dimension), static (one, other) => one + (0.7f * other)),
                    ],
                    1,
                    dimension
                )
                    .Normalize()
                    .Values.ToArray();
        string model = string.Create(CultureInfo.InvariantCulture, $"bench-{count}-{dimension}-{centers}");
        (KnownFile File, ContentVector Vector)[] images =
        [
            .. Enumerable
                .Range(0, count)
                .Select(number =>
                {
                    byte[] hash = System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number + (centers * count)));
                    string path = string.Create(CultureInfo.InvariantCulture, $"/bench/{centers}/{number:000000}.jpg");
                    return (new KnownFile(path, 1, 1, hash, null), new ContentVector(new(hash), Next()));
                }),
        ];
        WeightedVector[][] queries = [.. Enumerable.Range(0, 100).Select(_ => (WeightedVector[])[new(Next(), 1)])];
        using PostgresStore store = new(PostgresAddress.Parse(address), model, dimension, NullLogger.Instance);
        string folder = Directory.CreateTempSubdirectory("cupola-bench-").FullName;
        using LocalStore local = new(folder, model, dimension, Environment.ProcessorCount);
        long start = Stopwatch.GetTimestamp();
        using (store.BeginUpdate())
        {
            foreach ((KnownFile File, ContentVector Vector)[] batch in images.Chunk(256))
            {
                store.Add([.. batch.Select(static image => image.File)], [.. batch.Select(static image => image.Vector)]);
            }
        }

        double added = Stopwatch.GetElapsedTime(start).TotalSeconds;
        local.Add([.. images.Select(static image => image.File)], [.. images.Select(static image => image.Vector)]);
        (double theirs, string[][] found) = Search(store, queries);
        (double own, string[][] exact) = Search(local, queries);
        Console.WriteLine(
            $"{count} × {dimension}, {centers} centers: added in {added:0} s; pgvector "
                + $"{theirs * 1000:0.0} ms a query, exact scan "
                + $"{own * 1000:0.0} ms; recall@{Top} {Recall(found, exact):0.000}"
        );
        Console.WriteLine(string.Join('\n', store.Plan.Select(static line => line.Length > 110 ? line[..110] + "…" : line)));
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static (double Seconds, string[][] Paths) Search(ImageStore store, WeightedVector[][] queries)
    {
        store.Rank(queries[0], new(), Top);
        double[] seconds = new double[queries.Length];
        string[][] paths = new string[queries.Length][];
        for (int query = 0; query < queries.Length; query++)
        {
            long start = Stopwatch.GetTimestamp();
            paths[query] = [.. store.Rank(queries[query], new(), Top).Select(static image => image.File.Path)];
            seconds[query] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return (Median(seconds), paths);
    }

    private static double Median(double[] seconds) => seconds.Order().ElementAt(seconds.Length / 2);

    private static double Recall<T>(T[][] found, T[][] exact) =>
        found.Zip(exact).Average(static pair => pair.First.Intersect(pair.Second).Count() / (double)pair.Second.Length);
}
