using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

/// <summary>
/// A SigLIP in both layouts against an independent reference in float64. open_clip has the exact GELU where transformers has the
/// tanh approximation, which is a hundred times the tolerance: an error in the choice is seen.
/// </summary>
public sealed class SiglipParityTests
{
    /// <summary>
    /// Of the largest magnitude: float32 carries 6e-8, and the reference's own float32 is 6e-7 from its float64.
    /// </summary>
    private const float Tolerance = 2e-6f;

    /// <summary>Hidden states are unit-sized; absolute.</summary>
    private const float StateTolerance = 5e-6f;

    private const float LogitTolerance = 1e-5f;
    private const float ProbabilityTolerance = 2e-6f;

    public static TheoryData<string, string, string> Layouts =>
        new() { { "transformers", "", "" }, { "open_clip", ".gelu", "open_clip." } };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void ImageEmbeddingsAreTheReferencesForEveryBatchSize(string layout, string activation, string prefix)
    {
        _ = prefix;
        using ParityModel parity = ParityModel.Open("siglip/tiny", layout);
        float[] expected = parity.Expected($"image_embeds{activation}");
        int dimension = parity.Model.Config.EmbeddingDimension,
            count = expected.Length / dimension;
        for (int batch = 1; batch <= count; batch++)
        {
            for (int start = 0; start + batch <= count; start++)
            {
                using Tensor images = parity.PixelValues([.. Enumerable.Range(start, batch)]);
                AssertClose(expected.AsSpan(start * dimension, batch * dimension), parity.Model.Image.Encode(images), expected);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void TextEmbeddingsAreTheReferencesForEveryBatchSizeAndOrder(string layout, string activation, string prefix)
    {
        _ = prefix;
        using ParityModel parity = ParityModel.Open("siglip/tiny", layout);
        float[] expected = parity.Expected($"text_embeds{activation}");
        int[][] ids = parity.InputIds();
        int dimension = expected.Length / ids.Length;
        Random random = new(7);
        for (int batch = 1; batch <= ids.Length; batch++)
        {
            int[] chosen = [.. Enumerable.Range(0, ids.Length)];
            random.Shuffle(chosen);
            chosen = chosen[..batch];
            TextFeatures features = parity.Model.Text.Encode([.. chosen.Select(index => ids[index])]);
            for (int row = 0; row < batch; row++)
            {
                ReadOnlySpan<float> embedding = features.Embeddings.AsSpan(row * dimension, dimension);
                AssertClose(expected.AsSpan(chosen[row] * dimension, dimension), embedding, expected);
                AssertClose(embedding, parity.Model.Text.Project(features.Pooled.AsSpan(row * dimension, dimension)), expected);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void LogitsAndProbabilitiesAreTheReferences(string layout, string activation, string prefix)
    {
        _ = activation;
        using ParityModel parity = ParityModel.Open("siglip/tiny", layout);
        int[][] ids = parity.InputIds();
        int dimension = parity.Model.Config.EmbeddingDimension;
        float[] logits = parity.Expected($"{prefix}logits_per_image"),
            probabilities = parity.Expected($"{prefix}probs");
        using Tensor pixels = parity.PixelValues([0, 1, 2, 3, 4, 5]);
        EmbeddingMatrix images = new EmbeddingMatrix(parity.Model.Image.Encode(pixels), 6, dimension).Normalize(),
            texts = new EmbeddingMatrix(parity.Model.Text.Encode(ids).Embeddings, ids.Length, dimension).Normalize();
        ScoreRule rule = parity.Model.Score;

        Assert.True(rule.IsIndependent);
        for (int image = 0; image < images.Count; image++)
        {
            float[] cosines = new float[texts.Count];
            for (int text = 0; text < texts.Count; text++)
            {
                cosines[text] = TensorPrimitives.Dot(images[image], texts[text]);
            }

            AssertWithin(LogitTolerance, logits.AsSpan(image * texts.Count, texts.Count), rule.Logits(cosines));
            AssertWithin(
                ProbabilityTolerance,
                probabilities.AsSpan(image * texts.Count, texts.Count),
                rule.Probabilities(cosines)
            );
        }
    }

    [Fact]
    public void HiddenStatesBehindTheLastNormAreTheReferences()
    {
        using ParityModel parity = ParityModel.Open("siglip/tiny", "transformers");
        ClipModel model = parity.Model;
        TowerRequest request = new() { EveryToken = true };
        int[][] ids = parity.InputIds();
        GraphBuilder ofImages = new(OperatorSet.Fused),
            ofTexts = new(OperatorSet.Fused);
        Value input = model.Network.Image.Input(ofImages, "images", ImageForm.PixelValues);
        ofImages.Output("state", model.Network.Image.Describe(ofImages, input, model.Preprocessing, request).Tokens!);
        Value rows = TextRows.Describe(ofTexts, model.Config.Text.ContextLength);
        ofTexts.Output("state", model.Network.Text.Describe(ofTexts, model.Network.Text.Padded(ofTexts, rows), request).Tokens!);
        using Tensor pixels = parity.PixelValues([0, 1, 2, 3, 4, 5]);
        using TextRows texts = new(ids, [.. Enumerable.Range(0, ids.Length)], model.Config.Text.ContextLength);

        AssertWithin(StateTolerance, parity.Expected("vision_last_hidden_state"), Run(model, ofImages, [pixels], [6, 16, 64]));
        AssertWithin(
            StateTolerance,
            parity.Expected("text_last_hidden_state"),
            Run(model, ofTexts, texts.Tensors.ToArray(), [12, 16, 64])
        );
    }

    [Theory]
    [InlineData("transformers")]
    [InlineData("open_clip")]
    public void PhotosAreSquashedAsPillowDoes(string layout)
    {
        using ParityModel parity = ParityModel.Open("siglip/tiny", layout);
        byte[] expected = parity.Bytes("pixels.bicubic");
        ImagePreprocessing preprocessing = parity.Model.Preprocessing;
        byte[] actual = new byte[preprocessing.ByteCount];
        foreach ((int index, string photo) in parity.Names("photos").Index())
        {
            using RgbImage image = ImageSource
                .FromPath(SharedFolder.Need("data", "photos", photo))
                .DecodeShared(orient: false, TestContext.Current.CancellationToken);
            preprocessing.Apply(image, actual);
            Assert.Equal(expected[(index * actual.Length)..((index + 1) * actual.Length)], actual);
        }
    }

    private static float[] Run(ClipModel model, GraphBuilder builder, Tensor[] inputs, long[] shape)
    {
        Graph graph = builder.Build();
        using CompiledGraph compiled = new Engine(new() { Threads = 2 }).Compile(graph, model.Parameters.For(graph));
        using Tensor output = Tensor.Allocate(ElementType.Float32, shape);
        compiled.Run(SessionThreads.All, inputs, [output]);
        return output.AsSpan<float>().ToArray();
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, ReadOnlySpan<float> all) =>
        AssertWithin(Tolerance * Math.Abs(TensorPrimitives.MaxMagnitude(all)), expected, actual);

    private static void AssertWithin(float tolerance, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.True(
                Math.Abs(expected[index] - actual[index]) <= tolerance,
                $"Number {index} is {actual[index]:R}, the reference's {expected[index]:R}; {tolerance:E1} is allowed."
            );
        }
    }
}
