using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Cupola.Tests.Checkpoints;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

/// <summary>
/// transformers.js, as npm has it (tests/transformers.js), loads what was exported and gives the probabilities that Cupola gives.
/// The image has the model's own size, for the two resize otherwise.
/// </summary>
public sealed class TransformersJsTests
{
    private static readonly string[] Labels = ["a red flag", "a photo of a dog, lying in the grass", "three stripes", "x"];

    private static readonly Lazy<string> Installed = new(static () => NodePackage.Install("transformers.js", "transformers.js"));

    [Fact]
    public void GivesTheProbabilitiesOfTheFlagsModel() => Compare(BuiltInModels.Resolve(BuiltInModels.Flags));

    [Fact]
    public void GivesTheProbabilitiesOfAPhotoModel() => Compare(SharedFolder.Need("models", "photo-tiny"));

    [Fact]
    public void GivesTheProbabilitiesOfOpenClipsLayout() => Compare(ResidualNetwork());

    [Fact]
    public void GivesTheProbabilitiesOfOpenAisLayout()
    {
        string folder = ResidualNetwork(),
            weights = Path.Combine(folder, "open_clip_model.safetensors");
        using (TensorFile file = TensorFile.Open(weights))
        {
            TorchArchiveWriter.WriteScript(Path.Combine(folder, "model.pt"), file.Tensors.Values);
        }

        File.Delete(weights);
        File.Delete(Path.Combine(folder, "open_clip_config.json"));
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        Compare(folder);
    }

    [Fact]
    public void FindsParametersThatLieInAFileBesideTheGraph() =>
        Compare(BuiltInModels.Resolve(BuiltInModels.Flags), inside: 1000);

    /// <summary>Its tokenizer.json does not clean texts, as the hub's do not; so labels are clean already.</summary>
    [Fact]
    public void GivesTheProbabilitiesOfASiglip()
    {
        string folder = SiglipFolder.Create();

        // What a hub's file says is right for its own model; this one has a shorter context.
        string config = Path.Combine(folder, "tokenizer_config.json");
        File.WriteAllText(
            config,
            File.ReadAllText(config).Replace("\"model_max_length\": 64", "\"model_max_length\": 16", StringComparison.Ordinal)
        );
        Compare(folder, labels: ["a red flag", "a photo of a dog lying in the grass", "three stripes", "x"]);
    }

    private static void Compare(string model, long inside = OnnxFile.MaximumParameterBytes, string[]? labels = null)
    {
        labels ??= Labels;
        string installed = Installed.Value,
            folder = Path.Combine(TestFolder.New(), "exported"),
            image = TestFolder.NewFile("image.png");
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        Assert.Empty(ExportedFolder.Write(folder, embedder.Model, model, inside));
        byte[] pixels = new byte[embedder.Preprocessing.ByteCount];
        new Random(11).NextBytes(pixels);
        PngFile.Write(image, pixels, embedder.Preprocessing.Size, embedder.Preprocessing.Size);

        using JsonDocument answer = JsonDocument.Parse(
            Node(installed, "classify.mjs", folder, image, JsonSerializer.Serialize(labels))
        );

        EmbeddingMatrix texts = embedder.EmbedTexts(labels),
            images = embedder.EmbedPixels(pixels, 1);
        float[] expected = embedder.Score.Probabilities([
            .. Enumerable.Range(0, labels.Length).Select(label => Dot(images[0], texts[label])),
        ]);
        JsonElement root = answer.RootElement;
        Assert.All(expected.Zip(Numbers(root.GetProperty("pipeline"))), static pair =>
            Assert.Equal(pair.First, pair.Second, 1e-5f)
        );
        Assert.All(expected.Zip(Numbers(root.GetProperty("model"))), static pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        for (int label = 0; label < labels.Length; label++)
        {
            int[] ids = [.. embedder.Tokenizer.Encode(labels[label]).Ids];
            Assert.Equal(
                ids,
                root.GetProperty("ids")[label].EnumerateArray().Take(ids.Length).Select(static id => id.GetInt32())
            );
            float[] theirs = Unit(Numbers(root.GetProperty("textEmbeddings")[label]));
            ForwardParityTests.AssertClose(texts[label], theirs, texts[label].ToArray());
        }

        ForwardParityTests.AssertClose(
            images[0].ToArray(),
            Unit(Numbers(root.GetProperty("imageEmbedding"))),
            images[0].ToArray()
        );
    }

    /// <summary>A residual network of random numbers that reads as the flags model does.</summary>
    private static string ResidualNetwork()
    {
        string flags = BuiltInModels.Resolve(BuiltInModels.Flags),
            folder = Path.Combine(TestFolder.New(), "model");
        using ClipEmbedder reads = ClipEmbedder.Load(flags);
        ClipConfig config = reads.Config with { Image = new ResNetConfig(64, [1, 2, 1, 1], 16, 8) };
        // Heads of 64 are what a bare archive is taken to have.
        config = config with { Text = config.Text with { Transformer = new(64, 1, 2, 256, Activation.QuickGelu) } };
        IReadOnlyDictionary<string, Tensor> parameters = InitialParameters.Create(config, seed: 4);
        ModelFolderWriter.Write(folder, config, new ImagePreprocessing(64), parameters, flags, ElementType.Float32);
        Assert.All(parameters.Values, static tensor => tensor.Dispose());
        return folder;
    }

    private static float Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        System.Numerics.Tensors.TensorPrimitives.Dot(one, other);

    private static float[] Unit(float[] numbers) => new EmbeddingMatrix(numbers, 1, numbers.Length).Normalize().Values.ToArray();

    private static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(static number => number.GetSingle())];

    private static string Node(string folder, params string[] arguments)
    {
        (int code, string output, string error) = NodePackage.Run(folder, "node", arguments);
        Assert.True(code == 0, error);
        return output.Trim().Split('\n')[^1];
    }
}
