using System.Diagnostics;
using System.Globalization;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Benchmarks;

/// <summary>
/// Peak memory of a training step of the small model at growing batches, each in a process of its own, with more and less memory
/// to keep forward passes in.
/// </summary>
internal static class TrainMemoryBenchmark
{
    private const int Steps = 2;

    private static readonly int[] Batches = [256, 4096, 32768];

    public static int Run()
    {
        Peak.Print();
        foreach (long kept in (long[])[2048, 256, 0])
        {
            Console.WriteLine($"forward passes kept in at most {kept} MB:");
            double first = 0;
            foreach (int batch in Batches)
            {
                double[] measured =
                [
                    .. Child(batch, kept).Split(' ').Select(static number => double.Parse(number, CultureInfo.InvariantCulture)),
                ];
                first = first == 0 ? measured[0] : first;
                Console.WriteLine(
                    $"  batch {batch,6:N0}: peak {measured[0],6:0} MB, {measured[0] / first:0.00}× the first's, of which "
                        + $"{measured[1]:0} MB before the step (images and texts {measured[2]:0} MB); {measured[3]:0.0} s a "
                        + $"step, {batch / measured[3]:0} pairs/s"
                );
            }
        }

        return 0;
    }

    /// <summary>One batch: peak, memory before the first step, that of the data, and seconds of the last step.</summary>
    public static int RunOne(int batch, long keptMegabytes)
    {
        using Process self = Process.GetCurrentProcess();
        Engine engine = new(new());
        using TrainingStep step = new(
            TrainingStep.Small,
            batch,
            engine,
            ImageForm.Bytes,
            new(ActivationBytes: keptMegabytes << 20)
        );
        long before = self.WorkingSet64;
        double seconds = 0;
        for (int index = 0; index < Steps; index++)
        {
            long begun = Stopwatch.GetTimestamp();
            step.Make();
            seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }

        self.Refresh();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{self.PeakWorkingSet64 / 1e6:0.0} {before / 1e6:0.0} {step.DataBytes / 1e6:0.0} {seconds:0.000}"
            )
        );
        return 0;
    }

    private static string Child(int batch, long kept)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["train-memory", $"{batch}", $"{kept}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"A step of {batch} pairs failed.");
    }
}
