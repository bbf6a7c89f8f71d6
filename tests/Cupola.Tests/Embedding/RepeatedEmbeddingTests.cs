namespace Cupola.Tests.Embedding;

/// <summary>A program that asks a model the same thing twice is given the same numbers.</summary>
public sealed class RepeatedEmbeddingTests
{
    private static readonly ImageSource[] Pictures =
    [
        .. Directory.GetFiles(SharedFolder.Own("pictures")).Order(StringComparer.Ordinal).Select(ImageSource.FromPath),
    ];

    [Theory]
    [InlineData("flags", 1, 1)]
    [InlineData("flags", 2, 1)]
    [InlineData("flags", 2, 3)]
    [InlineData("vit", 2, 1)]
    [InlineData("resnet", 2, 1)]
    public void TheFirstTimeAnImageHasTheBitsOfEveryOtherTime(string name, int threads, int count)
    {
        string model = name == "flags" ? BuiltInModels.Flags : SharedFolder.Own("parity", name, "open_clip");
        using ClipEmbedder embedder = ClipEmbedder.Load(model, new() { Threads = threads });

        float[][] first = Embed(),
            second = Embed();

        Assert.Equal(first, second);

        float[][] Embed() =>
            [.. embedder.EmbedImages(Pictures.Take(count)).Select(static image => image.Embedding!.Value.ToArray())];
    }

    [Fact]
    public void TheFirstTimeATextHasTheBitsOfEveryOtherTime()
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 });

        Assert.Equal(embedder.EmbedTexts(["a red flag"]).Values.ToArray(), embedder.EmbedTexts(["a red flag"]).Values.ToArray());
    }
}
