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
        foreach ((string size, ClipConfig config, int batch) in Sizes)
        {
            List<double> seconds = [],
                torch = [];
            using (TrainingStep step = Create(config, batch, engine))
            {
                Make(step, WarmUp);
                for (int turn = 0; turn < Turns; turn++)
                {
                    if (torchScript is not null)
                    {
                        torch.Add(Torch(torchScript, size, engine.Threads));
                    }

                    seconds.AddRange(
                        MakeFor(step, TimeSpan.FromSeconds(double.Parse(TurnSeconds, CultureInfo.InvariantCulture)))
                    );
                }
            }

            double median = seconds.Order().ElementAt(seconds.Count / 2);
            Console.WriteLine(
                $"{size}: batch {batch}, {median * 1000:0.0} ms a step (median of {seconds.Count}, from "
                    + $"{seconds.Min() * 1000:0.0} to {seconds.Max() * 1000:0.0}), {batch / median:0.0} pairs/s on "
                    + $"{engine.Threads} threads"
            );
            if (torch.Count > 0)
            {
                double peer = torch.Order().ElementAt(torch.Count / 2);
                Console.WriteLine(
                    $"  PyTorch {peer:0.0} pairs/s ({string.Join(", ", torch)}); Cupola is {batch / median / peer:0.00}× as fast"
                );
            }

            Profile(config, batch, median, peak);
        }

        return 0;
    }

    /// <summary>Where the time goes, by ONNX Runtime's profiler, in steps of their own because it slows them.</summary>
    private static void Profile(ClipConfig config, int batch, double seconds, double peak)
    {
        string folder = Directory.CreateTempSubdirectory("cupola-profile-").FullName;
        try
        {
            Engine engine = new(new()) { ProfilePrefix = Path.Combine(folder, "session") };
            using (TrainingStep step = Create(config, batch, engine))
            {
                Make(step, WarmUp + ProfiledSteps);
            }

            OperatorTimes times = OperatorTimes.Read(folder, ProfiledSteps / (double)(WarmUp + ProfiledSteps));
            double operations = times.ProductOperations / ProfiledSteps;
            Console.WriteLine(
                $"  matrix products: {operations / 1e9:0.0} GFLOP a step, {operations / seconds / 1e9:0} GFLOP/s over the whole "
                    + $"step, {operations / seconds / 1e9 / peak:0%} of the peak ({peak:0}); "
                    + $"{times.ProductSeconds / times.Seconds:0%} of the operators' time, where they run at "
                    + $"{times.ProductOperations / times.ProductSeconds / 1e9:0} GFLOP/s a thread"
            );
            Console.WriteLine(
                $"  the profiled steps spent {times.Seconds / ProfiledSteps / engine.Threads * 1000:0.0} ms a thread in "
                    + "operators:"
            );
            foreach ((string name, long count, double ofOperator) in times.Longest.Take(12))
            {
                Console.WriteLine($"    {name,-20} {count / ProfiledSteps,6} {ofOperator / times.Seconds,7:0.0%}");
            }
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

    private static List<double> MakeFor(TrainingStep step, TimeSpan time)
    {
        List<double> seconds = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            long begun = Stopwatch.GetTimestamp();
            step.Make();
            seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return seconds;
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
}
