using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Maps;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Tests.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Maps;

/// <summary>
/// Maps and terms against an independent reference in float64. Everything is a sum of a few hundred terms below 0.7, which
/// float32 carries within some 1e-8.
/// </summary>
public sealed class DecompositionTests
{
    private const double MapTolerance = 2e-7,
        TermTolerance = 5e-7,
        CosineTolerance = 2e-6;

    public static TheoryData<string, string, int> Models =>
        new()
        {
            { "own vit", "transformers", 4 },
            { "own vit", "open_clip", 1 },
            { "own vit-gelu", "transformers", 1 },
            { "own vit-gelu", "open_clip", 4 },
            { "vit", "transformers", 4 },
            { "vit", "open_clip", 4 },
            { "vit", "open_clip", 1 },
            { "vit-gelu", "transformers", 4 },
            { "vit-gelu", "transformers", 1 },
            { "vit-gelu", "open_clip", 4 },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void MapsAndTermsAreTheReferences(string name, string layout, int layers)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        using Golden golden = Golden.Open(name);
        int[] texts = golden.Integers("texts");
        int[][] ids = parity.InputIds();
        EmbeddingMatrix vectors = Unit(parity.Model.Text.Encode([.. texts.Select(text => ids[text])]).Embeddings, texts.Length);
        using MapEncoder encoder = Encoder(parity.Model, ImageForm.PixelValues, layers);

        for (int image = 0; image < golden.Images; image++)
        {
            using Tensor pixels = parity.PixelValues(image);
            AssertEqual(golden, image, vectors, encoder, encoder.Encode(pixels, MapKind.Exact), layers);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public void MapsOfATrainedModelAreTheReferences(int layers)
    {
        using Golden golden = Golden.Open("photo-tiny");
        using ClipModel model = ClipModel.Load(SharedFolder.Need("models", "photo-tiny"), new Engine(new() { Threads = 2 }));
        long[][] ids = [.. golden.Longs("input_ids").Chunk(77)];
        int end = model.Config.Text.VocabularySize - 1;
        EmbeddingMatrix vectors = Unit(
            model
                .Text.Encode([
                    .. ids.Select(text => text.Select(static id => (int)id).Take(Array.IndexOf(text, end) + 1).ToArray()),
                ])
                .Embeddings,
            ids.Length
        );
        byte[] crops = golden.Bytes("crops");
        using MapEncoder encoder = Encoder(model, ImageForm.Bytes, layers);

        for (int image = 0; image < golden.Images; image++)
        {
            using Tensor pixels = Tensor.Of<byte>(
                ElementType.UInt8,
                crops.AsSpan(image * 48 * 48 * 3, 48 * 48 * 3),
                1,
                48,
                48,
                3
            );
            AssertEqual(golden, image, vectors, encoder, encoder.Encode(pixels, MapKind.Exact), layers);
        }
    }

    [Theory]
    [InlineData("own vit", "naclip")]
    [InlineData("own vit", "value")]
    [InlineData("own vit-gelu", "naclip")]
    [InlineData("own vit-gelu", "value")]
    public void PlacesByThemselvesAreTheReferences(string name, string kind)
    {
        using ParityModel parity = ParityModel.Open(name, "open_clip");
        using Golden golden = Golden.Open(name);
        int[][] ids = parity.InputIds();
        int[] texts = golden.Integers("texts");
        EmbeddingMatrix vectors = Unit(parity.Model.Text.Encode([.. texts.Select(text => ids[text])]).Embeddings, texts.Length);
        using MapEncoder encoder = Encoder(parity.Model, ImageForm.PixelValues, layers: 4);
        MapKind made = Enum.Parse<MapKind>(kind, ignoreCase: true);

        for (int image = 0; image < golden.Images; image++)
        {
            using Tensor pixels = parity.PixelValues(image);
            float[] places = encoder.EncodePlaces(pixels, made, factor: 1);
            int dimension = vectors.Dimension;
            for (int text = 0; text < vectors.Count; text++)
            {
                double[] expected = golden.At(kind, image, text);
                Assert.Equal(expected.Length * dimension, places.Length);
                for (int place = 0; place < expected.Length; place++)
                {
                    double cosine = TextDirections.Dot(places.AsSpan(place * dimension, dimension), vectors[text]);
                    Assert.Equal(expected[place], cosine, CosineTolerance);
                }
            }
        }
    }

    /// <summary>Straight from the definition: the output layer's columns of a head times what it takes from a place.</summary>
    [Theory]
    [InlineData("own resnet", "open_clip")]
    [InlineData("siglip/tiny", "transformers")]
    public void APlaceOfAPoolIsWhatItsHeadsTakeFromItThroughTheOutputLayer(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        using MapEncoder encoder = Encoder(parity.Model, ImageForm.PixelValues, layers: 4);
        EmbeddingReadout readout = encoder.Tower.Readout;
        using Tensor pixels = parity.PixelValues(0);
        ImageNumbers image = encoder.Encode(pixels, MapKind.Exact);
        EmbeddingMatrix text = RandomUnit(1, parity.Model.Config.EmbeddingDimension);
        ImageMap map = Decomposition.Compute(readout, image, Directions(encoder, text, 4), 0);

        (float[] weights, float[] values) = Assert.Single(image.Layers);
        float[] output = encoder.Parameters[readout.Outputs[0].Weight.Name].AsSpan<float>().ToArray();
        int width = output.Length / text.Dimension,
            tokens = values.Length / width,
            first = readout.HasClassToken ? 1 : 0;
        double length = Math.Sqrt(image.Embedding.Sum(static value => (double)value * value));
        for (int place = 0; place < map.Values.Length; place++)
        {
            double expected = 0;
            for (int to = 0; to < text.Dimension; to++)
            {
                for (int from = 0; from < width; from++)
                {
                    int head = from / (width / readout.Heads);
                    double taken = (double)weights[(head * tokens) + first + place] * values[((first + place) * width) + from];
                    expected += output[(to * width) + from] * taken * text[0][to] / length;
                }
            }

            Assert.Equal(expected, map.Values[place], MapTolerance);
        }
    }

    [Fact]
    public void AMapOfAModelInInt8IsThatOfFloat32()
    {
        string folder = Path.Combine(SharedFolder.Root, "models", "flags");
        using ClipEmbedder exact = ClipEmbedder.Load(folder, new() { Threads = 2 }),
            quantized = ClipEmbedder.Load(folder, new() { Threads = 2, Precision = Precision.Int8 }, new(TestFolder.New()));
        EmbeddingMatrix texts = exact.EmbedTexts(["a red disc", "a blue canton"]);
        using RgbImage image = ImageSource.FromPath(SharedFolder.Own("pictures", "photo.png")).Decode();

        using MapEncoder ofExact = MapEncoder.Create(exact),
            ofQuantized = MapEncoder.Create(quantized);
        ImageExplanation expected = new ImageMaps(ofExact, texts, MapKind.Naclip).Explain(image),
            found = new ImageMaps(ofQuantized, texts, MapKind.Naclip).Explain(image);

        Assert.Equal(expected.Exact[1].Values.ToArray(), found.Exact[1].Values.ToArray());
        Assert.Equal(expected.Shown[0].Values, found.Shown[0].Values);
        // An 8 × 8 map is coarse: its places are compared in an image of twice the size.
        Assert.Equal((8, 16), (expected.Exact[0].Columns, expected.Shown[0].Grid));
    }

    [Theory]
    [InlineData("own vit", "transformers")]
    [InlineData("own vit-gelu", "open_clip")]
    [InlineData("own resnet", "open_clip")]
    [InlineData("resnet", "open_clip")]
    [InlineData("siglip/tiny", "transformers")]
    [InlineData("siglip/tiny", "open_clip")]
    public void MapAndRestAddUpToTheCosineOfTheEmbedding(string name, string layout)
    {
        using ParityModel parity = ParityModel.Open(name, layout);
        int dimension = parity.Model.Config.EmbeddingDimension;
        EmbeddingMatrix texts = RandomUnit(5, dimension);
        for (int layers = 1; layers <= 4; layers++)
        {
            using MapEncoder encoder = Encoder(parity.Model, ImageForm.PixelValues, layers);
            TextDirections directions = Directions(encoder, texts, layers);
            using Tensor pixels = parity.PixelValues(1);
            float[] embedding = parity.Model.Image.Encode(pixels);
            EmbeddingMatrix unit = Unit(embedding, 1);
            ImageNumbers image = encoder.Encode(pixels, MapKind.Exact);
            for (int text = 0; text < texts.Count; text++)
            {
                ImageMap map = Decomposition.Compute(encoder.Tower.Readout, image, directions, text);
                Assert.Equal(TextDirections.Dot(unit[0], texts[text]), map.Terms.Sum(), TermTolerance);
                Assert.Equal(map.Cosine, map.Terms.Sum(), TermTolerance);
                Assert.Contains(map.Values.ToArray(), static value => Math.Abs(value) > 1e-4);
            }
        }
    }

    private static void AssertEqual(
        Golden golden,
        int image,
        EmbeddingMatrix vectors,
        MapEncoder encoder,
        ImageNumbers numbers,
        int layers
    )
    {
        string prefix = layers == 1 ? "last1." : "";
        TextDirections texts = Directions(encoder, vectors, layers);
        EmbeddingReadout readout = encoder.Tower.Readout;
        for (int text = 0; text < vectors.Count; text++)
        {
            ImageMap map = Decomposition.Compute(readout, numbers, texts, text);
            double[] expected = golden.At($"{prefix}map", image, text);
            Assert.Equal(expected.Length, map.Values.Length);
            for (int place = 0; place < expected.Length; place++)
            {
                Assert.Equal(expected[place], map[place / map.Columns, place % map.Columns], MapTolerance);
            }

            Assert.Equal(golden.At("cosine", image, text)[0], map.Cosine, TermTolerance);
            Assert.Equal(golden.At($"{prefix}class_token", image, text)[0], map.ClassToken, TermTolerance);
            Assert.Equal(golden.At($"{prefix}attention_bias", image, text)[0], map.AttentionBias, TermTolerance);
            Assert.Equal(golden.At($"{prefix}earlier", image, text)[0], map.Earlier, TermTolerance);
            Assert.Equal(golden.At($"{prefix}mlp", image, text)[0], map.Mlp, TermTolerance);
            Assert.Equal(golden.At($"{prefix}initial", image, text)[0], map.Initial, TermTolerance);
            Assert.Equal(golden.At($"{prefix}ln_bias", image, text)[0], map.NormBias, TermTolerance);
            Assert.Equal(map.Cosine, map.Terms.Sum(), TermTolerance);
            double[] heads = golden.At("heads", image, text);
            float[] found = [.. Decomposition.OfHeads(readout, numbers, texts, text).Cast<float>()];
            foreach ((int head, float value) in found.Index())
            {
                Assert.Equal(heads[heads.Length - found.Length + head], value, TermTolerance);
            }
        }
    }

    private static MapEncoder Encoder(ClipModel model, ImageForm form, int layers) =>
        new(new(new() { Threads = 2 }), model.Network.Image, model.Preprocessing, model.Parameters, form, layers);

    private static TextDirections Directions(MapEncoder encoder, EmbeddingMatrix texts, int layers) =>
        TextDirections.Create(encoder.Tower.Readout, encoder.Parameters, texts, layers);

    private static EmbeddingMatrix Unit(float[] embeddings, int count) =>
        new EmbeddingMatrix(embeddings, count, embeddings.Length / count).Normalize();

    private static EmbeddingMatrix RandomUnit(int count, int dimension)
    {
        Random random = new(5);
        return Unit([.. Enumerable.Range(0, count * dimension).Select(_ => random.NextSingle() - 0.5f)], count);
    }

    /// <summary>The reference's numbers for one model.</summary>
    private sealed class Golden(TensorFile file) : IDisposable
    {
        public static Golden Open(string name) =>
            new(
                TensorFile.Open(
                    name.Split(' ') is ["own", string own]
                        ? SharedFolder.Own("decomposition", $"{own}.safetensors")
                        : SharedFolder.Need("decomposition", $"{name}.safetensors")
                )
            );

        public int Images => (int)file.Tensors["map"].Shape[0];

        public int[] Integers(string name) => file.Tensors[name].ToArray<int>();

        public long[] Longs(string name) => file.Tensors[name].ToArray<long>();

        public byte[] Bytes(string name) => file.Tensors[name].Bytes.ToArray();

        /// <summary>What a tensor [images, texts, …] holds for an image and a text.</summary>
        public double[] At(string name, int image, int text)
        {
            StoredTensor stored = file.Tensors[name];
            double[] all = stored.ToArray<double>();
            int size = all.Length / (int)(stored.Shape[0] * stored.Shape[1]);
            return all.AsSpan(((image * (int)stored.Shape[1]) + text) * size, size).ToArray();
        }

        public void Dispose() => file.Dispose();
    }
}
