using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cupola.Benchmarks;

/// <summary>What the processor can do at most: float32 fused multiply-adds from registers alone.</summary>
internal static class Peak
{
    private const int Rounds = 40_000_000;
    private const int Chains = 12;

    /// <summary>Prints the machine and its peak, which every figure is to be read against.</summary>
    public static void Print()
    {
        double one = Measure(1),
            two = Measure(Environment.ProcessorCount);
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, "
                + $"{(Vector512.IsHardwareAccelerated ? "AVX-512"
                : Vector256.IsHardwareAccelerated ? "AVX2" : "128-bit vectors")}; "
                + $"float32 peak {one:0} GFLOP/s on one thread, {two:0} on {Environment.ProcessorCount}"
        );
    }

    private static double Operations => 2.0 * (Vector512.IsHardwareAccelerated ? 16 : 8) * Chains * Rounds;

    /// <summary>GFLOP/s on so many threads.</summary>
    public static double Measure(int threads)
    {
        double best = 0;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, static thread => Work(thread));
            best = Math.Max(best, Operations * threads / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    /// <summary>GFLOP in a second of the processor's time, whatever other programs do meanwhile.</summary>
    public static double PerProcessorSecond()
    {
        double best = 0;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            Work(attempt);
            best = Math.Max(best, Operations / (Environment.CpuUsage.TotalTime - start).TotalSeconds / 1e9);
        }

        return best;
    }

    private static void Work(int seed) => GC.KeepAlive(Vector512.IsHardwareAccelerated ? Chain<Wide>(seed) : Chain<Narrow>(seed));

    /// <summary>The chains begin differently, or the compiler would make one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain<T>(int seed)
        where T : struct, ILanes<T>
    {
        T factor = T.Create(0.999f),
            term = T.Create(0.001f);
        T a = T.Create(seed + 1),
            b = T.Create(seed + 2),
            c = T.Create(seed + 3),
            d = T.Create(seed + 4),
            e = T.Create(seed + 5),
            f = T.Create(seed + 6),
            g = T.Create(seed + 7),
            h = T.Create(seed + 8),
            i = T.Create(seed + 9),
            j = T.Create(seed + 10),
            k = T.Create(seed + 11),
            l = T.Create(seed + 12);
        for (int round = 0; round < Rounds; round++)
        {
            a = T.MultiplyAdd(a, factor, term);
            b = T.MultiplyAdd(b, factor, term);
            c = T.MultiplyAdd(c, factor, term);
            d = T.MultiplyAdd(d, factor, term);
            e = T.MultiplyAdd(e, factor, term);
            f = T.MultiplyAdd(f, factor, term);
            g = T.MultiplyAdd(g, factor, term);
            h = T.MultiplyAdd(h, factor, term);
            i = T.MultiplyAdd(i, factor, term);
            j = T.MultiplyAdd(j, factor, term);
            k = T.MultiplyAdd(k, factor, term);
            l = T.MultiplyAdd(l, factor, term);
        }

        return T.Sum(a)
            + T.Sum(b)
            + T.Sum(c)
            + T.Sum(d)
            + T.Sum(e)
            + T.Sum(f)
            + T.Sum(g)
            + T.Sum(h)
            + T.Sum(i)
            + T.Sum(j)
            + T.Sum(k)
            + T.Sum(l);
    }

    /// <summary>A register of float32 numbers.</summary>
    private interface ILanes<T>
        where T : struct, ILanes<T>
    {
        static abstract T Create(float value);

        static abstract T MultiplyAdd(T value, T factor, T term);

        static abstract float Sum(T value);
    }

    private readonly struct Wide(Vector512<float> lanes) : ILanes<Wide>
    {
        private readonly Vector512<float> _lanes = lanes;

        public static Wide Create(float value) => new(Vector512.Create(value));

        public static Wide MultiplyAdd(Wide value, Wide factor, Wide term) =>
            new(Vector512.FusedMultiplyAdd(value._lanes, factor._lanes, term._lanes));

        public static float Sum(Wide value) => Vector512.Sum(value._lanes);
    }

    private readonly struct Narrow(Vector256<float> lanes) : ILanes<Narrow>
    {
        private readonly Vector256<float> _lanes = lanes;

        public static Narrow Create(float value) => new(Vector256.Create(value));

        public static Narrow MultiplyAdd(Narrow value, Narrow factor, Narrow term) =>
            new(Vector256.FusedMultiplyAdd(value._lanes, factor._lanes, term._lanes));

        public static float Sum(Narrow value) => Vector256.Sum(value._lanes);
    }
}
