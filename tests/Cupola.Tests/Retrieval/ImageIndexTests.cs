using Cupola.Images;
using Cupola.Retrieval;
using Microsoft.Data.Sqlite;

namespace Cupola.Tests.Retrieval;

/// <summary>An index that keeps itself, with the built-in model and small images of one color each.</summary>
public sealed class ImageIndexTests : IDisposable
{
    private static readonly Lazy<ClipEmbedder> Model = new(static () =>
        ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 })
    );

    private readonly string _photos = Path.Combine(TestFolder.New(), "photos");
    private readonly string _folder = TestFolder.New();
    private readonly ImageIndex _index;
    private int _painted;

    public ImageIndexTests()
    {
        Directory.CreateDirectory(_photos);
        _index = ImageIndex.Open(_folder, Model.Value);
    }

    public void Dispose() => _index.Dispose();

    [Fact]
    public void AnUpdateEmbedsWhatIsNewOrChangedAndNothingElse()
    {
        Paint("a/red.png", 255, 0, 0);
        Paint("b/green.png", 0, 255, 0);
        Assert.Equal((2, 2, 0, 0, 0), Counts(_index.Update(_photos)));
        Assert.Equal((2, 0, 0, 0, 0), Counts(_index.Update(_photos)));

        Paint("b/green.png", 0, 250, 0);
        Assert.Equal((2, 1, 0, 0, 0), Counts(_index.Update(_photos)));
    }

    [Fact]
    public void WhatIsRenamedCopiedOrComesBackIsNotEmbeddedAgain()
    {
        Paint("red.png", 255, 0, 0);
        Paint("green.png", 0, 255, 0);
        _index.Update(_photos);

        File.Move(At("red.png"), At("rouge.png"));
        File.Copy(At("green.png"), At("green too.png"));
        Assert.Equal((3, 0, 2, 1, 0), Counts(_index.Update(_photos)));

        byte[] kept = File.ReadAllBytes(At("rouge.png"));
        File.Delete(At("rouge.png"));
        Assert.Equal((2, 0, 0, 0, 1), Counts(_index.Update(_photos)));
        File.WriteAllBytes(At("rouge.png"), kept);
        Assert.Equal((3, 0, 1, 0, 0), Counts(_index.Update(_photos)));
        Assert.Equal(2, Local(_index).Vectors.Count);
    }

    [Fact]
    public void ABrokenImageIsToldOnceAndRemembered()
    {
        Paint("red.png", 255, 0, 0);
        File.WriteAllText(At("broken.jpg"), "no image");

        IndexUpdate first = _index.Update(_photos),
            second = _index.Update(_photos);

        Assert.Contains("broken.jpg", Assert.Single(first.Broken), StringComparison.Ordinal);
        Assert.Empty(second.Broken);
        Assert.Equal((1, 1), (first.BrokenCount, second.BrokenCount));
        Assert.Equal([At("red.png")], Found("red", 10));
    }

    /// <summary>A broken link, as photoprism#414 has it: told once, tried each time, and found when it leads somewhere.</summary>
    [Fact]
    public void WhatCannotBeReadAtAllIsTriedAgainAndToldOnce()
    {
        Paint("red.png", 255, 0, 0);
        File.CreateSymbolicLink(At("link.png"), At("later"));

        IndexUpdate first = _index.Update(_photos),
            second = _index.Update(_photos);
        File.Copy(At("red.png"), At("later"));
        IndexUpdate third = _index.Update(_photos);

        Assert.Contains("it is a link to", Assert.Single(first.Broken), StringComparison.Ordinal);
        Assert.Empty(second.Broken);
        Assert.Equal((1, 1, 0), (first.BrokenCount, second.BrokenCount, third.BrokenCount));
        Assert.Equal([At("link.png"), At("red.png")], Found("red", 10).Order(StringComparer.Ordinal));
    }

    /// <summary>An index on a read-only share, as SQLite's own immutable files.</summary>
    [Fact]
    public void AnIndexThatCannotBeWrittenIsSearchedAsItIs()
    {
        Paint("red.png", 255, 0, 0);
        _index.Update(_photos);
        _index.Search(SearchQuery.Parse("red"));
        _index.Dispose();
        string path = Path.Combine(_folder, "index.sqlite");
        using IndexDatabase database = IndexDatabase.OpenToRead(path, new SqliteException("it is read-only", 8));
        Assert.True(database.IsReadOnly);
        Assert.Equal([_photos], database.Roots());
        Assert.Single(database.Images(database.Model(ImageIndex.Fingerprint(Model.Value, orient: true), 1)));
        Assert.Empty(database.Images(database.Model("another model", 1)));
    }

    /// <summary>Where its owner is writing it, and SQLite can read beside that.</summary>
    [Fact]
    public void AnIndexThatCannotBeWrittenFollowsItsOwner()
    {
        Paint("red.png", 255, 0, 0);
        _index.Update(_photos);
        Assert.True(new FileInfo(Path.Combine(_folder, "index.sqlite-wal")).Length > 0);
        using IndexDatabase database = IndexDatabase.OpenToRead(
            Path.Combine(_folder, "index.sqlite"),
            new SqliteException("it is read-only", 8)
        );
        long model = database.Model(ImageIndex.Fingerprint(Model.Value, orient: true), 1),
            version = database.Version;
        Assert.Single(database.Images(model));

        Paint("green.png", 0, 255, 0);
        _index.Update(_photos);

        Assert.NotEqual(version, database.Version);
        Assert.Equal(2, database.Images(model).Count);
    }

    [Fact]
    public void AFolderThatIsNotConnectedLosesNothing()
    {
        Paint("red.png", 255, 0, 0);
        _index.Update(_photos);
        Directory.Move(_photos, _photos + "-away");

        Assert.Throws<DirectoryNotFoundException>(() => _index.Update(_photos));

        Assert.Equal([At("red.png")], Found("red", 10));
        Assert.Equal([_photos], _index.Roots);
    }

    [Fact]
    public void HiddenAndSystemFoldersAreLeftOut()
    {
        Paint("red.png", 255, 0, 0);
        Paint(".hidden/red.png", 250, 0, 0);
        Paint("@eaDir/red.png", 240, 0, 0);
        Paint(".git/red.png", 230, 0, 0);

        Assert.Equal(1, _index.Update(_photos).Seen);
    }

    [Fact]
    public void AnotherModelHasVectorsOfItsOwn()
    {
        Paint("red.png", 255, 0, 0);
        _index.Update(_photos);
        using ClipEmbedder other = ClipEmbedder.Load(SiglipFolder());
        using ImageIndex second = ImageIndex.Open(_folder, other);

        Assert.Equal((1, 1, 0, 0, 0), Counts(second.Update(_photos)));
        Assert.NotEqual(Local(_index).ModelNumber, Local(second).ModelNumber);
        Assert.Equal((1, 0, 0, 0, 0), Counts(_index.Update(_photos)));
    }

    [Fact]
    public void OneProcessUpdatesAtATime()
    {
        Paint("red.png", 255, 0, 0);
        _index.Update(_photos);
        using FileStream held = new(Path.Combine(_folder, "index.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains(
            "is being updated by another process",
            Assert.Throws<IOException>(() => _index.Update(_photos)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal([At("red.png")], Found("red", 10));
    }

    [Fact]
    public void RowsThatNothingRefersToAreReplaced()
    {
        Paint("red.png", 255, 0, 0);
        _index.Update(_photos);
        Local(_index).Vectors.Append([new float[Model.Value.Config.EmbeddingDimension]]);
        Paint("green.png", 0, 255, 0);

        _index.Update(_photos);

        Assert.Equal(2, Local(_index).Vectors.Count);
        Assert.Equal([At("green.png")], Found(At("green.png"), 1));
    }

    /// <summary>A file of vectors that is gone, or was cut off: no image gets another one's vector.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ImagesWhoseVectorsAreLostAreEmbeddedAgain(int left)
    {
        PaintThree();
        string vectors = Path.Combine(_folder, "vectors-1.f16");
        byte[] bytes = File.ReadAllBytes(vectors);
        File.Delete(vectors);
        if (left > 0)
        {
            File.WriteAllBytes(vectors, bytes[..(left * bytes.Length / 3)]);
        }

        Assert.Contains(
            $"has lost vectors of its images (there are {left} of 3)",
            Assert.Throws<InvalidDataException>(() => Found("red", 3)).Message,
            StringComparison.Ordinal
        );
        Paint("0.png", 255, 255, 0);
        Assert.Equal((4, 4 - left, 0, 0, 0), Counts(_index.Update(_photos)));
        Assert.All(["0.png", "a/red.png", "a/green.png", "b/blue.png"], name => Assert.Equal([At(name)], Found(At(name), 1)));
    }

    [Fact]
    public void AnImageFindsItselfFirstAndANegativeTermPushesItBack()
    {
        PaintThree();

        Assert.Equal(At("a/red.png"), Found(At("a/red.png"), 3)[0]);
        Assert.Equal(At("b/blue.png"), Found($"{At("b/blue.png")} - {At("a/red.png")}", 3)[0]);
        FoundImage blue = _index.Search(SearchQuery.Parse(At("b/blue.png")), 1)[0];
        Assert.Equal(At("b/blue.png"), Found(FormattableString.Invariant($"#{blue.Number}"), 1)[0]);
        Assert.Equal(1, blue.Cosine, 2e-3);
    }

    [Fact]
    public void OneTermRanksAsItsCosine()
    {
        PaintThree();

        IReadOnlyList<FoundImage> found = _index.Search(SearchQuery.Parse("a red flag"), 3);

        Assert.Equal(found.OrderByDescending(static image => image.Cosine), found);
        Assert.Equal(0, found.Average(static image => image.Score), 1e-5);
    }

    [Fact]
    public void FiltersHoldBeforeRanking()
    {
        PaintThree();

        Assert.Equal([At("b/blue.png")], Found(SearchQuery.Parse(At("a/red.png")) with { Folder = At("b") }));
        Assert.Empty(Found(SearchQuery.Parse("red") with { Camera = "Leica" }));
        Assert.Empty(Found(SearchQuery.Parse("red") with { After = new(2020, 1, 1) }));
        Assert.Single(Found(SearchQuery.Parse(At("a/red.png")) with { Threshold = 0.5 }));
    }

    [Fact]
    public void AnImageOfAQueryThatCannotBeReadIsASentence()
    {
        PaintThree();
        string broken = TestFolder.NewFile("broken.png");
        File.WriteAllText(broken, "no image");

        Assert.Throws<InvalidDataException>(() => _index.Search(SearchQuery.Parse(broken)));
        Assert.Contains(
            "no image of the number 77",
            Assert.Throws<InvalidDataException>(() => _index.Search(SearchQuery.Parse("#77"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void DateCameraAndPlaceAreReadFromExif()
    {
        string photo = Path.Combine(_photos, "camera.jpg");
        File.WriteAllBytes(photo, ExifPhoto.Create("2021:05:03 12:00:00", "Canon", "Canon EOS 5D"));
        _index.Update(_photos);

        Assert.Equal([photo], Found(SearchQuery.Parse("a flag") with { After = new(2021, 5, 1), Before = new(2021, 6, 1) }));
        Assert.Equal([photo], Found(SearchQuery.Parse("a flag") with { Camera = "eos" }));
        Assert.Empty(Found(SearchQuery.Parse("a flag") with { After = new(2021, 5, 4) }));
    }

    private static LocalStore Local(ImageIndex index) => (LocalStore)index.Store;

    private static string SiglipFolder() => Cupola.Tests.Models.SiglipFolder.Create();

    private static (int, int, int, int, int) Counts(IndexUpdate update) =>
        (update.Seen, update.Embedded, update.Reused, update.Moved, update.Gone);

    private string At(string name) => Path.Combine(_photos, name.Replace('/', Path.DirectorySeparatorChar));

    private void PaintThree()
    {
        Paint("a/red.png", 255, 0, 0);
        Paint("a/green.png", 0, 255, 0);
        Paint("b/blue.png", 0, 0, 255);
        _index.Update(_photos);
    }

    private void Paint(string name, byte red, byte green, byte blue)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        byte[][] pixels = [.. Enumerable.Repeat(new[] { red, green, blue }, 16 * 16)];
        PngFile.Write(At(name), [.. pixels.SelectMany(static pixel => pixel)], 16, 16);
        // A clock that an image is painted by twice in one tick would leave it unchanged.
        File.SetLastWriteTimeUtc(At(name), DateTime.UnixEpoch.AddDays(1).AddSeconds(_painted++));
    }

    private string[] Found(string query, int top) =>
        [.. _index.Search(SearchQuery.Parse(query), top).Select(static found => found.Path)];

    private string[] Found(SearchQuery query) => [.. _index.Search(query).Select(static found => found.Path)];
}
