using Microsoft.ML.OnnxRuntime;

namespace Cupola.Tests.Models;

/// <summary>The exported files in a plain session give the numbers that Cupola gives.</summary>
public sealed class OnnxExportTests
{
    private const int Padding = 49407;

    [Fact]
    public void TheThreeFilesGiveTheSameNumbersInAPlainSession()
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(SharedFolder.Need("models", "photo-tiny"));
        string folder = TestFolder.New();
        Assert.Empty(embedder.Export(folder));
        folder = Path.Combine(folder, "onnx");
        string[] texts = ["a photo of a dog", "a long sentence about an accordion, with a comma", "x"];
        (long[] ids, long length) = Padded(embedder, texts);
        byte[] bytes = new byte[2 * embedder.Preprocessing.ByteCount];
        new Random(5).NextBytes(bytes);
        EmbeddingMatrix ourTexts = embedder.EmbedTexts(texts),
            ourImages = embedder.EmbedPixels(bytes, 2);
        using OrtValue inputIds = OrtValue.CreateTensorValueFromMemory(ids, [3, length]);
        using OrtValue mask = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], [3, length]);
        using OrtValue pixels = OrtValue.CreateTensorValueFromMemory(PixelValues(embedder, bytes), [2, 3, 48, 48]);

        Dictionary<string, float[]> text = Run(folder, "text_model.onnx", new() { ["input_ids"] = inputIds });
        Dictionary<string, float[]> vision = Run(folder, "vision_model.onnx", new() { ["pixel_values"] = pixels });
        Dictionary<string, float[]> both = Run(
            folder,
            "model.onnx",
            new()
            {
                ["input_ids"] = inputIds,
                ["pixel_values"] = pixels,
                ["attention_mask"] = mask,
            }
        );

        Assert.Equal(["last_hidden_state", "text_embeds"], text.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["image_embeds", "last_hidden_state"], vision.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["image_embeds", "logits_per_image", "logits_per_text", "text_embeds"],
            both.Keys.Order(StringComparer.Ordinal)
        );
        ForwardParityTests.AssertClose(
            ourTexts.Values,
            new EmbeddingMatrix(text["text_embeds"], 3, 128).Normalize().Values,
            ourTexts.Values
        );
        ForwardParityTests.AssertClose(
            ourImages.Values,
            new EmbeddingMatrix(vision["image_embeds"], 2, 128).Normalize().Values,
            ourImages.Values
        );
        ForwardParityTests.AssertClose(ourTexts.Values, both["text_embeds"], ourTexts.Values);
        ForwardParityTests.AssertClose(ourImages.Values, both["image_embeds"], ourImages.Values);
        float scale = MathF.Exp(embedder.LogitScale);
        float[] logits =
        [
            .. from image in Enumerable.Range(0, 2)
            from sentence in Enumerable.Range(0, 3)
            select scale * System.Numerics.Tensors.TensorPrimitives.Dot(ourImages[image], ourTexts[sentence]),
        ];
        ForwardParityTests.AssertClose(logits, both["logits_per_image"], logits);
    }

    [Theory]
    [InlineData("resnet", "open_clip")]
    [InlineData("vit-gelu", "transformers")]
    public void OtherArchitecturesExportToo(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        string folder = TestFolder.New();
        parity.Model.Export(folder);
        float[] expected = parity.Expected("image_embeds"),
            pixels = parity.Expected("pixel_values");
        int size = parity.Model.Config.Image.ImageSize;
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [pixels.Length / (3 * size * size), 3, size, size]);

        ForwardParityTests.AssertClose(
            expected,
            Run(folder, "vision_model.onnx", new() { ["pixel_values"] = input })["image_embeds"],
            expected
        );
    }

    private static Dictionary<string, float[]> Run(string folder, string file, Dictionary<string, OrtValue> inputs)
    {
        using InferenceSession session = new(Path.Combine(folder, file));
        Assert.Equal(inputs.Keys.Order(StringComparer.Ordinal), session.InputNames.Order(StringComparer.Ordinal));
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, inputs, session.OutputNames);
        return session
            .OutputNames.Zip(outputs)
            .ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
    }

    /// <summary>As transformers pads: with the end token, to the longest of the batch.</summary>
    private static (long[] Ids, long Length) Padded(ClipEmbedder embedder, string[] texts)
    {
        int[][] ids = [.. texts.Select(text => embedder.Tokenizer.Encode(text).Ids.ToArray())];
        int length = ids.Max(text => text.Length);
        return (
            [
                .. ids.SelectMany(text =>
                    text.Select(id => (long)id).Concat(Enumerable.Repeat((long)Padding, length - text.Length))
                ),
            ],
            length
        );
    }

    private static float[] PixelValues(ClipEmbedder embedder, byte[] bytes)
    {
        int area = 48 * 48;
        var values = new float[bytes.Length];
        for (int index = 0; index < bytes.Length; index++)
        {
            (int image, int within) = Math.DivRem(index, area * 3);
            (int place, int channel) = Math.DivRem(within, 3);
            values[(((image * 3) + channel) * area) + place] =
                ((bytes[index] / 255f) - embedder.Preprocessing.Mean[channel])
                / embedder.Preprocessing.StandardDeviation[channel];
        }

        return values;
    }
}
