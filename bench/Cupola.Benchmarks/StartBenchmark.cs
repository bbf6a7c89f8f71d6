using System.Diagnostics;

namespace Cupola.Benchmarks;

/// <summary>From process start to the answer for one image, through the command line, and the most memory it took.</summary>
internal static class StartBenchmark
{
    private const int Rounds = 7;

    /// <summary>What is started, in which precision, and whether nothing is kept of the start before.</summary>
    private static readonly (string Title, string Precision, bool Forgets)[] Ways =
    [
        ("float32", "float32", false),
        ("int8, first time", "int8", true),
        ("int8, again", "int8", false),
    ];

    public static int Run(string model, string image)
    {
        Peak.Print();
        long fileBytes = new FileInfo(Path.Combine(model, "model.safetensors")).Length;
        string cache = Directory.CreateTempSubdirectory("cupola-start-").FullName;
        Console.WriteLine(
            $"one image, three labels: from process start to exit (median of {Rounds}, files in the page cache), and peak "
                + $"resident memory beside the file's {fileBytes / 1e6:0} MB"
        );
        try
        {
            // In turns, so that whatever the machine does meanwhile meets all of them.
            List<(double Seconds, long Peak)>[] runs = [.. Ways.Select(static _ => new List<(double, long)>())];
            for (int round = -1; round < Rounds; round++)
            {
                foreach ((int way, (string _, string precision, bool forgets)) in Ways.Index())
                {
                    if (forgets)
                    {
                        Directory.Delete(cache, recursive: true);
                    }

                    (double Seconds, long Peak) run = Start(model, image, precision, cache);
                    if (round >= 0)
                    {
                        runs[way].Add(run);
                    }
                }
            }

            foreach ((int way, (string title, string _, bool _)) in Ways.Index())
            {
                long peak = runs[way].Max(static run => run.Peak);
                Console.WriteLine(
                    $"{title,-18}{runs[way].Select(static run => run.Seconds).Order().ElementAt(Rounds / 2),6:0.00} s"
                        + $"{peak / 1e6,8:0} MB  {peak / (double)fileBytes,5:0.00}×"
                );
            }
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }

        return 0;
    }

    /// <summary>One run of the tool.</summary>
    private static (double Seconds, long Peak) Start(string model, string image, string precision, string cache)
    {
        string tool = Path.Combine(
            AppContext.BaseDirectory.Replace("Cupola.Benchmarks", "Cupola.Cli", StringComparison.Ordinal),
            "Cupola.Cli.dll"
        );
        ProcessStartInfo start = new(
            "dotnet",
            [
                tool,
                "classify",
                image,
                "--labels",
                "a dog,a cat,a beach",
                "--model",
                model,
                "--precision",
                precision,
                "--format",
                "json",
            ]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["CUPOLA_CACHE"] = cache;
        long begun = Stopwatch.GetTimestamp(),
            peak = 0;
        using Process process = Process.Start(start)!;
        while (!process.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakBytes(process));
        }

        return process.ExitCode == 0
            ? (Stopwatch.GetElapsedTime(begun).TotalSeconds, peak)
            : throw new InvalidOperationException($"{tool} ended with {process.ExitCode}.");
    }

    /// <summary>What the process has had in memory at most; 0 once it has ended.</summary>
    private static long PeakBytes(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}
