using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Models.Quantization;
using Cupola.Runtime;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models.Quantization;

/// <summary>Towers of every kind in int8, against the same in float32.</summary>
public sealed class Int8TowerTests
{
    /// <summary>Each golden model of vision transformers: CLIP's with both GELUs, and SigLIP's.</summary>
    public static TheoryData<string, string> Models =>
        new()
        {
            { "own vit", "transformers" },
            { "own vit-gelu", "transformers" },
            { "own siglip", "tiny/transformers" },
            { "siglip", "tiny/open_clip" },
            { "vit", "open_clip" },
            { "vit-gelu", "transformers" },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void BothTowersGiveNearlyTheEmbeddingsOfFloat32(string name, string layout)
    {
        string path = ParityModel.Find(name, layout);
        using ClipModel exact = Int8Models.LoadExact(path),
            quantized = Int8Models.Load(path);
        using Tensor images = RandomImages(exact, 5);

        float[] expected = exact.Image.Encode(images),
            found = quantized.Image.Encode(images);
        Assert.All(Int8Models.Cosines(expected, found, exact.Image.EmbeddingDimension), static cosine =>
            Assert.InRange(cosine, 0.995f, 1.00001f)
        );

        int[][] texts = RandomTexts(exact.Config.Text);
        TextFeatures expectedTexts = exact.Text.Encode(texts),
            foundTexts = quantized.Text.Encode(texts);
        int dimension = expectedTexts.Embeddings.Length / texts.Length;
        Assert.All(Int8Models.Cosines(expectedTexts.Embeddings, foundTexts.Embeddings, dimension), static cosine =>
            Assert.InRange(cosine, 0.995f, 1.00001f)
        );
        // What is projected outside the graph is what the graph projects.
        int width = foundTexts.Pooled.Length / texts.Length;
        Assert.True(
            TensorPrimitives.Distance(
                quantized.Text.Project(foundTexts.Pooled.AsSpan(0, width)),
                foundTexts.Embeddings.AsSpan(0, dimension)
            ) < 1e-4
        );
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void AnEmbeddingDoesNotDependOnItsNeighbours(string name, string layout)
    {
        using ClipModel model = Int8Models.Load(ParityModel.Find(name, layout));
        using Tensor images = RandomImages(model, 11);
        int dimension = model.Image.EmbeddingDimension;
        float[] together = model.Image.Encode(images);
        for (int image = 0; image < 11; image++)
        {
            float[] alone = model.Image.Encode(images.Rows(image, 1));
            Near(together.AsSpan(image * dimension, dimension), alone);
        }

        int[][] texts = RandomTexts(model.Config.Text);
        TextFeatures all = model.Text.Encode(texts);
        int textDimension = all.Embeddings.Length / texts.Length;
        for (int text = 0; text < texts.Length; text++)
        {
            Near(all.Embeddings.AsSpan(text * textDimension, textDimension), model.Text.Encode([texts[text]]).Embeddings);
        }

        static void Near(ReadOnlySpan<float> expected, float[] found) =>
            Assert.True(TensorPrimitives.Distance(expected, found) <= 1e-6 * TensorPrimitives.Norm(expected));
    }

    /// <summary>Images without any detail, in which every patch has the same bytes, or only zeros.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(255)]
    public void AnImageOfOneShadeKeepsItsEmbedding(byte shade)
    {
        string path = ParityModel.Find("own vit", "transformers");
        using ClipModel exact = Int8Models.LoadExact(path),
            quantized = Int8Models.Load(path);
        using Tensor image = RandomImages(exact, 1);
        image.AsSpan<byte>().Fill(shade);

        Assert.InRange(
            TensorPrimitives.CosineSimilarity<float>(exact.Image.Encode(image), quantized.Image.Encode(image)),
            0.995f,
            1.00001f
        );
    }

    /// <summary>A layer of zeros has no scale, and rows of zeros have none either.</summary>
    [Fact]
    public void LayersOfZerosStayZero()
    {
        string path = Int8Models.Copy(ParityModel.Find("own vit", "transformers"), static tensors =>
        {
            foreach (
                float[] numbers in tensors
                    .Where(static entry => entry.Key.Contains("layers.0.mlp", StringComparison.Ordinal))
                    .Select(static entry => entry.Value)
            )
            {
                Array.Clear(numbers);
            }
        });
        using ClipModel exact = Int8Models.LoadExact(path),
            quantized = Int8Models.Load(path);
        using Tensor image = RandomImages(exact, 1);

        Assert.InRange(
            TensorPrimitives.CosineSimilarity<float>(exact.Image.Encode(image), quantized.Image.Encode(image)),
            0.995f,
            1.00001f
        );
    }

    [Fact]
    public void ModelsThatAreLoadedSideBySideShareAFolderAndAnswerAlike()
    {
        string path = ParityModel.Find("own vit", "transformers"),
            folder = TestFolder.New();
        float[][] embeddings = new float[6][];
        Parallel.For(0, embeddings.Length, index =>
        {
            using ClipModel model = Int8Models.Load(path, folder);
            using Tensor image = RandomImages(model, 1);
            embeddings[index] = model.Image.Encode(image);
        });

        Assert.All(embeddings, embedding => Assert.Equal(embeddings[0], embedding));
    }

    [Fact]
    public void EveryMatrixButTheLastRunsInIntegersAndNothingElse()
    {
        using ClipModel model = Int8Models.LoadExact(ParityModel.Find("own vit", "transformers"));
        GraphBuilder builder = new(OperatorSet.Quantizable);
        Value images = model.Network.Image.Input(builder, "images", ImageForm.Bytes);
        TowerOutputs outputs = model.Network.Image.Describe(builder, images, model.Preprocessing, TowerRequest.Embedding);
        builder.Output("embeddings", outputs.Embedding);
        Graph graph = builder.Build();
        IReadOnlyList<LinearProduct> products = LinearProducts.Find(graph, model.Network.Parameters);

        Graph quantized = QuantizedGraph.Create(
            graph,
            products,
            products.ToDictionary(static product => product.Name, static _ => Array.Empty<int>())
        );

        Assert.Equal(products.Count, quantized.Nodes.Count(static node => node.Operator == "MatMulInteger"));
        Assert.Equal("image.projection", Assert.Single(quantized.Nodes, static node => node.Operator == "Gemm").Inputs[1]!.Name);
        // The norms before the blocks, of the pooled rows, and of the answer are read by something else too.
        Assert.Equal(3, quantized.Nodes.Count(static node => node.Operator == "LayerNormalization"));
        Assert.DoesNotContain(quantized.Nodes, static node => node.Operator == "Cast");
        Assert.Contains(quantized.Nodes, static node => node.Operator == "AddNormQuantize");
        Assert.Contains(quantized.Nodes, static node => node.Operator == "Dequantize3");
    }

    [Fact]
    public void AParameterThatIsNoNumberIsRefusedByName()
    {
        string model = Int8Models.Copy(ParityModel.Find("own vit", "transformers"), static tensors =>
            tensors
                .Single(static entry =>
                    entry.Key.EndsWith("vision_model.encoder.layers.0.mlp.fc1.weight", StringComparison.Ordinal)
                )
                .Value[5] = float.NaN
        );
        using ClipModel quantized = Int8Models.Load(model);

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => quantized.Image);

        Assert.Equal(
            "The model cannot run in int8: its parameter image.blocks.0.mlp.expand.weight holds NaN at place 5, "
                + "which has no byte.",
            refusal.Message
        );
    }

    [Fact]
    public void NumbersThatGrowBeyondFloat32AreRefusedByWhatReadsThem()
    {
        string model = Int8Models.Copy(ParityModel.Find("own vit", "transformers"), static tensors =>
            Array.Fill(
                tensors
                    .Single(static entry =>
                        entry.Key.EndsWith("vision_model.encoder.layers.0.mlp.fc1.bias", StringComparison.Ordinal)
                    )
                    .Value,
                3e38f
            )
        );
        using ClipModel quantized = Int8Models.Load(model);

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => quantized.Image);

        Assert.StartsWith(
            "The model cannot run in int8: channel 0 of what image.blocks.",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AResidualNetworkIsRefusedAndStillRunsInFloat32()
    {
        string model = ParityModel.Find("own resnet", "open_clip");
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => Int8Models.Load(model));
        Assert.StartsWith(
            "The model cannot run in int8: its image tower is a residual network",
            refusal.Message,
            StringComparison.Ordinal
        );
        Int8Models.LoadExact(model).Dispose();
    }

    [Fact]
    public void APrecisionThatThereIsNotIsRefused() =>
        Assert.Equal(
            "There is no precision 7.",
            Assert.Throws<ArgumentException>(static () => new Engine(new() { Precision = (Precision)7 })).Message
        );

    private static Tensor RandomImages(ClipModel model, int count)
    {
        Tensor images = Tensor.Allocate(ElementType.UInt8, count, model.Preprocessing.Size, model.Preprocessing.Size, 3);
        new Random(3).NextBytes(images.AsSpan<byte>());
        return images;
    }

    private static int[][] RandomTexts(TextConfig config)
    {
        Random random = new(4);
        int end = config.VocabularySize - 1;
        return
        [
            .. Enumerable
                .Range(0, 9)
                .Select(
                    int[] (text) =>
                        config.Reading == TextReading.FixedLength
                            ? [.. Enumerable.Range(0, config.ContextLength).Select(_ => random.Next(end))]
                            :
                            [
                                end - 1,
                                .. Enumerable.Range(0, 1 + (text % (config.ContextLength - 2))).Select(_ => random.Next(end - 1)),
                                end,
                            ]
                ),
        ];
    }
}
