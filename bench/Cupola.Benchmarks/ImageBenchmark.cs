using Microsoft.ML.OnnxRuntime;

namespace Cupola.Benchmarks;

/// <summary>Images a second of the image tower against its exported ONNX in a plain session of the same ONNX Runtime.</summary>
internal static class ImageBenchmark
{
    public static int Run(string model)
    {
        Peak.Print();
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        string folder = Directory.CreateTempSubdirectory("cupola-export-").FullName;
        try
        {
            embedder.Export(folder);
            using InferenceSession plain = new(Path.Combine(folder, "onnx", "vision_model.onnx"));
            Console.WriteLine($"{"batch",6}  {"plain ONNX",12}  {"Cupola",12}  {"ratio",7}");
            foreach (int batch in new[] { 1, 8, 32 })
            {
                Measure(embedder, plain, batch);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Measure(ClipEmbedder embedder, InferenceSession plain, int batch)
    {
        int size = embedder.Preprocessing.Size;
        byte[] pixels = new byte[batch * embedder.Preprocessing.ByteCount];
        new Random(1).NextBytes(pixels);
        float[] normalized = Normalize(pixels, embedder);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(normalized, [batch, 3, size, size]);
        using RunOptions options = new();
        EmbeddingMatrix ours = embedder.EmbedPixels(pixels, batch);
        float worst = 0;

        double[] seconds = Timing.Medians(
            batch == 1 ? 41 : 15,
            () =>
            {
                using IDisposableReadOnlyCollection<OrtValue> outputs = plain.Run(
                    options,
                    ["pixel_values"],
                    [input],
                    ["image_embeds"]
                );
                EmbeddingMatrix theirs = new EmbeddingMatrix(
                    outputs[0].GetTensorDataAsSpan<float>().ToArray(),
                    batch,
                    ours.Dimension
                ).Normalize();
                worst = Math.Max(worst, System.Numerics.Tensors.TensorPrimitives.Distance(theirs.Values, ours.Values));
            },
            () => embedder.EmbedPixels(pixels, batch)
        );
        Console.WriteLine(
            $"{batch,6}  {batch / seconds[0],10:0.0}/s  {batch / seconds[1],10:0.0}/s  {seconds[0] / seconds[1],6:0.00}×  "
                + $"(embeddings differ by {worst:0.0e+0})"
        );
    }

    private static float[] Normalize(byte[] pixels, ClipEmbedder embedder)
    {
        int area = embedder.Preprocessing.Size * embedder.Preprocessing.Size;
        var values = new float[pixels.Length];
        for (int index = 0; index < pixels.Length; index++)
        {
            (int image, int within) = Math.DivRem(index, area * 3);
            (int place, int channel) = Math.DivRem(within, 3);
            values[(((image * 3) + channel) * area) + place] =
                ((pixels[index] / 255f) - embedder.Preprocessing.Mean[channel])
                / embedder.Preprocessing.StandardDeviation[channel];
        }

        return values;
    }
}
