using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Cupola.Server;

namespace Cupola.Benchmarks;

/// <summary>
/// The service under load on loopback: clients that ask for embeddings of images and texts in turns, each as soon as it has its
/// answer; one client alone, many without batches, and many with.
/// </summary>
internal static class ServeBenchmark
{
    private const int Clients = 32;

    /// <summary>How long the ways to compare with are measured.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(20);

    public static int Run(string model, string images, int seconds)
    {
        Peak.Print();
        string[] requests =
        [
            .. Directory
                .EnumerateFiles(images, "*", SearchOption.AllDirectories)
                .Where(static file => Path.GetExtension(file) is ".jpg" or ".png")
                .Order(StringComparer.Ordinal)
                .Take(64)
                .SelectMany(
                    static (file, index) =>
                        new[]
                        {
                            JsonSerializer.Serialize(
                                new { input = new[] { new { image = Convert.ToBase64String(File.ReadAllBytes(file)) } } }
                            ),
                            JsonSerializer.Serialize(
                                new { input = $"a photo of a dog and {index} other animals", encoding_format = "base64" }
                            ),
                        }
                ),
        ];
        Console.WriteLine($"{requests.Length / 2} images of {images} and as many texts, in turns");
        Measure("one client, one after the other", model, batch: 64, clients: 1, Short, requests);
        Measure($"{Clients} clients, nothing together", model, batch: 1, Clients, Short, requests);
        Measure($"{Clients} clients, in batches", model, batch: 64, Clients, TimeSpan.FromSeconds(seconds), requests);
        return 0;
    }

    /// <summary>The service in a process of its own, which ends with its standard input.</summary>
    public static int Serve(string model, int batch)
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        ServiceSettings settings = new()
        {
            ModelName = Path.GetFileName(model),
            Urls = ["http://127.0.0.1:0"],
            Limits = new() { Batch = batch },
        };
        ServeAsync(embedder, settings).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task ServeAsync(ClipEmbedder embedder, ServiceSettings settings)
    {
        await using CupolaService service = CupolaService.Create(embedder, index: null, settings);
        await service.StartAsync(CancellationToken.None);
        Console.WriteLine(service.Addresses.Single());
        await Console.In.ReadToEndAsync();
    }

    private static void Measure(string title, string model, int batch, int clients, TimeSpan time, string[] requests)
    {
        string[] arguments =
        [
            typeof(ServeBenchmark).Assembly.Location,
            "serve-one",
            model,
            batch.ToString(CultureInfo.InvariantCulture),
        ];
        ProcessStartInfo start = new("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Uri address = new(process.StandardOutput.ReadLine()!);
        // Everything once first, so that nothing is measured that happens once.
        Load(address, clients, TimeSpan.FromSeconds(5), requests);
        long before = Resident(process);
        TimeSpan cpu = process.TotalProcessorTime;
        LoadResult result = Load(address, clients, time, requests);
        double seconds = (process.TotalProcessorTime - cpu).TotalSeconds;
        long after = Resident(process);
        process.StandardInput.Close();
        process.WaitForExit();
        double[] sorted = [.. result.Milliseconds.Order()];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{title,-34}{sorted.Length / result.Seconds,8:0.0} requests/s  median {At(sorted, 0.5),7:0.0} ms  99 % within "
                    + $"{At(sorted, 0.99),7:0.0} ms  {seconds * 1000 / sorted.Length,6:0.0} ms of processor each  "
                    + $"{string.Join(", ", result.Statuses.Select(static each => $"{each.Value} x {each.Key}"))}  resident "
                    + $"{before >> 20} -> {after >> 20} MiB"
            )
        );
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    private static LoadResult Load(Uri address, int clients, TimeSpan time, string[] requests)
    {
        ConcurrentBag<double> milliseconds = [];
        ConcurrentDictionary<string, int> statuses = new();
        using HttpClient client = new() { BaseAddress = address };
        Stopwatch watch = Stopwatch.StartNew();
        Task[] all = [.. Enumerable.Range(0, clients).Select(AskAsync)];
        Task.WaitAll(all);
        return new(milliseconds, statuses, watch.Elapsed.TotalSeconds);

        async Task AskAsync(int number)
        {
            // Half of the clients begin with a text.
            for (int index = number * 7; watch.Elapsed < time; index++)
            {
                long start = Stopwatch.GetTimestamp();
                using StringContent content = new(requests[index % requests.Length], Encoding.UTF8, "application/json");
                using HttpResponseMessage response = await client.PostAsync("/v1/embeddings", content);
                await response.Content.ReadAsByteArrayAsync();
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }

                statuses.AddOrUpdate(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture), 1, static (_, count) =>
                    count + 1
                );
            }
        }
    }

    /// <summary>What a load was answered with.</summary>
    private sealed record LoadResult(
        IReadOnlyCollection<double> Milliseconds,
        IReadOnlyDictionary<string, int> Statuses,
        double Seconds
    );
}
