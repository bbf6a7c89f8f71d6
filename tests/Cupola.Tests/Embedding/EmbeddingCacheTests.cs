using Cupola.Files;
using Cupola.Images;
using Cupola.Tests.ZeroShot;
using Microsoft.Data.Sqlite;

namespace Cupola.Tests.Embedding;

/// <summary>Embeddings that are kept are found again, belong to their model and their image, and can do no harm.</summary>
public sealed class EmbeddingCacheTests
{
    [Fact]
    public void WhatWasEmbeddedOnceIsFoundAgainToTheBit()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        string folder = TestFolder.New();

        (float[]?[] first, int none, _) = Embed(folder, photos.Files);
        (float[]?[] second, int all, string? note) = Embed(folder, photos.Files);

        Assert.Equal((0, photos.Files.Count), (none, all));
        Assert.Equal(first, second);
        AssertNear([.. photos.Files.Index().Select(photo => photos.Embeddings[photo.Index].ToArray())], first);
        Assert.Null(note);
    }

    /// <summary>
    /// What is kept here is what no model ever said of a file that no decoder can read: it comes back, so neither was asked.
    /// </summary>
    [Fact]
    public void WhatIsKeptIsNeitherDecodedNorEncoded()
    {
        ClipEmbedder model = LabeledPhotos.Need().Model;
        float[] poison = [.. Enumerable.Range(0, model.Config.EmbeddingDimension).Select(static index => index == 3 ? 1f : 0f)];
        byte[] file = "no image"u8.ToArray();
        using EmbeddingCache cache = EmbeddingCache.Open(TestFolder.New());
        ImageSource[] images = [new("a", _ => file), ImageSource.FromPath(LabeledPhotos.Need().Files[0]), new("b", _ => file)];

        Assert.Contains(
            "a is not an image",
            model.EmbedImages(images, orient: false, cache, CancellationToken.None).First().Error,
            StringComparison.Ordinal
        );
        cache.Add(model.CacheKey(ImageReader.HashOf(file), orient: false), poison);
        Flush(cache);

        EmbeddedImage[] embedded = [.. model.EmbedImages(images, orient: false, cache, CancellationToken.None)];
        Assert.Equal(["a", LabeledPhotos.Need().Files[0], "b"], embedded.Select(static image => image.Path));
        Assert.Equal(poison, embedded[0].Vector);
        Assert.Equal(poison, embedded[2].Vector);
        AssertNear([LabeledPhotos.Need().Embeddings[0].ToArray()], [embedded[1].Vector]);
    }

    [Fact]
    public void AnotherModelAndTurnedImagesHaveEmbeddingsOfTheirOwn()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        byte[] file = File.ReadAllBytes(photos.Files[0]);
        using ClipEmbedder other = ClipEmbedder.Load(SharedFolder.Need("parity", "vit", "transformers"));

        byte[][] keys =
        [
            photos.Model.CacheKey(ImageReader.HashOf(file), false),
            photos.Model.CacheKey(ImageReader.HashOf(file), true),
            other.CacheKey(ImageReader.HashOf(file), false),
            photos.Model.CacheKey(ImageReader.HashOf([.. file, 0]), false),
        ];

        Assert.Equal(4, keys.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(keys[0], photos.Model.CacheKey(ImageReader.HashOf(file), false));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("truncated")]
    [InlineData("pages")]
    public void ADamagedCacheIsBegunAnewWithANote(string damage)
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        string folder = TestFolder.New();
        (float[]?[] expected, _, _) = Embed(folder, photos.Files);
        string database = Assert.Single(Directory.EnumerateFiles(folder));
        byte[] bytes = File.ReadAllBytes(database);
        if (damage == "pages")
        {
            new Random(3).NextBytes(bytes.AsSpan(4096));
        }

        File.WriteAllBytes(
            database,
            damage == "text"
                    ? "This is no database, whatever its name says. It is long enough to have a head and says so at length."u8
                : damage == "truncated" ? bytes.AsSpan(0, 5000)
                : bytes
        );

        (float[]?[] after, int reused, string? note) = Embed(folder, photos.Files);

        AssertNear(expected, after);
        Assert.Equal(0, reused);
        Assert.Equal($"The cache of embeddings in {folder} was damaged and is begun anew.", note);
        (_, int found, string? nothing) = Embed(folder, photos.Files);
        Assert.Equal((photos.Files.Count, null), (found, nothing));
        Assert.Single(Directory.EnumerateFiles(folder));
    }

    [Fact]
    public void AnEmbeddingInWhichABitFlippedIsMadeAnew()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        string folder = TestFolder.New();
        (float[]?[] expected, _, _) = Embed(folder, photos.Files);
        Change(
            folder,
            "UPDATE embeddings SET embedding = CAST(substr(embedding, 1, 100) || x'41' || substr(embedding, 102) AS BLOB) WHERE "
                + "number = 5; UPDATE embeddings SET embedding = x'00' WHERE number = 7; "
                + "UPDATE embeddings SET embedding = 'a text' WHERE number = 9"
        );

        (float[]?[] after, int reused, string? note) = Embed(folder, photos.Files);

        AssertNear(expected, after);
        Assert.Equal(photos.Files.Count - 3, reused);
        Assert.StartsWith("3 embeddings in the cache", note, StringComparison.Ordinal);
        Assert.Equal(photos.Files.Count, Embed(folder, photos.Files).Reused);
    }

    [Fact]
    public void ACacheThatCannotBeUsedIsSaidToBeAndDoesNoHarm()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        string file = TestFolder.NewFile("file");
        File.WriteAllText(file, "");

        (float[]?[] embedded, int reused, string? note) = Embed(file, photos.Files);

        Assert.Equal((photos.Files.Count, 0), (embedded.Count(static each => each is not null), reused));
        Assert.StartsWith($"Embeddings are not kept in {file}, which cannot be used: ", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralMayWriteAtOnce()
    {
        string folder = TestFolder.New();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(writer =>
                    Task.Run(() =>
                    {
                        using EmbeddingCache cache = EmbeddingCache.Open(folder);
                        for (int index = 0; index < 500; index++)
                        {
                            // Half of what each writes, the next one writes too.
                            cache.Add(Key((250 * writer) + index), [index, 1, 2]);
                            cache.Find(Key(index), 3);
                        }
                    })
                )
        );

        using EmbeddingCache cache = EmbeddingCache.Open(folder);
        Assert.All(Enumerable.Range(0, 1250), index => Assert.NotNull(cache.Find(Key(index), 3)));
        Assert.Null(cache.Find(Key(1250), 3));
        Assert.Null(cache.Note);
    }

    [Fact]
    public void InAFullCacheTheOldestMakeRoom()
    {
        string folder = TestFolder.New();
        const int bytes = 1 << 20,
            kilobyte = 256;
        using (EmbeddingCache cache = EmbeddingCache.Open(folder, bytes))
        {
            for (int index = 0; index < 4000; index++)
            {
                cache.Add(Key(index), new float[kilobyte]);
            }
        }

        Assert.InRange(new FileInfo(Assert.Single(Directory.EnumerateFiles(folder))).Length, bytes / 2, bytes + (bytes / 2));
        using EmbeddingCache again = EmbeddingCache.Open(folder);
        Assert.Null(again.Find(Key(0), kilobyte));
        Assert.NotNull(again.Find(Key(3999), kilobyte));
        Assert.NotNull(again.Find(Key(3500), kilobyte));
    }

    [Theory]
    [InlineData("/a/b/embeddings", "CUPOLA_CACHE=/a/b", "XDG_CACHE_HOME=/x")]
    [InlineData("/x/cupola/embeddings", "CUPOLA_CACHE= ", "XDG_CACHE_HOME=/x")]
    public void TheEnvironmentSaysWhereTheCacheLies(string folder, params string[] variables)
    {
        Dictionary<string, string> environment = variables
            .Select(static variable => variable.Split('='))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);

        Assert.Equal(Path.GetFullPath(folder), UserCache.Folder("embeddings", environment.GetValueOrDefault));
        Assert.EndsWith(
            Path.Combine("cupola", "embeddings"),
            UserCache.Folder("embeddings", static _ => null),
            StringComparison.Ordinal
        );
        Assert.True(Path.IsPathRooted(UserCache.Folder("embeddings", static _ => null)));
    }

    /// <summary>Which images are encoded together may change the last bits of float32.</summary>
    private static void AssertNear(float[]?[] expected, float[]?[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), static pair =>
            Assert.Equal(pair.First!, pair.Second!, static (one, other) => Math.Abs(one - other) < 1e-5f)
        );
    }

    private static byte[] Key(int index) => [.. BitConverter.GetBytes(index), .. new byte[28]];

    private static (float[]?[] Embeddings, int Reused, string? Note) Embed(string folder, IEnumerable<string> files)
    {
        EmbeddingCache cache = EmbeddingCache.Open(folder);
        float[]?[] embeddings =
        [
            .. LabeledPhotos
                .Need()
                .Model.EmbedImages(files.Select(ImageSource.FromPath), orient: false, cache, CancellationToken.None)
                .Select(static image => image.Vector),
        ];
        cache.Dispose();
        return (embeddings, cache.Reused, cache.Note);
    }

    /// <summary>Has what was added written, as it is sooner or later.</summary>
    private static void Flush(EmbeddingCache cache)
    {
        for (int index = 0; index < 64; index++)
        {
            cache.Add(Key(index), [0]);
        }
    }

    private static void Change(string folder, string statement)
    {
        using SqliteConnection connection = new(
            new SqliteConnectionStringBuilder
            {
                DataSource = Assert.Single(Directory.EnumerateFiles(folder)),
                Pooling = false,
            }.ToString()
        );
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
