using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace Cupola.Tests.Embedding;

/// <summary>The embedder as Microsoft.Extensions.AI knows one.</summary>
public sealed class EmbeddingGeneratorTests : IDisposable
{
    private readonly ClipEmbedder _embedder = ClipEmbedder.Load(SharedFolder.AnyModel, new() { Threads = 2 });

    private IEmbeddingGenerator<DataContent, Embedding<float>> OfImages => _embedder;

    private IEmbeddingGenerator<string, Embedding<float>> OfTexts => _embedder;

    /// <summary>More than one batch, which is 16 here.</summary>
    private static string[] Photos => [.. Directory.EnumerateFiles(SharedFolder.AnyImages, "*.*g").Order(StringComparer.Ordinal)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImagesGiveWhatEmbedImagesGives()
    {
        string[] photos = Photos;
        float[][] expected = [.. _embedder.EmbedImages(photos).Select(image => image.Vector!)];

        GeneratedEmbeddings<Embedding<float>> generated = await OfImages.GenerateAsync(
            photos.Select(Content),
            options: null,
            Cancellation
        );

        Assert.InRange(photos.Length, 17, 31);
        Assert.Equal(expected.Length, generated.Count);
        Assert.All(expected.Zip(generated), pair => AssertEqual(pair.First, pair.Second));
    }

    [Fact]
    public async Task TextsGiveWhatEmbedTextsGivesAndTheMetadataSaysOfWhatSize()
    {
        Embedding<float> generated = await OfTexts.GenerateAsync("a photo of a dog", options: null, Cancellation);

        AssertEqual(_embedder.EmbedTexts(["a photo of a dog"], progress: null, Cancellation)[0].ToArray(), generated);
        Assert.Equal(1, TensorPrimitives.Norm(generated.Vector.Span), 1e-5f);
        Assert.Equal(generated.Dimensions, OfTexts.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        Assert.Same(_embedder, OfImages.GetService<ClipEmbedder>());
    }

    [Fact]
    public async Task NothingGivesNothing()
    {
        Assert.Empty(await OfImages.GenerateAsync([], options: null, Cancellation));
        Assert.Empty(await OfTexts.GenerateAsync([], options: null, Cancellation));
    }

    [Fact]
    public async Task ABrokenImageIsNamed()
    {
        DataContent named = new(new byte[] { 1, 2, 3 }, "image/png") { Name = "broken.png" },
            unnamed = new(new byte[] { 1, 2, 3 }, "image/png");

        Assert.StartsWith(
            "broken.png ",
            (
                await Assert.ThrowsAsync<InvalidDataException>(() => OfImages.GenerateAsync([named], options: null, Cancellation))
            ).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "image 2 ",
            (
                await Assert.ThrowsAsync<InvalidDataException>(() =>
                    OfImages.GenerateAsync([Content(Photos[0]), unnamed], options: null, Cancellation)
                )
            ).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task CancellingStopsBeforeTheNextImageIsRead()
    {
        using CancellationTokenSource stop = new();
        DataContent photo = Content(Photos[0]);
        int given = 0;
        IEnumerable<DataContent> Endless()
        {
            while (true)
            {
                if (++given == 40)
                {
                    stop.Cancel();
                }

                yield return photo;
            }
        }

        await Assert.ThrowsAsync<OperationCanceledException>(() => OfImages.GenerateAsync(Endless(), options: null, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            OfTexts.GenerateAsync(["a dog", "a cat"], options: null, stop.Token)
        );

        // The batch in which it was cancelled is still collected.
        Assert.InRange(given, 40, 48);
    }

    public void Dispose() => _embedder.Dispose();

    /// <summary>
    /// Equal but for the last bits: the first run takes the weights where they lie, later ones rearranged, and adds up in another
    /// order.
    /// </summary>
    private static void AssertEqual(float[] expected, Embedding<float> actual) =>
        Assert.All(expected.Zip(actual.Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

    private static DataContent Content(string path) =>
        new(File.ReadAllBytes(path), Path.GetExtension(path) == ".png" ? "image/png" : "image/jpeg");

    [Fact]
    public async Task RefusesOptionsThatAskForAnotherModel()
    {
        await Assert.ThrowsAsync<ArgumentException>(() =>
            OfTexts.GenerateAsync(["a dog"], new() { Dimensions = 3 }, Cancellation)
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            OfImages.GenerateAsync([], new() { ModelId = "another" }, Cancellation)
        );
        EmbeddingGenerationOptions fitting = new() { Dimensions = _embedder.Config.EmbeddingDimension };
        Assert.Single(await OfTexts.GenerateAsync(["a dog"], fitting, Cancellation));
    }

    [Fact]
    public async Task FailsTheTaskAndNotTheCall()
    {
        Task<GeneratedEmbeddings<Embedding<float>>> failing = OfImages.GenerateAsync(
            [new DataContent(new byte[] { 1, 2, 3 }, "image/png")],
            options: null,
            Cancellation
        );

        await Assert.ThrowsAsync<InvalidDataException>(() => failing);
    }
}
