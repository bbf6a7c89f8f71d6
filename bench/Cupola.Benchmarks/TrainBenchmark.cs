using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Benchmarks;

/// <summary>Pairs a second of a whole training step, beside PyTorch, in turns.</summary>
internal static class TrainBenchmark
{
    private const int Turns = 3;
    private const int WarmUp = 3;
    private const int ProfiledSteps = 3;
    private const string TurnSeconds = "12";

    private static readonly (string Name, ClipConfig Config, int Batch)[] Sizes =
    [
        ("small", TrainingStep.Small, 256),
        ("base", TrainingStep.Base, 8),
    ];

    /// <param name="torchScript">peers/torch_step.py, where PyTorch is to be timed too.</param>
    public static int Run(string? torchScript)
    {
        Peak.Print();
        Engine engine = new(new());
        double peak = Peak.Measure(engine.Threads);
        double perProcessorSecond = Peak.PerProcessorSecond();
        foreach ((string size, ClipConfig config, int batch) in Sizes)
        {
            List<Made> made = [];
            List<double> torch = [];
            Split split;
            using (TrainingStep step = Create(config, batch, engine))
            {
                Make(step, WarmUp);
                Split before = Split.Until(step);
                for (int turn = 0; turn < Turns; turn++)
                {
                    if (torchScript is not null)
                    {
                        torch.Add(Torch(torchScript, size, engine.Threads));
                    }

                    made.AddRange(MakeFor(step, TimeSpan.FromSeconds(double.Parse(TurnSeconds, CultureInfo.InvariantCulture))));
                }

                split = Split.Until(step) - before;
            }

            double[] seconds = [.. made.Select(static step => step.Seconds).Order()];
            double median = seconds[seconds.Length / 2],
                processor = made.Select(static step => step.ProcessorSeconds).Order().ElementAt(made.Count / 2);
            Console.WriteLine(
                $"{size}: batch {batch}, {median * 1000:0.0} ms a step (median of {seconds.Length}, from "
                    + $"{seconds[0] * 1000:0.0} to {seconds[^1] * 1000:0.0}), {batch / median:0.0} pairs/s on "
                    + $"{engine.Threads} threads; {processor * 1000:0.0} ms of the processor's time"
            );
            if (torch.Count > 0)
            {
                double peer = torch.Order().ElementAt(torch.Count / 2);
                Console.WriteLine(
                    $"  PyTorch {peer:0.0} pairs/s ({string.Join(", ", torch)}); Cupola is {batch / median / peer:0.00}× as fast"
                );
            }

            OperatorTimes times = Profile(config, batch);
            double operations = times.ProductOperations / ProfiledSteps / 1e9;
            Console.WriteLine(
                $"  matrix products: {operations:0.0} GFLOP a step, {operations / median:0} GFLOP/s over the whole step, "
                    + $"{operations / median / peak:0%} of the peak ({peak:0}); in the processor's time "
                    + $"{operations / processor / perProcessorSecond:0%} of its peak ({perProcessorSecond:0} a thread)"
            );
            double threadSeconds = seconds.Sum() * engine.Threads;
            double inRuns = split.Runs / threadSeconds,
                ofProducts = times.ProductSeconds / times.Seconds;
            Console.WriteLine(
                $"  of the threads' time: products {inRuns * ofProducts:0.0%}, other operators {inRuns * (1 - ofProducts):0.0%}, "
                    + $"AdamW {split.Optimizer * engine.Threads / threadSeconds:0.0%}, sums of gradients "
                    + $"{split.Sums / threadSeconds:0.0%}, loss {split.Loss * engine.Threads / threadSeconds:0.0%}, the rest "
                    + $"{1 - inRuns - (((split.Optimizer + split.Loss) * engine.Threads + split.Sums) / threadSeconds):0.0%}"
            );
            Print(times, engine.Threads);
        }

        return 0;
    }

    private static void Print(OperatorTimes times, int threads)
    {
        Console.WriteLine(
            $"  the profiled steps spent {times.Seconds / ProfiledSteps / threads * 1000:0.0} ms a thread in operators, the "
                + $"products at {times.ProductOperations / times.ProductSeconds / 1e9:0} GFLOP/s a thread:"
        );
        foreach ((string name, OperatorTime time) in times.Longest.Take(12))
        {
            Console.WriteLine(
                $"    {name,-20} {time.Count / ProfiledSteps,6} {time.Seconds / times.Seconds,7:0.0%}"
                    + (time.Operations > 0 ? $" {time.Operations / time.Seconds / 1e9,5:0} GFLOP/s" : "")
            );
        }
    }

    /// <summary>Where the time goes, by ONNX Runtime's profiler, in steps of their own because it slows them.</summary>
    private static OperatorTimes Profile(ClipConfig config, int batch)
    {
        string folder = Directory.CreateTempSubdirectory("cupola-profile-").FullName;
        try
        {
            Engine engine = new(new()) { ProfilePrefix = Path.Combine(folder, "session") };
            using (TrainingStep step = Create(config, batch, engine))
            {
                Make(step, WarmUp + ProfiledSteps);
            }

            return OperatorTimes.Read(folder, ProfiledSteps / (double)(WarmUp + ProfiledSteps));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TrainingStep Create(ClipConfig config, int batch, Engine engine) =>
        new(config, batch, engine, ImageForm.PixelValues, new());

    private static void Make(TrainingStep step, int count)
    {
        for (int index = 0; index < count; index++)
        {
            step.Make();
        }
    }

    private static List<Made> MakeFor(TrainingStep step, TimeSpan time)
    {
        List<Made> made = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            long begun = Stopwatch.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            step.Make();
            made.Add(new(Stopwatch.GetElapsedTime(begun).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds));
        }

        return made;
    }

    private static double Torch(string script, string size, int threads)
    {
        ProcessStartInfo start = new(
            "/usr/bin/python3",
            [script, "--size", size, "--threads", $"{threads}", "--seconds", TurnSeconds]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonDocument.Parse(output).RootElement.GetProperty("pairsPerSecond").GetDouble();
    }

    /// <summary>What a step took, by the clock and of the processor's time.</summary>
    private sealed record Made(double Seconds, double ProcessorSeconds);

    /// <summary>
    /// Seconds of the parts of steps: runs and sums added up over threads, loss and AdamW by the clock, because they take all.
    /// </summary>
    private sealed record Split(double Runs, double Sums, double Loss, double Optimizer)
    {
        public static Split Until(TrainingStep step) =>
            new(step.Times.Runs.TotalSeconds, step.Times.Sums.TotalSeconds, step.Times.Loss.TotalSeconds, step.OptimizerSeconds);

        public static Split operator -(Split left, Split right) =>
            new(left.Runs - right.Runs, left.Sums - right.Sums, left.Loss - right.Loss, left.Optimizer - right.Optimizer);
    }
}
