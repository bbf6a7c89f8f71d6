using System.Diagnostics;
using Cupola.Images;
using Cupola.Retrieval;

namespace Cupola.Tests.Retrieval;

/// <summary>Duplicates at three levels, and what people complain of: black frames, chains, and a burst that is no copy.</summary>
public sealed class DuplicateSearchTests : IDisposable
{
    private static readonly Lazy<ClipEmbedder> Model = new(static () =>
        ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 })
    );

    private readonly string _photos = Path.Combine(TestFolder.New(), "photos");
    private readonly string _folder = TestFolder.New();
    private readonly ImageIndex _index;

    public DuplicateSearchTests()
    {
        Directory.CreateDirectory(_photos);
        _index = ImageIndex.Open(_folder, Model.Value);
    }

    public void Dispose() => _index.Dispose();

    [Fact]
    public void TheSameBytesAreOneGroupAndTheSamePictureAnother()
    {
        string image = SharedFolder.Need("data", "photos", "rocket.jpg"),
            extension = Path.GetExtension(image);
        File.Copy(image, At("a" + extension));
        File.Copy(image, At("b" + extension));
        File.WriteAllBytes(At("small.jpg"), Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 180)!);

        IReadOnlyList<DuplicateGroup> groups = Find();

        Assert.Equal([DuplicateLevel.Bytes, DuplicateLevel.Picture], groups.Select(static group => group.Level));
        Assert.Equal(["a" + extension, "b" + extension], Names(groups[0]));
        Assert.Equal(["a" + extension, "small.jpg"], Names(groups[1]));
        Assert.InRange(groups[1].Images[1].Cosine, 0.985, 1);
    }

    /// <summary>immich#11699, #27688, #10857: frames of different films that are all black.</summary>
    [Fact]
    public void BlackFramesAreNoDuplicatesUnlessTheirBytesAre()
    {
        for (int size = 40; size < 46; size++)
        {
            PngFile.Write(At(FormattableString.Invariant($"{size}.png")), new byte[size * 30 * 3], size, 30);
        }

        File.Copy(At("40.png"), At("40 again.png"));

        DuplicateGroup group = Assert.Single(Find());
        Assert.Equal(DuplicateLevel.Bytes, group.Level);
        Assert.Equal(["40 again.png", "40.png"], Names(group));
    }

    /// <summary>immich#31487: photos in rapid succession are similar and not the same.</summary>
    [Fact]
    public void ABurstIsAMomentAndNotTheSamePicture()
    {
        Photo("1.jpg", "2021:05:03 12:00:00", 0);
        Photo("2.jpg", "2021:05:03 12:00:06", 5);
        Photo("3.jpg", "2021:05:03 12:00:10", 8);
        Photo("later.jpg", "2021:05:03 12:00:11", 9);
        Photo("undated.jpg", null, 12);

        DuplicateGroup group = Assert.Single(Find());
        Assert.Equal(DuplicateLevel.Moment, group.Level);
        Assert.Equal(["1.jpg", "2.jpg", "3.jpg"], Names(group));
    }

    [Fact]
    public void FiltersHold()
    {
        Directory.CreateDirectory(At("in"));
        File.Copy(SharedFolder.AnyImage, At("in/a.jpg"));
        File.Copy(SharedFolder.AnyImage, At("b.jpg"));
        _index.Update(_photos);

        Assert.Single(_index.FindDuplicates(new()));
        Assert.Empty(_index.FindDuplicates(new() { Folder = At("in") }));
    }

    [Fact]
    public void AnImageThatIsGoneSinceIsNoDuplicateOfAPicture()
    {
        string image = SharedFolder.Need("data", "photos", "rocket.jpg");
        File.WriteAllBytes(At("a.jpg"), Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 200)!);
        File.WriteAllBytes(At("b.jpg"), Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 180)!);
        _index.Update(_photos);
        File.Delete(At("b.jpg"));

        Assert.Empty(_index.FindDuplicates(new()));
    }

    /// <summary>Prints are kept by content: a second search reads no image.</summary>
    [Fact]
    public void PrintsAreRemembered()
    {
        string image = SharedFolder.AnyImage;
        File.WriteAllBytes(At("a.jpg"), Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 200)!);
        File.WriteAllBytes(At("b.jpg"), Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 180)!);
        Assert.Single(Find());
        Directory.Delete(_photos, recursive: true);

        Assert.Single(_index.FindDuplicates(new()));
    }

    /// <summary>A drive that is away, another image of that name, and a pipe say nothing of the image that was indexed.</summary>
    [Theory]
    [InlineData("away")]
    [InlineData("another")]
    [InlineData("pipe")]
    public async Task AnImageThatIsNotThereIsLookedAtAgain(string instead)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && instead == "pipe", "Windows has no pipes in folders.");
        string image = SharedFolder.Need("data", "photos", "rocket.jpg");
        byte[] bytes = Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 200)!;
        File.WriteAllBytes(At("a.jpg"), bytes);
        File.WriteAllBytes(At("b.jpg"), Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 180)!);
        _index.Update(_photos);
        File.Delete(At("a.jpg"));
        if (instead == "another")
        {
            PngFile.Write(At("a.jpg"), new byte[16 * 16 * 3], 16, 16);
        }
        else if (instead == "pipe")
        {
            using Process made = Process.Start("mkfifo", [At("a.jpg")]);
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(
            await Task.Run(() => _index.FindDuplicates(new()), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)
        );

        File.Delete(At("a.jpg"));
        File.WriteAllBytes(At("a.jpg"), bytes);
        Assert.Single(_index.FindDuplicates(new()));
    }

    private IReadOnlyList<DuplicateGroup> Find()
    {
        _index.Update(_photos);
        return _index.FindDuplicates(new());
    }

    private static string[] Names(DuplicateGroup group) =>
        [.. group.Images.Select(static image => Path.GetFileName(image.File.Path))];

    private string At(string name) => Path.Combine(_photos, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Stripes that move a little, as what a camera sees in a burst.</summary>
    private void Photo(string name, string? taken, int shift)
    {
        byte[] pixels =
        [
            .. Enumerable
                .Range(0, 64 * 64)
                .SelectMany(place => (byte[])[(byte)(((((place % 64) + shift) / 8) % 2) * 24), 30, (byte)((place / 64) + 60)]),
        ];
        string png = TestFolder.NewFile("stripes.png");
        PngFile.Write(png, pixels, 64, 64);
        byte[] jpeg = Thumbnail.ReadJpeg(ImageSource.FromPath(png), orient: false, 64)!;
        File.WriteAllBytes(At(name), taken is null ? jpeg : ExifPhoto.Add(jpeg, taken, "Canon", "Canon EOS 5D"));
    }
}
