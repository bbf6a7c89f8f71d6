using System.Diagnostics;

namespace Cupola.Benchmarks;

/// <summary>From process start to the answer for one image, through the command line, and the most memory it took.</summary>
internal static class StartBenchmark
{
    private const int Rounds = 7;

    public static int Run(string model, string image)
    {
        Peak.Print();
        string tool = Path.Combine(
            AppContext.BaseDirectory.Replace("Cupola.Benchmarks", "Cupola.Cli", StringComparison.Ordinal),
            "Cupola.Cli.dll"
        );
        long fileBytes = new FileInfo(Path.Combine(model, "model.safetensors")).Length;
        List<double> seconds = [];
        long peak = 0;
        for (int round = -1; round < Rounds; round++)
        {
            ProcessStartInfo start = new(
                "dotnet",
                [tool, "classify", image, "--labels", "a dog,a cat,a beach", "--model", model, "--format", "json"]
            )
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            long begun = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            while (!process.WaitForExit(5))
            {
                peak = Math.Max(peak, PeakBytes(process));
            }

            if (process.ExitCode != 0)
            {
                return process.ExitCode;
            }

            if (round >= 0)
            {
                seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }
        }

        Console.WriteLine(
            $"one image, three labels: {seconds.Order().ElementAt(Rounds / 2):0.00} s from process start to exit (median of "
                + $"{Rounds}, files in the page cache)"
        );
        Console.WriteLine(
            $"peak resident memory {peak / 1e6:0} MB, the file has {fileBytes / 1e6:0} MB: {peak / (double)fileBytes:0.00}×"
        );
        return 0;
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
