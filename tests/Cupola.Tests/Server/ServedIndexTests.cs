using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Cupola.Postgres;
using Cupola.Retrieval;
using Cupola.Server.Search;
using Cupola.Tests.Cli;
using Cupola.Tests.Retrieval;

namespace Cupola.Tests.Server;

/// <summary>A service finds what another process indexes beside it.</summary>
public sealed class ServedIndexTests
{
    private static int Dimension => RunningService.Model.Config.EmbeddingDimension;

    [Fact]
    public async Task AnIndexThatAnotherProcessUpdatesIsSearchedAsItIsThen()
    {
        string folder = TestFolder.New();

        await FindsWhatComesAndGoes(() => ImageIndex.Open(folder, RunningService.Model));
    }

    [Fact]
    public async Task AStoreIsServedAndSearchedAsItIsThen()
    {
        using PgvectorServer server = PgvectorServer.Start();

        await FindsWhatComesAndGoes(() => PostgresIndex.Open(server.Address, RunningService.Model));
    }

    [Fact]
    public async Task PagesOfAStoreLoseAndRepeatNothing()
    {
        const int each = 250,
            page = 100;
        using PgvectorServer server = PgvectorServer.Start();
        using ImageIndex index = PostgresIndex.Open(server.Address, RunningService.Model);
        // Images that fit the first words better come first, but only those behind them fit both.
        Random random = new(1);
        ContentVector[] vectors =
        [
            .. Enumerable
                .Range(0, 2 * each)
                .Select(place => new ContentVector(
                    new(SHA256.HashData(BitConverter.GetBytes(place))),
                    place < each ? Vector(random, 0.95f, 0) : Vector(random, 0.68f, 0.68f)
                )),
        ];
        index.Store.Add(
            [
                .. vectors.Select(
                    static (vector, place) =>
                        new KnownFile(FormattableString.Invariant($"/pages/{place}"), 1, 1, vector.Content.ToArray(), null)
                ),
            ],
            vectors
        );
        SearchQuery query = new()
        {
            Terms =
            [
                new(SearchTermKind.Words, "one", 3) { Vector = Vector(random, 1, 0) },
                new(SearchTermKind.Words, "both", 1) { Vector = Vector(random, 0, 1) },
            ],
        };
        using ServedIndex served = new(index);
        List<FoundImage> shown = [];
        for (int offset = 0; offset < 2 * each; offset += page)
        {
            FoundPages found = await served.FindAsync(query, "key", offset + page, TestContext.Current.CancellationToken);
            shown.AddRange(found.Best.Skip(offset).Take(page));
        }

        Assert.Equal(2 * each, shown.DistinctBy(static image => image.Number).Count());
        Assert.Equal(each, shown.Count(static image => image.IsLikely));
        Assert.All(shown.Take(2 * page), static image => Assert.False(image.IsLikely));
        Assert.True(shown[2 * page].IsLikely);
    }

    [Fact]
    public async Task ADatabaseThatIsGoneIsASentenceForWhoAsksAndForTheOperator()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using PgvectorServer server = PgvectorServer.Start();
        using Process process = Tool.Launch([], "serve", "--urls", "http://127.0.0.1:0", "--store", server.Address);
        Uri address = await ServeProcess.AddressAsync(process, cancellation);
        using HttpClient client = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
        server.Kill();

        using HttpResponseMessage response = await client.PostAsJsonAsync("/v1/search", new { query = "a flag" }, cancellation);
        string answer = await response.Content.ReadAsStringAsync(cancellation);
        Assert.Equal(0, InterruptTests.Kill(process.Id, 15));
        string error = await process.StandardError.ReadToEndAsync(cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("/postgres", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", answer + error, StringComparison.Ordinal);
        Assert.Contains("POST /v1/search cannot be answered: The ", error, StringComparison.Ordinal);
    }

    /// <summary>A unit vector whose first numbers are given.</summary>
    private static float[] Vector(Random random, float first, float second)
    {
        float[] numbers = [first, second, .. Enumerable.Range(2, Dimension - 2).Select(_ => (float)random.NextDouble() - 0.5f)];
        double length = Math.Sqrt(numbers.Skip(2).Sum(static number => (double)number * number));
        float rest = (float)(Math.Sqrt(Math.Max(0, 1 - (first * first) - (second * second))) / length);
        return [first, second, .. numbers.Skip(2).Select(number => number * rest)];
    }

    private static async Task FindsWhatComesAndGoes(Func<ImageIndex> open)
    {
        await using RunningService service = new(open);
        await service.InitializeAsync();
        Assert.Equal(["blue.png", "green.png", "red.png"], await FindAsync(service, "a flag"));

        service.Paint("black.png", 0, 0, 0);
        File.Delete(service.At("green.png"));
        using (ImageIndex other = open())
        {
            IndexUpdate update = other.Update(service.Photos);
            Assert.Equal((1, 1), (update.Embedded, update.Gone));
        }

        Assert.Equal(["black.png", "blue.png", "red.png"], await FindAsync(service, "a dark flag"));
        File.Delete(service.At("blue.png"));
        using (ImageIndex other = open())
        {
            other.Update(service.Photos);
        }

        Assert.Equal(["black.png", "red.png"], await FindAsync(service, "a plain flag"));
    }

    /// <summary>Each search has words of its own, because a store's results are kept for half a minute.</summary>
    private static async Task<string[]> FindAsync(RunningService service, string query)
    {
        Answer answer = await service.PostAsync("/v1/search", new { query });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return
        [
            .. answer
                .Json.GetProperty("results")
                .EnumerateArray()
                .Select(static found => Path.GetFileName(found.GetProperty("image").GetString()!))
                .Order(StringComparer.Ordinal),
        ];
    }
}
