using Cupola.Images;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Cupola.Tests.Retrieval;

/// <summary>What a provider of Microsoft.Extensions.VectorData promises, and copies in stores of others.</summary>
public sealed class ImageCollectionTests : IDisposable
{
    private static readonly Lazy<ClipEmbedder> Model = new(static () =>
        ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 })
    );

    private static readonly string[] Names = ["red.png", "green.png", "blue.png", "white.png"];

    private readonly string _photos = TestFolder.New();
    private readonly ImageIndex _index = ImageIndex.Open(TestFolder.New(), Model.Value);
    private readonly VectorStoreCollection<long, IndexedImage> _images;

    public ImageCollectionTests()
    {
        Paint("red.png", 200, 30, 30);
        Paint("green.png", 30, 200, 30);
        Paint("blue.png", 30, 30, 200);
        Paint("white.png", 240, 240, 240);
        File.WriteAllBytes(At("photo.jpg"), ExifPhoto.Create("2021:05:03 12:00:00", "Canon", "Canon EOS 5D"));
        _index.Update(_photos);
        _images = _index.AsCollection();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _images.Dispose();
        _index.Dispose();
    }

    [Fact]
    public async Task ARecordIsFoundByItsKeyWithItsVectorIfAskedFor()
    {
        IndexedImage photo = await _images
            .GetAsync(static image => image.Camera == "Canon EOS 5D", 10, cancellationToken: Stop)
            .SingleAsync(Stop);

        Assert.Equal((At("photo.jpg"), new DateTimeOffset(2021, 5, 3, 12, 0, 0, default)), (photo.Path, photo.Taken));
        Assert.True(photo.Vector.IsEmpty);
        IndexedImage again = (await _images.GetAsync(photo.Number, new() { IncludeVectors = true }, Stop))!;
        Assert.Equal(photo.Path, again.Path);
        Assert.Equal(
            _index.CollectionDefinition.Properties.OfType<VectorStoreVectorProperty>().Single().Dimensions,
            again.Vector.Length
        );
        Assert.Null(await _images.GetAsync(-1, cancellationToken: Stop));
        Assert.Equal(2, await _images.GetAsync([photo.Number, -1, photo.Number], cancellationToken: Stop).CountAsync(Stop));
    }

    [Fact]
    public async Task RecordsAreFilteredOrderedSkippedAndLimited()
    {
        FilteredRecordRetrievalOptions<IndexedImage> options = new()
        {
            Skip = 1,
            OrderBy = static order => order.Descending(static image => image.Path),
        };
        string end = ".png";
        string[] found = await _images
            .GetAsync(image => image.Path.EndsWith(end), 2, options, Stop)
            .Select(static image => Path.GetFileName(image.Path))
            .ToArrayAsync(Stop);

        Assert.Equal(["red.png", "green.png"], found);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await _images.GetAsync(static _ => true, 0, cancellationToken: Stop).ToArrayAsync(Stop)
        );
    }

    [Fact]
    public async Task AnImageWordsAndVectorsOfAllFormsAreSearchedBy()
    {
        IndexedImage red = await _images
            .GetAsync(image => image.Path == At("red.png"), 1, new() { IncludeVectors = true }, Stop)
            .SingleAsync(Stop);

        Assert.Equal("red.png", await First(red.Vector));
        Assert.Equal("red.png", await First(red.Vector.ToArray()));
        Assert.Equal("red.png", await First(new Embedding<float>(red.Vector)));
        Assert.Equal("red.png", await First(ImageSource.FromPath(At("red.png"))));
        Assert.Contains(await First("a flag"), (string[])[.. Names, "photo.jpg"]);
        await Assert.ThrowsAsync<NotSupportedException>(() => First(7));
        await Assert.ThrowsAsync<ArgumentException>(() => First(new float[3]));
    }

    [Fact]
    public async Task ASearchHasFiltersThresholdsAndPages()
    {
        VectorSearchOptions<IndexedImage> options = new()
        {
            Filter = image => image.Path != At("red.png"),
            IncludeVectors = true,
        };
        VectorSearchResult<IndexedImage>[] all = await _images
            .SearchAsync(ImageSource.FromPath(At("red.png")), 10, options, Stop)
            .ToArrayAsync(Stop);

        Assert.Equal(4, all.Length);
        Assert.Equal(all.OrderByDescending(static found => found.Score), all);
        Assert.All(all, static found => Assert.False(found.Record.Vector.IsEmpty));
        options.Skip = 1;
        options.ScoreThreshold = all[2].Score;
        Assert.Equal(
            all[1..3].Select(static found => found.Record.Path),
            await _images
                .SearchAsync(ImageSource.FromPath(At("red.png")), 10, options, Stop)
                .Select(static found => found.Record.Path)
                .ToArrayAsync(Stop)
        );
    }

    [Fact]
    public async Task ItIsNotWrittenTo()
    {
        Assert.True(await _images.CollectionExistsAsync(Stop));
        await _images.EnsureCollectionExistsAsync(Stop);
        foreach (
            Func<Task> write in (Func<Task>[])
                [
                    () => _images.UpsertAsync(new IndexedImage(), Stop),
                    () => _images.UpsertAsync([new IndexedImage()], Stop),
                    () => _images.DeleteAsync(1, Stop),
                    () => _images.EnsureCollectionDeletedAsync(Stop),
                ]
        )
        {
            Assert.Contains(
                "ImageIndex.Update",
                (await Assert.ThrowsAsync<NotSupportedException>(write)).Message,
                StringComparison.Ordinal
            );
        }

        VectorStoreCollectionMetadata metadata = Assert.IsType<VectorStoreCollectionMetadata>(
            _images.GetService(typeof(VectorStoreCollectionMetadata))
        );
        Assert.Equal(("cupola", "images"), (metadata.VectorStoreSystemName, metadata.CollectionName));
        Assert.Same(_index, _images.GetService(typeof(ImageIndex)));
        Assert.Null(_images.GetService(typeof(ImageIndex), "key"));
    }

    [Fact]
    public async Task ACopyInAnotherStoreIsSearchedAlike()
    {
        using MemoryCollection memory = new();
        Assert.Equal(5, await _index.CopyToAsync(memory, cancellationToken: Stop));
        Assert.Equal(5, await _index.CopyToAsync(memory, cancellationToken: Stop));
        Assert.Equal(5, memory.Count);
        using ImageIndex copy = ImageIndex.OpenCollection(memory, Model.Value);

        foreach (string query in (string[])["a red flag", $"{At("red.png")} - {At("blue.png")}", $"{At("red.png")} + a flag"])
        {
            FoundImage[] expected = [.. _index.Search(SearchQuery.Parse(query))],
                found = [.. copy.Search(SearchQuery.Parse(query))];
            Assert.Equal(expected.Select(static image => image.Path), found.Select(static image => image.Path));
            Assert.All(expected.Zip(found), static pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-3));
            Assert.Equal(expected.Select(static image => image.IsLikely), found.Select(static image => image.IsLikely));
        }

        FoundImage photo = Assert.Single(copy.Search(SearchQuery.Parse("a flag") with { Camera = "eos" }));
        Assert.Equal(At("photo.jpg"), copy.Search(SearchQuery.Parse(FormattableString.Invariant($"#{photo.Number}")))[0].Path);
        Assert.Contains(
            "CopyToAsync",
            Assert.Throws<NotSupportedException>(() => copy.Update(_photos)).Message,
            StringComparison.Ordinal
        );
    }

    private async Task<string> First<T>(T value)
        where T : notnull =>
        Path.GetFileName((await _images.SearchAsync(value, 1, cancellationToken: Stop).SingleAsync(Stop)).Record.Path);

    private string At(string name) => Path.Combine(_photos, name);

    private void Paint(string name, byte red, byte green, byte blue)
    {
        byte[][] pixels = [.. Enumerable.Repeat(new[] { red, green, blue }, 16 * 16)];
        PngFile.Write(At(name), [.. pixels.SelectMany(static pixel => pixel)], 16, 16);
    }
}
