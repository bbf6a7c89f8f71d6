using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training;

namespace Cupola.Benchmarks;

/// <summary>
/// Pairs a second of a whole training step: both towers, the loss, the backward pass, AdamW and the clamp of the logit scale; beside PyTorch, in turns. Pictures and texts are drawn as
/// PyTorch's script draws them: each text has random ids and ends at a random place from the ninth token on, so texts have no beginnings in common that a prompt tree could
/// share; that nothing is padded behind the end is Cupola's gain.
/// </summary>
internal sealed class TrainBenchmark : IDisposable
{
    private const int EndToken = 49407;
    private const int Turns = 3;
    private const int WarmUp = 3;
    private const int ProfiledSteps = 3;
    private const string TurnSeconds = "12";

    private static readonly Dictionary<string, (ClipConfig Config, int Batch)> Sizes = new(StringComparer.Ordinal)
    {
        ["small"] = (new(new(49408, 24, Transformer(128, 2)), new VisionTransformerConfig(48, 8, Transformer(128, 4)), 128, []), 256),
        ["base"] = (new(new(49408, 77, Transformer(512, 12)), new VisionTransformerConfig(224, 32, Transformer(768, 12)), 512, []), 8),
    };

    private readonly LearnedParameters _parameters;
    private readonly TrainableClip _clip;
    private readonly AdamW _optimizer;
    private readonly Tensor _pictures;
    private readonly int[][] _texts;

    private TrainBenchmark(ClipConfig config, int batch, Engine engine)
    {
        Random random = new(1);
        IReadOnlyDictionary<string, long[]> shapes = ClipModel.ParametersOf(config);
        _parameters = new(shapes, name => Initial(name, shapes[name], random), isFrozen: static _ => false);
        _clip = new(engine, config, new(config.Image.ImageSize), _parameters, PictureForm.PixelValues, new(), LossKind.Contrastive);
        _optimizer = new(_parameters, new());
        _pictures = Tensor.Allocate(ElementType.Float32, batch, 3, config.Image.ImageSize, config.Image.ImageSize);
        foreach (ref float pixel in _pictures.AsSpan<float>())
        {
            pixel = Normal(random);
        }

        _texts = [.. Enumerable.Range(0, batch).Select(_ => Text(random, config.Text.ContextLength))];
    }

    /// <param name="torchScript">peers/torch_step.py, where PyTorch is to be timed too.</param>
    public static int Run(string? torchScript)
    {
        Peak.Print();
        Engine engine = new(new());
        double peak = Peak.Measure(engine.Threads);
        foreach ((string size, (ClipConfig config, int batch)) in Sizes)
        {
            List<double> seconds = [], torch = [];
            using (TrainBenchmark benchmark = new(config, batch, engine))
            {
                benchmark.Steps(WarmUp);
                for (int turn = 0; turn < Turns; turn++)
                {
                    if (torchScript is not null)
                    {
                        torch.Add(Torch(torchScript, size, engine.Threads));
                    }

                    seconds.AddRange(benchmark.StepsFor(TimeSpan.FromSeconds(double.Parse(TurnSeconds, CultureInfo.InvariantCulture))));
                }
            }

            double step = seconds.Order().ElementAt(seconds.Count / 2);
            Console.WriteLine($"{size}: batch {batch}, {step * 1000:0.0} ms a step (median of {seconds.Count}, from {seconds.Min() * 1000:0.0} to {seconds.Max() * 1000:0.0}), {batch / step:0.0} pairs/s on {engine.Threads} threads");
            if (torch.Count > 0)
            {
                double median = torch.Order().ElementAt(torch.Count / 2);
                Console.WriteLine($"  PyTorch {median:0.0} pairs/s ({string.Join(", ", torch)}); Cupola is {batch / step / median:0.00}× as fast");
            }

            Profile(config, batch, step, peak);
        }

        return 0;
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _optimizer.Dispose();
        _clip.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Where the time goes, by ONNX Runtime's profiler, in steps of their own because it slows them.</summary>
    private static void Profile(ClipConfig config, int batch, double step, double peak)
    {
        string folder = Directory.CreateTempSubdirectory("cupola-profile-").FullName;
        try
        {
            Engine engine = new(new()) { ProfilePrefix = Path.Combine(folder, "session") };
            using (TrainBenchmark benchmark = new(config, batch, engine))
            {
                benchmark.Steps(WarmUp + ProfiledSteps);
            }

            OperatorTimes times = OperatorTimes.Read(folder, ProfiledSteps / (double)(WarmUp + ProfiledSteps));
            double operations = times.ProductOperations / ProfiledSteps;
            Console.WriteLine(
                $"  matrix products: {operations / 1e9:0.0} GFLOP a step, {operations / step / 1e9:0} GFLOP/s over the whole step, {operations / step / 1e9 / peak:0%} of the peak ({peak:0}); "
                + $"{times.ProductSeconds / times.Seconds:0%} of the operators' time, where they run at {times.ProductOperations / times.ProductSeconds / 1e9:0} GFLOP/s a thread");
            Console.WriteLine($"  the profiled steps spent {times.Seconds / ProfiledSteps / engine.Threads * 1000:0.0} ms a thread in operators:");
            foreach ((string name, long count, double seconds) in times.Longest.Take(12))
            {
                Console.WriteLine($"    {name,-20} {count / ProfiledSteps,6} {seconds / times.Seconds,7:0.0%}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Steps(int count)
    {
        for (int step = 0; step < count; step++)
        {
            Step();
        }
    }

    private List<double> StepsFor(TimeSpan time)
    {
        List<double> seconds = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            long begun = Stopwatch.GetTimestamp();
            Step();
            seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return seconds;
    }

    private void Step()
    {
        _clip.Differentiate(_pictures, _texts);
        _optimizer.Step(static _ => 5e-4f);
        Span<float> scale = _parameters.Values["logit_scale"].AsSpan<float>();
        scale[0] = Math.Clamp(scale[0], 0, PairLoss.LargestLogitScale);
    }

    private static double Torch(string script, string size, int threads)
    {
        ProcessStartInfo start = new("/usr/bin/python3", [script, "--size", size, "--threads", $"{threads}", "--seconds", TurnSeconds])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonDocument.Parse(output).RootElement.GetProperty("pairsPerSecond").GetDouble();
    }

    /// <summary>Ids up to a random end, as the script's <c>randint</c> gives them.</summary>
    private static int[] Text(Random random, int context)
    {
        int[] ids = [.. Enumerable.Range(0, random.Next(8, context) + 1).Select(_ => random.Next(1, 49000))];
        ids[^1] = EndToken;
        return ids;
    }

    private static float[] Initial(string name, long[] shape, Random random)
    {
        var numbers = new float[shape.Aggregate(1L, static (product, extent) => product * extent)];
        bool isNorm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
        float spread = shape.Length == 2 && name.EndsWith("weight", StringComparison.Ordinal) ? 0.5f / MathF.Sqrt(shape[1]) : 0.02f;
        for (int index = 0; index < numbers.Length; index++)
        {
            numbers[index] = name == "logit_scale" ? ContrastiveLoss.InitialLogitScale : isNorm ? 1 : spread * Normal(random);
        }

        return numbers;
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static TransformerConfig Transformer(int width, int layers) => new(width, width / 64, layers, 4 * width, Activation.QuickGelu);
}
