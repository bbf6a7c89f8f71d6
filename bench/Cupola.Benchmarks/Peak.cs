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

    /// <summary>GFLOP/s on so many threads.</summary>
    public static double Measure(int threads)
    {
        double best = 0;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, static thread =>
                GC.KeepAlive(Vector512.IsHardwareAccelerated ? Wide(thread) : Narrow(thread))
            );
            int lanes = Vector512.IsHardwareAccelerated ? 16 : 8;
            best = Math.Max(best, 2.0 * lanes * Chains * Rounds * threads / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    /// <summary>The chains begin differently, or the compiler would make one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Wide(int seed)
    {
        Vector512<float> factor = Vector512.Create(0.999f),
            term = Vector512.Create(0.001f);
        Vector512<float> a = Vector512.Create(seed + 1f),
            b = a + a,
            c = b + a,
            d = c + a,
            e = d + a,
            f = e + a,
            g = f + a,
            h = g + a,
            i = h + a,
            j = i + a,
            k = j + a,
            l = k + a;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, term);
            b = Vector512.FusedMultiplyAdd(b, factor, term);
            c = Vector512.FusedMultiplyAdd(c, factor, term);
            d = Vector512.FusedMultiplyAdd(d, factor, term);
            e = Vector512.FusedMultiplyAdd(e, factor, term);
            f = Vector512.FusedMultiplyAdd(f, factor, term);
            g = Vector512.FusedMultiplyAdd(g, factor, term);
            h = Vector512.FusedMultiplyAdd(h, factor, term);
            i = Vector512.FusedMultiplyAdd(i, factor, term);
            j = Vector512.FusedMultiplyAdd(j, factor, term);
            k = Vector512.FusedMultiplyAdd(k, factor, term);
            l = Vector512.FusedMultiplyAdd(l, factor, term);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Narrow(int seed)
    {
        Vector256<float> factor = Vector256.Create(0.999f),
            term = Vector256.Create(0.001f);
        Vector256<float> a = Vector256.Create(seed + 1f),
            b = a + a,
            c = b + a,
            d = c + a,
            e = d + a,
            f = e + a,
            g = f + a,
            h = g + a,
            i = h + a,
            j = i + a,
            k = j + a,
            l = k + a;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, factor, term);
            b = Vector256.FusedMultiplyAdd(b, factor, term);
            c = Vector256.FusedMultiplyAdd(c, factor, term);
            d = Vector256.FusedMultiplyAdd(d, factor, term);
            e = Vector256.FusedMultiplyAdd(e, factor, term);
            f = Vector256.FusedMultiplyAdd(f, factor, term);
            g = Vector256.FusedMultiplyAdd(g, factor, term);
            h = Vector256.FusedMultiplyAdd(h, factor, term);
            i = Vector256.FusedMultiplyAdd(i, factor, term);
            j = Vector256.FusedMultiplyAdd(j, factor, term);
            k = Vector256.FusedMultiplyAdd(k, factor, term);
            l = Vector256.FusedMultiplyAdd(l, factor, term);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
