using System.Diagnostics;
using Cupola.Collectives;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Benchmarks;

/// <summary>
/// Training steps that ranks share, started by mpirun or alone: time, the share of waiting and of exchanging, and the memory of
/// the largest rank.
/// </summary>
internal static class RankBenchmark
{
    public static int Run(string model, int batch, int threads, int steps)
    {
        using ICollective ranks = Collective.Open();
        using TrainingStep step = new(
            model == "base" ? TrainingStep.Base : TrainingStep.Small,
            batch,
            new Engine(new() { Threads = threads }),
            ImageForm.Bytes,
            new(),
            ranks
        );
        // The first one allocates.
        step.Make();
        (TimeSpan waited, TimeSpan exchanged) = Times(ranks);
        List<double> seconds = [];
        for (int made = 0; made < steps; made++)
        {
            ranks.Meet();
            long start = Stopwatch.GetTimestamp();
            step.Make();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        (TimeSpan waitedAfter, TimeSpan exchangedAfter) = Times(ranks);
        double total = seconds.Sum();
        double[] all = ranks.AllGather((waitedAfter - waited).TotalSeconds / total);
        long[] peaks = ranks.AllGather(Process.GetCurrentProcess().PeakWorkingSet64);
        if (ranks.Rank == 0)
        {
            double middle = seconds.Order().ElementAt(steps / 2);
            Console.WriteLine(
                $"{model}, batch {batch}, {ranks.Ranks} ranks of {threads} threads: {middle:0.000} s a step, "
                    + $"{batch / middle:0.0} pairs/s; "
                    + $"exchanging {(exchangedAfter - exchanged).TotalSeconds / total:0.0%}, waiting for others "
                    + $"{string.Join(", ", all.Select(static share => $"{share:0.0%}"))}; "
                    + $"{step.Parameters / 1e6:0.0} million parameters; peak memory of the largest rank {peaks.Max() / 1e6:0} MB"
            );
        }

        return 0;
    }

    private static (TimeSpan Waited, TimeSpan Exchanged) Times(ICollective ranks) =>
        ranks is Mpi mpi ? (mpi.Waited, mpi.Exchanged) : default;
}
