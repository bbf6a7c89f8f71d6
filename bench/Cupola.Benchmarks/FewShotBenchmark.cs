using System.Diagnostics;
using System.Globalization;
using Cupola.FewShot;

namespace Cupola.Benchmarks;

/// <summary>
/// Time and memory of few-shot methods on made-up embeddings: labels are random directions, examples and images lie around them.
/// </summary>
internal static class FewShotBenchmark
{
    private const int Dimension = 512;
    private const int Images = 10_000;

    public static int Run(int classes, int shots)
    {
        Peak.Print();
        Random random = new(1);
        DoubleRows centers = Directions(random, classes, around: null, spread: 1);
        DoubleRows sentences = Directions(random, classes, centers, spread: 1.5);
        int[] ofExamples = [.. Enumerable.Range(0, classes * shots).Select(index => index / shots)],
            ofImages = [.. Enumerable.Range(0, Images).Select(_ => random.Next(classes))];
        DoubleRows embeddings = Directions(random, ofExamples.Length, centers.Take(ofExamples), spread: 2),
            images = Directions(random, Images, centers.Take(ofImages), spread: 2);
        ExampleSet examples = ExampleSet.Create(embeddings, embeddings.Times(sentences), ofExamples, scale: 100);
        DoubleRows scores = images.Times(sentences);
        Console.WriteLine($"{classes} labels × {shots} examples of {Dimension} numbers, {Images} images to classify");
        foreach (ExampleMethod method in ExampleMethod.All.Where(method => examples.Count <= method.MostTried))
        {
            long start = Stopwatch.GetTimestamp();
            ExampleLogits logits = method.Fit(examples, method.Unchosen, CancellationToken.None);
            double fitted = Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            DoubleRows answers = logits.Compute(images, scores, examples.Scale);
            Print($"{method.Name}: fit {fitted:0.00} s, classify", start, answers.Count / (double)Images);
        }

        long begun = Stopwatch.GetTimestamp();
        FewShotChoice choice = new MethodChoice(examples).Choose(FewShotMethod.Auto, null, null, CancellationToken.None);
        Print($"auto chose {choice.Method} ({choice.Alpha}, {choice.Beta}), expects {choice.Expected:0.000},", begun, 1);
        foreach (string note in choice.Notes)
        {
            Console.WriteLine(note);
        }

        Console.WriteLine($"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB");
        return 0;
    }

    private static void Print(string what, long start, double share) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what} {share:0%} in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s"
            )
        );

    /// <summary>Unit vectors, each around a center where there is one.</summary>
    private static DoubleRows Directions(Random random, int count, DoubleRows? around, double spread)
    {
        DoubleRows rows = new(count, Dimension);
        for (int row = 0; row < count; row++)
        {
            Span<double> numbers = rows[row];
            double squares = 0;
            for (int index = 0; index < numbers.Length; index++)
            {
                double noise = spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) / Math.Sqrt(Dimension);
                numbers[index] =
                    (noise * Math.Cos(2 * Math.PI * random.NextDouble())) + (around is null ? 0 : around[row][index]);
                squares += numbers[index] * numbers[index];
            }

            for (int index = 0; index < numbers.Length; index++)
            {
                numbers[index] /= Math.Sqrt(squares);
            }
        }

        return rows;
    }
}
