using System.Diagnostics;
using System.Text.Json;
using Cupola.Images;
using NetVips;

namespace Cupola.Benchmarks;

/// <summary>Images a second of the exact resize and crop to 224, beside Pillow and libvips's own thumbnail.</summary>
internal static class ResizeBenchmark
{
    private const double Seconds = 2;

    public static int Run(string? pillowScript)
    {
        // Its results are not to be remembered from one round to the next.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        double[]? pillow = null;
        foreach ((int index, (int width, int height)) in new[] { (500, 333), (4000, 3000) }.Index())
        {
            using RgbImage image = new(width, height);
            new Random(1).NextBytes(image.Bytes);
            ImagePreprocessing preprocessing = new(224);
            using Image vips = Image.NewFromMemoryCopy<byte>(image.Bytes.ToArray(), width, height, 3, Enums.BandFormat.Uchar);

            pillow ??= pillowScript is null ? [0, 0] : Pillow(pillowScript);
            double one = Rate(1, () => Apply(preprocessing, image));
            double two = Rate(2, () => Apply(preprocessing, image));
            double thumbnail = Rate(1, () =>
            {
                using Image small = vips.ThumbnailImage(224, height: 224, crop: Enums.Interesting.Centre);
                small.WriteToMemory<byte>();
            });
            Console.WriteLine($"{width} × {height} to 224, images a second:");
            Console.WriteLine($"  Cupola, one thread           {one,9:0.0}");
            Console.WriteLine($"  Cupola, two threads          {two,9:0.0}  {two / one:0.00}× one thread");
            Console.WriteLine(
                $"  libvips thumbnail, one thread{thumbnail,9:0.0}  {one / thumbnail:0.00}× (another filter, other bytes)"
            );
            if (pillow[index] > 0)
            {
                Console.WriteLine(
                    $"  Pillow                       {pillow[index],9:0.0}  Cupola is {one / pillow[index]:0.00}× on one thread"
                );
            }
        }

        return 0;
    }

    private static void Apply(ImagePreprocessing preprocessing, RgbImage image)
    {
        Span<byte> crop = stackalloc byte[preprocessing.ByteCount];
        preprocessing.Apply(image, crop);
    }

    private static double Rate(int threads, Action once)
    {
        once();
        long start = Stopwatch.GetTimestamp();
        int[] counts = new int[threads];
        Thread[] workers =
        [
            .. Enumerable
                .Range(0, threads)
                .Select(worker => new Thread(() =>
                {
                    while (Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds)
                    {
                        once();
                        counts[worker]++;
                    }
                })),
        ];
        Array.ForEach(workers, static worker => worker.Start());
        Array.ForEach(workers, static worker => worker.Join());
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double[] Pillow(string script)
    {
        ProcessStartInfo start = new("/usr/bin/python3", [script, "--seconds", "3"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("picturesPerSecond").GetDouble()),
        ];
    }
}
