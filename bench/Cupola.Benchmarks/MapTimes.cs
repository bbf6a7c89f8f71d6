using System.Diagnostics;
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
        (string What, Action Way)[] ways =
        [
            ("embedding", () => embedder.EmbedPixels(pixels, 1)),
            .. texts.Select(some =>
                ($"maps, sentences: {some.Count}", (Action)(() => Explain(encoder, image, new(encoder, some, others: null))))
            ),
            .. texts
                .Select(some => new TextMaps(encoder, some, others: null))
                .Select(prepared =>
                    ($"the same, prepared: {prepared.Count}", (Action)(() => Explain(encoder, image, prepared)))
                ),
        ];
        double[] wall = Timing.Medians(Rounds, [.. ways.Select(static each => each.Way)]);
        Console.WriteLine($"{"",-28}{"median",12}{"",9}{"processor",12}");
        double[] processor = [.. ways.Select(static each => ProcessorSeconds(each.Way))];
        foreach ((int index, (string what, _)) in ways.Index())
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what,-28}{wall[index] * 1000,9:0.00} ms{wall[index] / wall[0],8:0.000}×"
                        + $"{processor[index] * 1000,9:0.00} ms{processor[index] / processor[0],8:0.000}×"
                )
            );
        }

        return 0;
    }

    /// <summary>What one run takes of all processors, which does not depend on what else runs on the machine.</summary>
    private static double ProcessorSeconds(Action way)
    {
        using Process own = Process.GetCurrentProcess();
        own.Refresh();
        TimeSpan start = own.TotalProcessorTime;
        for (int round = 0; round < Rounds; round++)
        {
            way();
        }

        own.Refresh();
        return (own.TotalProcessorTime - start).TotalSeconds / Rounds;
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
}
