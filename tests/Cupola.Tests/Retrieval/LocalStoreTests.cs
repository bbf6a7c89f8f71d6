using Cupola.Images;
using Cupola.Retrieval;
using Microsoft.Data.Sqlite;

namespace Cupola.Tests.Retrieval;

/// <summary>The ranking of a store on this machine against double precision.</summary>
public sealed class LocalStoreTests
{
    private const int Dimension = 512;
    private const int Count = 600;

    /// <summary>Rows so near each other that float32 cannot tell all of them apart.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NearRanksAreDecidedInDoublePrecision(int terms)
    {
        Random random = new(3);
        using LocalStore store = Fill(random);
        WeightedVector[] query =
        [
            .. Enumerable.Range(0, terms).Select(term => new WeightedVector(Unit(random), term == 1 ? -0.7 : 1 + (0.3 * term))),
        ];

        IReadOnlyList<RankedImage> found = store.Rank(query, new(), 100);

        string[] exact = [],
            rounded = [];
        store.Read(
            (images, rows) =>
            {
                float[][] cosines = [.. query.Select(term => ExactScan.Scores(rows, term.Vector, threads: 2))];
                TermScale[] scales = [.. cosines.Select(static ofTerm => TermScale.Of([.. ofTerm]))];
                string[] Order(Func<IndexedRow, int, double> cosine) =>
                    [
                        .. images
                            .OrderByDescending(image =>
                                query.Select((term, place) => scales[place].Score(cosine(image, place), term.Weight)).Sum()
                            )
                            .ThenBy(static image => image.File.Path, StringComparer.Ordinal)
                            .Take(100)
                            .Select(static image => image.File.Path),
                    ];
                exact = Order((image, place) => ExactScan.ExactDot(rows[image.Row], query[place].Vector));
                rounded = Order((image, place) => cosines[place][image.Row]);
            }
        );
        Assert.Equal(exact, found.Select(static image => image.File.Path));
        Assert.NotEqual(exact, rounded);
    }

    [Fact]
    public void AThresholdIsOnTheScoreAndCopiesRankTogether()
    {
        using LocalStore store = New();
        store.Add(
            [File("/b.png", 1), File("/a.png", 1), File("/c.png", 2)],
            [new(Content(1), [1, 0, 0, 0]), new(Content(2), [0, 1, 0, 0])]
        );
        WeightedVector[] query = [new([1, 0, 0, 0], 1)];

        Assert.Equal(["/a.png", "/b.png", "/c.png"], store.Rank(query, new(), 5).Select(static image => image.File.Path));
        Assert.Equal(["/a.png"], store.Rank(query, new(), 1).Select(static image => image.File.Path));
        Assert.Equal(
            ["/a.png", "/b.png"],
            store.Rank(query, new() { Threshold = 0.9 }, 5).Select(static image => image.File.Path)
        );
    }

    [Fact]
    public void WhatAnotherProcessAddsIsFound()
    {
        string folder = TestFolder.New();
        using LocalStore reader = New(folder),
            writer = New(folder);
        WeightedVector[] query = [new([1, 0, 0, 0], 1)];
        Assert.Empty(reader.Rank(query, new(), 5));

        writer.Add([File("/a.png", 1)], [new(Content(1), [1, 0, 0, 0])]);
        Assert.Single(reader.Rank(query, new(), 5));
        writer.MarkGone(["/a.png"]);
        Assert.Empty(reader.Rank(query, new(), 5));
    }

    [Fact]
    public void WhereAnotherProcessIsWritingAStoreIsOpenedAndSearched()
    {
        string folder = TestFolder.New();
        using LocalStore writer = New(folder);
        writer.Add([File("/a.png", 1)], [new(Content(1), [1, 0, 0, 0])]);
        using SqliteConnection other = new($"Data Source={Path.Combine(folder, "index.sqlite")};Pooling=False");
        other.Open();
        using SqliteTransaction held = other.BeginTransaction();
        using SqliteCommand write = other.CreateCommand();
        write.CommandText = "INSERT INTO roots VALUES ('/')";
        write.ExecuteNonQuery();

        using LocalStore reader = New(folder);

        Assert.Single(reader.Rank([new([1, 0, 0, 0], 1)], new(), 5));
    }

    [Fact]
    public void AFileOfVectorsThatWasMadeAnewIsReadAnew()
    {
        string folder = TestFolder.New();
        using LocalStore reader = New(folder),
            writer = New(folder);
        ContentVector first = new(Content(1), [1, 0, 0, 0]),
            second = new(Content(2), [0, 1, 0, 0]);
        writer.Add([File("/a.png", 1), File("/b.png", 2)], [first, second]);
        Assert.Equal("/a.png", Nearest(reader));
        System.IO.File.Delete(Path.Combine(folder, "vectors-1.f16"));

        using (writer.BeginUpdate())
        {
            Assert.Empty(writer.Contents());
            writer.Add([], [second, first]);
        }

        Assert.Equal("/a.png", Nearest(reader));

        static string Nearest(LocalStore store) => store.Rank([new([1, 0, 0, 0], 1)], new(), 1)[0].File.Path;
    }

    [Fact]
    public void AFlatImageIsRememberedAndWhatWasNeverReadIsNot()
    {
        string folder = TestFolder.New();
        using LocalStore store = New(folder);
        PicturePrint print = new(7, 1.5);
        store.AddPrints([(Content(1), null), (Content(2), print)]);
        using (SqliteConnection other = new($"Data Source={Path.Combine(folder, "index.sqlite")};Pooling=False"))
        {
            other.Open();
            using SqliteCommand write = other.CreateCommand();
            write.CommandText = "INSERT INTO prints VALUES ($hash, NULL, NULL)";
            write.Parameters.AddWithValue("$hash", Content(3).ToArray());
            write.ExecuteNonQuery();
        }

        Dictionary<ContentHash, PicturePrint?> prints = store.Prints();

        Assert.Equal(2, prints.Count);
        Assert.Null(prints[Content(1)]);
        Assert.Equal(print, prints[Content(2)]);
    }

    /// <summary>What several searches write at once is whole, or not there.</summary>
    [Fact]
    public void WordsThatSeveralSearchesWriteAreWhole()
    {
        string folder = TestFolder.New();
        string[] words = [.. Enumerable.Range(0, 64).Select(static word => $"word {word}")];
        float[][] vectors = [.. words.Select(static (_, word) => new[] { 1f, word, 0, 0 })];
        Parallel.For(0, 16, _ =>
        {
            using LocalStore store = New(folder);
            Assert.Equal(vectors, store.Words(words, () => vectors));
        });

        using LocalStore last = New(folder);
        last.Words(words, () => vectors);
        Assert.Equal(vectors, last.Words(words, static () => throw new InvalidOperationException("They are kept.")));
    }

    private static LocalStore Fill(Random random)
    {
        LocalStore store = new(TestFolder.New(), "model", Dimension, threads: 2);
        float[] center = Unit(random);
        store.Add(
            [
                .. Enumerable
                    .Range(0, Count)
                    .Select(static number => File(FormattableString.Invariant($"/{number:000}.png"), number)),
            ],
            [
                .. Enumerable
                    .Range(0, Count)
                    .Select(number =>
                    {
                        float[] near = [.. center];
                        near[random.Next(Dimension)] *= 1.0005f;
                        return new ContentVector(Content(number), near);
                    }),
            ]
        );
        return store;
    }

    private static LocalStore New(string? folder = null) => new(folder ?? TestFolder.New(), "model", 4, threads: 2);

    private static KnownFile File(string path, int content) => new(path, 1, 1, Content(content).ToArray(), null);

    private static ContentHash Content(int number) => new([.. BitConverter.GetBytes(number), .. new byte[28]]);

    private static float[] Unit(Random random)
    {
        float[] numbers = [.. Enumerable.Range(0, Dimension).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        return new EmbeddingMatrix(numbers, 1, Dimension).Normalize().Values.ToArray();
    }
}
