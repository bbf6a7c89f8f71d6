using System.Globalization;
using Cupola.Graphs;
using Cupola.Maps;
using Cupola.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Benchmarks;

/// <summary>How long maps of one image take beside its embedding, texts already embedded.</summary>
internal static class MapTimes
{
    private const int Rounds = 41;

    private static readonly int[] Sentences = [1, 11, 101];

    public static int Run(string model)
    {
        Peak.Print();
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        using MapEncoder encoder = MapEncoder.Create(embedder);
        int size = embedder.Preprocessing.Size,
            dimension = embedder.Config.EmbeddingDimension;
        byte[] pixels = new byte[embedder.Preprocessing.ByteCount];
        new Random(1).NextBytes(pixels);
        using Tensor image = Tensor.Of<byte>(ElementType.UInt8, pixels, 1, size, size, 3);
        EmbeddingMatrix[] texts = [.. Sentences.Select(count => RandomTexts(count, dimension))];
        double[] seconds = Timing.Medians(
            Rounds,
            [
                () => embedder.EmbedPixels(pixels, 1),
                .. texts.Select(some => (Action)(() => Explain(encoder, image, new(encoder, some, others: null)))),
                .. texts
                    .Select(some => new TextMaps(encoder, some, others: null))
                    .Select(prepared => (Action)(() => Explain(encoder, image, prepared))),
            ]
        );
        Console.WriteLine(Line("embedding", seconds[0], seconds[0]));
        for (int index = 0; index < Sentences.Length; index++)
        {
            Console.WriteLine(Line($"maps, sentences: {Sentences[index]}", seconds[1 + index], seconds[0]));
        }

        for (int index = 0; index < Sentences.Length; index++)
        {
            double time = seconds[1 + Sentences.Length + index];
            Console.WriteLine(Line($"the same, sentences prepared: {Sentences[index]}", time, seconds[0]));
        }

        return 0;
    }

    private static void Explain(MapEncoder encoder, Tensor image, TextMaps texts)
    {
        ImageNumbers numbers = encoder.Encode(image, MapKind.Exact);
        for (int text = 0; text < texts.Count; text++)
        {
            texts.Exact(numbers, text);
        }
    }

    private static EmbeddingMatrix RandomTexts(int count, int dimension)
    {
        Random random = new(count);
        float[] values = [.. Enumerable.Range(0, count * dimension).Select(_ => random.NextSingle() - 0.5f)];
        return new EmbeddingMatrix(values, count, dimension).Normalize();
    }

    private static string Line(string what, double seconds, double embedding) =>
        string.Create(CultureInfo.InvariantCulture, $"{what,-34}{seconds * 1000,9:0.00} ms{seconds / embedding,8:0.000}×");
}
