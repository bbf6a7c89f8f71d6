using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Benchmarks;

/// <summary>
/// A whole file of prompts into class vectors: seconds and peak memory, beside rows padded to the context length in batches of
/// 64.
/// </summary>
internal static class ClassVectorBenchmark
{
    private const int Batch = 64;
    private const int PaddedSample = 10 * Batch;

    public static int Run(string model, string promptsPath)
    {
        Peak.Print();
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        PromptSet prompts = PromptSet.Read(promptsPath);

        long begun = Stopwatch.GetTimestamp();
        ZeroShotClassifier classifier = ZeroShotClassifier.Create(embedder, prompts);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        // Before the plain session takes memory of its own.
        using Process self = Process.GetCurrentProcess();
        long peak = self.PeakWorkingSet64,
            file = new FileInfo(embedder.WeightsPath).Length;
        Console.WriteLine(
            $"{prompts.PromptCount:N0} prompts into {classifier.Labels.Count} class vectors: {seconds:0.0} s, "
                + $"{prompts.PromptCount / seconds:0.0} prompts/s, tokenizing included"
        );
        Console.WriteLine($"peak resident memory {peak / 1e6:0} MB, the file has {file / 1e6:0} MB: {peak / (double)file:0.00}×");

        string folder = Directory.CreateTempSubdirectory("cupola-export-").FullName;
        try
        {
            embedder.Export(folder);
            using InferenceSession padded = new(Path.Combine(folder, "onnx", "text_model.onnx"));
            int[][] ids =
            [
                .. prompts
                    .ClassNames.SelectMany(name => prompts[name].AsEnumerable())
                    .Select(prompt => embedder.Tokenizer.Encode(prompt.Text).Ids.ToArray()),
            ];
            int context = embedder.Tokenizer.ContextLength;
            double sample = Timing.Medians(rounds: 3, () => PaddedTexts.Encode(ids, PaddedSample, context, Batch, padded))[0];
            double all = sample * ids.Length / PaddedSample;
            Console.WriteLine(
                $"padded to {context} in batches of {Batch}: {PaddedSample / sample:0.0} prompts/s (a sample of {PaddedSample}),"
                    + $" so {all:0} s for all; trees are {all / seconds:0.00}× as fast"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }
}
