using System.Numerics.Tensors;
using Cupola.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

/// <summary>
/// Both towers against the reference implementation's answers. The tolerance is 2e-5 of the largest magnitude: float32 carries
/// 6e-8, a tower adds up some thousand products in another order than the reference, and a few layers let that grow.
/// </summary>
public sealed class ForwardParityTests
{
    public const float Tolerance = 2e-5f;

    public static TheoryData<string, string> Models =>
        new()
        {
            { "vit", "transformers" },
            { "vit", "open_clip" },
            { "vit-gelu", "transformers" },
            { "vit-gelu", "open_clip" },
            { "resnet", "open_clip" },
            { "own vit", "transformers" },
            { "own vit", "open_clip" },
            { "own vit-gelu", "transformers" },
            { "own vit-gelu", "open_clip" },
            { "own resnet", "open_clip" },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void ImageEmbeddingsAreTheReferencesForEveryBatchSize(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        float[] expected = parity.Expected("image_embeds");
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
    [MemberData(nameof(Models))]
    public void TextsAreTheReferencesForEveryBatchSizeAndOrder(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        float[] pooled = parity.Expected("text_pooled"),
            embeddings = parity.Expected("text_embeds");
        int[][] ids = parity.InputIds();
        int width = pooled.Length / ids.Length,
            dimension = embeddings.Length / ids.Length;
        Random random = new(7);

        for (int batch = 1; batch <= ids.Length; batch++)
        {
            for (int round = 0; round < 4; round++)
            {
                int[] chosen = [.. Enumerable.Range(0, ids.Length)];
                random.Shuffle(chosen);
                chosen = chosen[..batch];
                TextFeatures features = parity.Model.Text.Encode([.. chosen.Select(index => ids[index])]);
                for (int row = 0; row < batch; row++)
                {
                    AssertClose(pooled.AsSpan(chosen[row] * width, width), features.Pooled.AsSpan(row * width, width), pooled);
                    AssertClose(
                        embeddings.AsSpan(chosen[row] * dimension, dimension),
                        features.Embeddings.AsSpan(row * dimension, dimension),
                        embeddings
                    );
                }
            }
        }
    }

    internal static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, ReadOnlySpan<float> all)
    {
        Assert.Equal(expected.Length, actual.Length);
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(all));
        for (int index = 0; index < expected.Length; index++)
        {
            float error = Math.Abs(expected[index] - actual[index]) / largest;
            Assert.True(
                error <= Tolerance,
                $"Number {index} is {actual[index]:R}, the reference's {expected[index]:R}: {error:E1} of the largest."
            );
        }
    }
}
