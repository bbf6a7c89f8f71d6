using System.Security.Cryptography;
using System.Text;
using Cupola.Postgres;
using Cupola.Retrieval;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cupola.Tests.Retrieval;

/// <summary>An index in a real PostgreSQL with pgvector.</summary>
public sealed class PostgresStoreTests : IClassFixture<PostgresStoreTests.Server>
{
    private const int Dimension = 32;

    private readonly Server _server;

    public PostgresStoreTests(Server server) => _server = server;

    /// <summary>One server for the tests that do not kill it.</summary>
    public sealed class Server : IDisposable
    {
        private readonly Lazy<PgvectorServer> _running = new(static () => PgvectorServer.Start());

        internal string Address => _running.Value.Address;

        public void Dispose()
        {
            if (_running.IsValueCreated)
            {
                _running.Value.Dispose();
            }
        }
    }

    [Fact]
    public void WhatIsAddedIsThereAndRanksAsInAFolder()
    {
        using PostgresStore store = Open("ranks");
        using LocalStore local = new(TestFolder.New(), "ranks", Dimension, threads: 2);
        (KnownFile[] files, ContentVector[] vectors) = Library("/ranks", 300);
        store.Add(files, vectors);
        local.Add(files, vectors);
        WeightedVector[] query = [new(Unit(new(1)), 1), new(Unit(new(2)), 0.5), new(Unit(new(3)), -2)];

        foreach (int terms in (int[])[1, 3])
        {
            RankedImage[] expected = [.. local.Rank(query[..terms], new(), 20)],
                found = [.. store.Rank(query[..terms], new(), 20)];
            Assert.Equal(expected.Select(static image => image.File.Path), found.Select(static image => image.File.Path));
            Assert.All(expected.Zip(found), static pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-3));
        }

        Assert.Equal(300, store.FilesBelow("/ranks").Count);
        Assert.Empty(store.FilesBelow("/rank"));
        Assert.Equal(300, store.Contents().Count);
        long number = store.Rank(query[..1], new(), 1)[0].File.Number;
        Assert.Equal(Dimension, store.Vector(number)!.Length);
        Assert.Null(store.Vector(long.MaxValue));
    }

    [Fact]
    public void FiltersHoldAndGoneImagesAreNotFound()
    {
        using PostgresStore store = Open("filters");
        (KnownFile[] files, ContentVector[] vectors) = Library("/filters", 260);
        files[7] = files[7] with { Metadata = new("2021-05-03T12:00:00", "Canon EOS 5D_%", 1, 2, 6) };
        store.Add(files, vectors);
        WeightedVector[] query = [new(vectors[0].Vector, 1)];
        string[] Found(SearchQuery wanted) => [.. store.Rank(query, wanted, 5).Select(static image => image.File.Path)];

        Assert.Equal([files[7].Path], Found(new() { Camera = "eos" }));
        Assert.Equal([files[7].Path], Found(new() { Camera = "5d_%" }));
        Assert.Empty(Found(new() { Camera = "5d__" }));
        Assert.Equal([files[7].Path], Found(new() { After = new(2021, 5, 3), Before = new(2021, 5, 4) }));
        Assert.Empty(Found(new() { After = new(2021, 5, 4) }));
        Assert.Equal([files[9].Path], Found(new() { Folder = files[9].Path }));
        Assert.Empty(Found(new() { Folder = "/filter" }));
        KnownFile stored = store.Rank(query, new() { Camera = "eos" }, 1)[0].File;
        Assert.Equal((files[7].Metadata, files[7].Size), (stored.Metadata, stored.Size));

        Assert.Equal(files[0].Path, Found(new())[0]);
        store.MarkGone([files[0].Path]);
        Assert.NotEqual(files[0].Path, Found(new())[0]);
        Assert.True(store.FilesBelow("/filters")[files[0].Path].IsGone);
    }

    [Fact]
    public void ALargeTableIsSearchedByItsIndexAndNearlyExactly()
    {
        using PostgresStore store = Open("plan");
        (KnownFile[] files, ContentVector[] vectors) = Library("/plan", 2500);
        using (store.BeginUpdate())
        {
            foreach ((KnownFile[] some, ContentVector[] theirs) in files.Chunk(500).Zip(vectors.Chunk(500)))
            {
                store.Add(some, theirs);
            }
        }

        Random random = new(5);
        int right = 0;
        for (int query = 0; query < 20; query++)
        {
            float[] wanted = Unit(random);
            HashSet<string> exact =
            [
                .. vectors
                    .Zip(files)
                    .OrderByDescending(each => System.Numerics.Tensors.TensorPrimitives.Dot<float>(each.First.Vector, wanted))
                    .Take(10)
                    .Select(static each => each.Second.Path),
            ];
            right += store.Rank([new(wanted, 1)], new(), 10).Count(image => exact.Contains(image.File.Path));
        }

        Assert.Contains(store.Plan, static line => line.Contains("_hnsw", StringComparison.Ordinal));
        Assert.InRange(right, 180, 200);
    }

    [Fact]
    public void ImagesThatAreGoneLeaveTheRestAsInAFolder()
    {
        const int goneCount = 300;
        using PostgresStore store = Open("gone");
        using LocalStore local = new(TestFolder.New(), "gone", Dimension, threads: 2);
        (KnownFile[] files, ContentVector[] vectors) = Library("/gone", goneCount + 40);
        float[] wanted = Unit(new(3));
        // All that are gone are nearer than any other.
        vectors =
        [
            .. vectors.Select((each, place) => each with { Vector = Near(wanted, each.Vector, place < goneCount ? 3 : 1) }),
        ];
        foreach (ImageStore each in (ImageStore[])[store, local])
        {
            each.Add(files, vectors);
            Assert.InRange(each.Highest([wanted])[0], 0.9f, 1);
            each.MarkGone([.. files.Take(goneCount).Select(static file => file.Path)]);
        }

        WeightedVector[] query = [new(wanted, 1), new(Unit(new(2)), -0.5)];
        foreach (int terms in (int[])[1, 2])
        {
            RankedImage[] expected = [.. local.Rank(query[..terms], new(), 10)],
                found = [.. store.Rank(query[..terms], new(), 10)];
            Assert.Equal(10, found.Length);
            Assert.Equal(expected.Select(static image => image.File.Path), found.Select(static image => image.File.Path));
            Assert.All(expected.Zip(found), static pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-3));
        }

        Assert.Equal(local.Highest([wanted])[0], store.Highest([wanted])[0], 1e-3f);
        // What comes back is known still.
        Assert.Equal(files.Length, store.Contents().Count);
    }

    [Fact]
    public void OddNamesAreTakenByTablesOfAnEarlierVersionToo()
    {
        Open("odd").Dispose();
        using (
            NpgsqlDataSource source = NpgsqlDataSource.Create(PostgresAddress.Parse(_server.Address).Settings.ConnectionString)
        )
        using (
            NpgsqlCommand earlier = source.CreateCommand(
                "DROP INDEX cupola_images_place; ALTER TABLE cupola_images ADD CONSTRAINT cupola_images_path_key UNIQUE (path); "
                    + "DROP INDEX cupola_roots_place; "
                    + "ALTER TABLE cupola_roots ADD CONSTRAINT cupola_roots_pkey PRIMARY KEY (path)"
            )
        )
        {
            earlier.ExecuteNonQuery();
        }

        Random random = new(1);
        string folder =
            "/odd/" + string.Join('/', Enumerable.Range(0, 16).Select(_ => random.GetHexString(180) + "\u00fc\u732b"));
        (KnownFile[] files, ContentVector[] vectors) = Library("/odd", 5);
        // Names of other bytes, which are no Unicode, look alike; and two long ones differ at their ends alone.
        string[] paths = ["/odd/a.jpg", "/odd/\ufffd.png", "/odd/\ufffd.png", $"{folder}/1.png", $"{folder}/2.png"];
        files = [.. files.Zip(paths, static (file, path) => file with { Path = path })];
        using PostgresStore store = Open("odd");
        for (int update = 0; update < 2; update++)
        {
            store.AddRoot(folder);
            store.Add(files, vectors);
        }

        Assert.Single(store.Roots(), folder);
        Assert.Equal(paths.Distinct().Order(StringComparer.Ordinal), store.FilesBelow("/odd").Keys.Order(StringComparer.Ordinal));
        Assert.Equal(paths[3..], store.FilesBelow(folder).Keys.Order(StringComparer.Ordinal));
        Assert.Equal([paths[4]], store.FilesBelow(paths[4]).Keys);
        WeightedVector[] query = [new(vectors[4].Vector, 1)];
        Assert.Equal(2, store.Rank(query, new() { Folder = folder }, 5).Count);
        store.MarkGone([paths[3]]);
        Assert.Equal(paths[4], Assert.Single(store.Rank(query, new() { Folder = folder }, 5)).File.Path);
    }

    [Fact]
    public async Task SeveralWriteAtOnceAndNothingIsDoubled()
    {
        (KnownFile[] files, ContentVector[] vectors) = Library("/several", 400);
        CancellationToken stop = TestContext.Current.CancellationToken;
        await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(writer =>
                    Task.Run(
                        () =>
                        {
                            using PostgresStore store = Open("several");
                            int[] order = [.. Enumerable.Range(0, files.Length)];
                            new Random(writer).Shuffle(order);
                            foreach (int[] batch in order.Chunk(50))
                            {
                                store.Add([.. batch.Select(place => files[place])], [.. batch.Select(place => vectors[place])]);
                            }
                        },
                        stop
                    )
                )
        );

        using PostgresStore reader = Open("several");
        Assert.Equal(files.Length, reader.FilesBelow("/several").Count);
        Assert.Equal(vectors.Length, reader.Contents().Count);
        reader.Read((images, rows) => Assert.Equal((400, 400), (images.Count(InSeveral), (int)rows.Count)));

        static bool InSeveral(IndexedRow image) => image.File.Path.StartsWith("/several/", StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherModelHasVectorsOfItsOwn()
    {
        using PostgresStore first = Open("one model"),
            second = new(PostgresAddress.Parse(_server.Address), "another model", 8, NullLogger.Instance);
        (KnownFile[] files, ContentVector[] vectors) = Library("/models", 3);
        first.Add(files, vectors);

        Assert.Empty(second.Contents());
        Assert.Empty(second.Rank([new(new float[8], 1)], new(), 5));
        second.Add(files[..1], [new(vectors[0].Content, [1, 0, 0, 0, 0, 0, 0, 0])]);
        Assert.Single(second.Rank([new([1, 0, 0, 0, 0, 0, 0, 0], 1)], new(), 5));
        Assert.Equal(3, first.Contents().Count);
    }

    [Fact]
    public void AWrongDimensionIsASentence()
    {
        Open("dimension").Dispose();

        string message = Assert
            .Throws<InvalidDataException>(() =>
                new PostgresStore(PostgresAddress.Parse(_server.Address), "dimension", Dimension + 1, NullLogger.Instance)
            )
            .Message;
        Assert.Contains("vectors of 32 numbers", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AServerWithoutPgvectorIsASentence()
    {
        using PgvectorServer server = PgvectorServer.Start(hasExtension: false);

        string message = Fails(server.Address);

        Assert.Contains("lacks pgvector", message, StringComparison.Ordinal);
        Assert.Contains("install it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AServerThatIsKilledIsASentenceAndTheNextRunGoesOn()
    {
        using PgvectorServer server = PgvectorServer.Start();
        (KnownFile[] files, ContentVector[] vectors) = Library("/killed", 100);
        using (PostgresStore store = new(PostgresAddress.Parse(server.Address), "killed", Dimension, NullLogger.Instance))
        {
            store.Add(files[..50], vectors[..50]);
            server.Kill();

            string message = Assert.Throws<IOException>(() => store.Add(files[50..], vectors[50..])).Message;
            Assert.Contains("the same command goes on from there", message, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", message, StringComparison.Ordinal);
            Assert.Contains("cannot be reached", Fails(server.Address), StringComparison.Ordinal);

            // The same store, as a service has it, and a new run.
            server.Listen();
            store.Add(files[40..], vectors[40..]);
        }

        using PostgresStore again = new(PostgresAddress.Parse(server.Address), "killed", Dimension, NullLogger.Instance);
        Assert.Equal(100, again.FilesBelow("/killed").Count);
        Assert.Equal(100, again.Contents().Count);
    }

    [Theory]
    [InlineData("http://me:hush@host/db")]
    [InlineData("postgres://me:hush@host")]
    [InlineData("postgres://me:hush@")]
    [InlineData("me:hush")]
    [InlineData("postgres://me:hush@host/db?nonsense=hush")]
    [InlineData("postgres://me:hush@host/db?sslmode=hush")]
    public void AnAddressThatIsNoneIsASentenceWithoutItsPassword(string address)
    {
        string message = Assert.Throws<ArgumentException>(() => PostgresAddress.Parse(address)).Message;
        Assert.DoesNotContain("hush", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAddressIsReadWithItsEscapes()
    {
        PostgresAddress address = PostgresAddress.Parse("postgresql://m%40e:p%2Fw@db.example:6432/pho%20tos?sslmode=require");

        Assert.Equal(
            ("m@e", "p/w", "pho tos"),
            (address.Settings.Username, address.Settings.Password, address.Settings.Database)
        );
        Assert.Equal(SslMode.Require, address.Settings.SslMode);
        Assert.Equal("db.example:6432/pho tos", address.Name);
    }

    private static string Fails(string address) =>
        Assert
            .Throws<IOException>(() => new PostgresStore(PostgresAddress.Parse(address), "any", Dimension, NullLogger.Instance))
            .Message;

    private PostgresStore Open(string model) =>
        new(PostgresAddress.Parse(_server.Address), model, Dimension, NullLogger.Instance);

    private static (KnownFile[] Files, ContentVector[] Vectors) Library(string folder, int count)
    {
        Random random = new(17);
        ContentVector[] vectors =
        [
            .. Enumerable
                .Range(0, count)
                .Select(number => new ContentVector(
                    new(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{folder} {number}")))),
                    Unit(random)
                )),
        ];
        return (
            [
                .. vectors.Select(
                    (each, number) =>
                        new KnownFile(
                            FormattableString.Invariant($"{folder}/{number:0000}.jpg"),
                            number,
                            1,
                            each.Content.ToArray(),
                            null
                        )
                ),
            ],
            vectors
        );
    }

    private static float[] Near(float[] wanted, float[] other, float weight)
    {
        float[] numbers = [.. wanted.Zip(other, (near, far) => (weight * near) + far)];
        return new EmbeddingMatrix(numbers, 1, Dimension).Normalize().Values.ToArray();
    }

    private static float[] Unit(Random random)
    {
        float[] numbers = [.. Enumerable.Range(0, Dimension).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        return new EmbeddingMatrix(numbers, 1, Dimension).Normalize().Values.ToArray();
    }
}
