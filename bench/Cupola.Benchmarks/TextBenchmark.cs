using System.Text.Json;
using Cupola.Models;
using Cupola.Text;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Benchmarks;

/// <summary>
/// Prompts a second of the text tower in trees, packed without sharing, and padded to the context length in a plain session of
/// the same ONNX Runtime over the exported graph.
/// </summary>
internal static class TextBenchmark
{
    private const int Classes = 100;
    private const int Sentences = 2000;

    /// <summary>A round takes a minute or more; of two the slower counts.</summary>
    private const int Rounds = 2;

    /// <summary>Padded prompts are slow, and all alike: a sample tells their rate.</summary>
    private const int PaddedSample = 128;

    public static int Run(string model, string templatesPath, string namesPath, string cuplPath)
    {
        Peak.Print();
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        string folder = Directory.CreateTempSubdirectory("cupola-export-").FullName;
        try
        {
            embedder.Export(folder);
            using InferenceSession padded = new(Path.Combine(folder, "onnx", "text_model.onnx"));
            string[] names =
            [
                .. JsonSerializer
                    .Deserialize<string[]>(File.ReadAllText(namesPath))!
                    .Distinct(StringComparer.Ordinal)
                    .Take(Classes),
            ];
            PromptSet templates = PromptSet.FromTemplates(names, PromptTemplates.Read(templatesPath));
            PromptSet cupl = PromptSet.Read(cuplPath);
            Measure($"{Classes} names × {templates[names[0]].Length} templates", Texts(templates), embedder, padded);
            Measure($"{Sentences} CuPL sentences", [.. Texts(cupl).Take(Sentences)], embedder, padded);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static string[] Texts(PromptSet prompts) =>
        [.. prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()).Select(static prompt => prompt.Text)];

    private static void Measure(string title, string[] texts, ClipEmbedder embedder, InferenceSession padded)
    {
        int[][] ids = [.. texts.Select(text => embedder.Tokenizer.Encode(text).Ids.ToArray())];
        int context = embedder.Tokenizer.ContextLength;
        int nodes = PromptTree.Pack(ids, PromptTree.MaximumNodes, share: true, out _).Sum(static tree => tree.NodeCount);
        Console.WriteLine(
            $"{title}: {texts.Length} prompts; tokens padded to {context} {texts.Length * context:N0}, without padding "
                + $"{ids.Sum(static text => text.Length):N0}, in trees {nodes:N0}"
        );

        TextEncoder tower = embedder.Model.Text;
        double[] seconds = Timing.Medians(
            Rounds,
            () => tower.Encode(ids, share: true, fixedRuns: false, progress: null, CancellationToken.None),
            () => tower.Encode(ids, share: false, fixedRuns: false, progress: null, CancellationToken.None),
            () => PaddedTexts.Encode(ids, PaddedSample, context, 16, padded),
            () => PaddedTexts.Encode(ids, PaddedSample, context, 64, padded)
        );
        double best = PaddedSample / Math.Min(seconds[2], seconds[3]);
        Console.WriteLine($"  padded to {context}, batch 16        {PaddedSample / seconds[2],8:0.0}/s");
        Console.WriteLine($"  padded to {context}, batch 64        {PaddedSample / seconds[3],8:0.0}/s");
        Console.WriteLine(
            $"  packed without sharing      {texts.Length / seconds[1],8:0.0}/s  {texts.Length / seconds[1] / best,6:0.00}× "
                + "the better padded"
        );
        Console.WriteLine(
            $"  packed in trees             {texts.Length / seconds[0],8:0.0}/s  {texts.Length / seconds[0] / best,6:0.00}× "
                + "the better padded"
        );
    }
}
