using Cupola.Postgres;
using Cupola.Tests.Retrieval;

namespace Cupola.Tests.Server;

/// <summary>A service finds what another process indexes beside it.</summary>
public sealed class ServedIndexTests
{
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
        Assert.True(answer.Status == System.Net.HttpStatusCode.OK, answer.Text);
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
