using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;

namespace Cupola.Benchmarks;

/// <summary>int8 beside float32 in one run: images and texts a second, and how far the embeddings are apart.</summary>
internal static class PrecisionBenchmark
{
    private const int TextClasses = 10;
    private const int Sentences = 300;

    public static int Run(string model, string? images, string? templates, string? names, string? cupl)
    {
        Peak.Print();
        using ClipEmbedder exact = ClipEmbedder.Load(model),
            quantized = ClipEmbedder.Load(model, new EngineOptions { Precision = Precision.Int8 });
        Console.WriteLine($"{"",-34}{"float32",10}{"int8",12}{"ratio",9}  cosine: mean, least");
        foreach (int batch in new[] { 1, 8, 32 })
        {
            byte[] pixels = Pixels(batch * exact.Preprocessing.ByteCount);
            Report($"images, batch {batch}", batch, batch == 1 ? 41 : 11, exact, quantized, embedder =>
                embedder.EmbedPixels(pixels, batch)
            );
        }

        if (templates is not null && names is not null)
        {
            string[] classes =
            [
                .. JsonSerializer
                    .Deserialize<string[]>(File.ReadAllText(names))!
                    .Distinct(StringComparer.Ordinal)
                    .Take(TextClasses),
            ];
            string[] texts = Texts(PromptSet.FromTemplates(classes, PromptTemplates.Read(templates)), int.MaxValue);
            Report($"{texts.Length} texts of templates", texts.Length, 3, exact, quantized, embedder =>
                embedder.EmbedTexts(texts)
            );
        }

        if (cupl is not null)
        {
            string[] texts = Texts(PromptSet.Read(cupl), Sentences);
            Report($"{texts.Length} CuPL sentences", texts.Length, 3, exact, quantized, embedder => embedder.EmbedTexts(texts));
        }

        if (images is not null)
        {
            string[] files =
            [
                .. Directory.EnumerateFiles(images, "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(200),
            ];
            Report($"{files.Length} files to embeddings", files.Length, 3, exact, quantized, embedder =>
                Joined(embedder.EmbedImages(files))
            );
        }

        return 0;
    }

    private static void Report(
        string what,
        int count,
        int rounds,
        ClipEmbedder exact,
        ClipEmbedder quantized,
        Func<ClipEmbedder, EmbeddingMatrix> embed
    )
    {
        EmbeddingMatrix expected = embed(exact),
            found = embed(quantized);
        float[] cosines = [.. Enumerable.Range(0, expected.Count).Select(row => TensorPrimitives.Dot(expected[row], found[row]))];
        double[] seconds = Timing.Medians(rounds, () => embed(exact), () => embed(quantized));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what,-34}{count / seconds[0],8:0.0}/s{count / seconds[1],10:0.0}/s{seconds[0] / seconds[1],8:0.00}×  "
                    + $"{cosines.Average():0.00000}, {cosines.Min():0.00000}"
            )
        );
    }

    private static byte[] Pixels(int count)
    {
        byte[] pixels = new byte[count];
        new Random(1).NextBytes(pixels);
        return pixels;
    }

    private static string[] Texts(PromptSet prompts, int most) =>
        [.. prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()).Select(static prompt => prompt.Text).Take(most)];

    private static EmbeddingMatrix Joined(IEnumerable<EmbeddedImage> images)
    {
        float[][] vectors = [.. images.Select(static image => image.Vector).OfType<float[]>()];
        return new([.. vectors.SelectMany(static vector => vector)], vectors.Length, vectors[0].Length);
    }
}
