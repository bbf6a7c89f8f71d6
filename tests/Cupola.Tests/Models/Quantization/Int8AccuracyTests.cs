using System.Numerics.Tensors;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Evaluation;
using Cupola.Models.Quantization;

namespace Cupola.Tests.Models.Quantization;

/// <summary>A real model on 2,850 real photos in int8, against the same in float32.</summary>
public sealed class Int8AccuracyTests
{
    /// <summary>Of eighty and of ten classes.</summary>
    private static readonly string[] Datasets = ["caltech80", "cifar10"];

    [Fact]
    public void PhotosKeepTheirEmbeddingsAndTheirAnswers()
    {
        Comparison compared = Compare(SharedFolder.Need("models", "photo-tiny"));

        Assert.Equal(2850, compared.Photos);
        Assert.InRange(compared.Cosines.Average(), 0.9997, 1.0001);
        Assert.InRange(compared.Cosines.Min(), 0.9980, 1.0001);
        Assert.InRange(compared.Same / (double)compared.Photos, 0.985, 1);
        Assert.All(compared.Tests, static test => Assert.InRange(test.P, 0.01, 1));
        Assert.All(compared.Tests, static test => Assert.InRange(test.Difference, -0.01, 0.01));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void OutliersInNormsAndHiddenUnitsCostNothing(bool inNorms, bool inHiddenUnits)
    {
        string model = Int8Models.Copy(SharedFolder.Need("models", "photo-tiny"), tensors =>
            Int8Models.AddOutliers(tensors, inNorms, inHiddenUnits)
        );

        Comparison compared = Compare(model, every: 10);

        Assert.InRange(compared.Cosines.Average(), 0.999, 1.0001);
        Assert.InRange(compared.Cosines.Min(), 0.995, 1.0001);
        Assert.InRange(compared.Same / (double)compared.Photos, 0.97, 1);
        using SafetensorsFile kept = new(Assert.Single(Directory.GetFiles(compared.Folder, "*.image.int8.safetensors")));
        Dictionary<string, int[]> channels = JsonSerializer.Deserialize<Dictionary<string, int[]>>(kept.Metadata["kept"])!;
        Assert.Equal(inNorms, channels["image.blocks.0.mlp.expand.weight"].Length >= 4);
        Assert.Equal(inHiddenUnits, channels["image.blocks.0.mlp.contract.weight"].Length >= 4);
    }

    [Fact]
    public void ChannelsFarBeyondTheMedianAreKeptAndNoMoreThanSixteen()
    {
        float[] largest = [.. Enumerable.Repeat(1f, 60)];
        Assert.Empty(OutlierChannels.Choose("a product", largest));

        (largest[7], largest[30], largest[31]) = (6.5f, 400, 5.9f);
        Assert.Equal([7, 30], OutlierChannels.Choose("a product", largest));

        for (int channel = 0; channel < 19; channel++)
        {
            largest[channel] = 100 + channel;
        }

        Assert.Equal([.. Enumerable.Range(4, 15), 30], OutlierChannels.Choose("a product", largest));
    }

    private static Comparison Compare(string model, int every = 1)
    {
        string folder = TestFolder.New();
        using ClipEmbedder exact = ClipEmbedder.Load(model),
            quantized = ClipEmbedder.Load(model, new EngineOptions { Precision = Precision.Int8 }, new QuantizedFolder(folder));
        List<float> cosines = [];
        List<PairedTest> tests = [];
        int same = 0;
        foreach (string dataset in Datasets.Select(static name => SharedFolder.Need("data", "photo-tiny-test", name)))
        {
            string[] folders = [.. Directory.EnumerateDirectories(dataset).Order(StringComparer.Ordinal)];
            PromptSet prompts = PromptSet.FromTemplates(
                [.. folders.Select(static folder => Path.GetFileName(folder))],
                PromptTemplates.Simple
            );
            (string Label, string File)[] photos =
            [
                .. folders.SelectMany(folder =>
                    Directory
                        .EnumerateFiles(folder)
                        .Order(StringComparer.Ordinal)
                        .Where((_, index) => index % every == 0)
                        .Select(file => (Path.GetFileName(folder), file))
                ),
            ];
            float[][] expected = Embed(exact, photos),
                found = Embed(quantized, photos);
            ZeroShotClassifier first = ZeroShotClassifier.Create(exact, prompts),
                second = ZeroShotClassifier.Create(quantized, prompts);
            int onlyFirst = 0,
                onlySecond = 0;
            for (int photo = 0; photo < photos.Length; photo++)
            {
                cosines.Add(TensorPrimitives.Dot<float>(expected[photo], found[photo]));
                string label = first.Classify(expected[photo])[0].Label,
                    other = second.Classify(found[photo])[0].Label;
                same += label == other ? 1 : 0;
                onlyFirst += label == photos[photo].Label && other != label ? 1 : 0;
                onlySecond += other == photos[photo].Label && other != label ? 1 : 0;
            }

            tests.Add(new(photos.Length, onlyFirst, onlySecond));
        }

        Comparison compared = new(cosines.Count, cosines, same, tests, folder);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"cosine {cosines.Average():0.00000}, {cosines.Min():0.00000} at least; "
                + $"same top-1 {same / (double)cosines.Count:0.0000}; "
                + string.Join("; ", tests.Select(static test => $"{test}, difference {test.Difference:0.0000}, p {test.P:0.000}"))
        );
        return compared;
    }

    private static float[][] Embed(ClipEmbedder embedder, (string Label, string File)[] photos) =>
        [.. embedder.EmbedImages(photos.Select(static photo => photo.File)).Select(static image => image.Vector!)];

    private sealed record Comparison(
        int Photos,
        IReadOnlyList<float> Cosines,
        int Same,
        IReadOnlyList<PairedTest> Tests,
        string Folder
    );
}
