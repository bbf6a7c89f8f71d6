using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Cupola.Tests.Retrieval;

namespace Cupola.Tests.Server;

/// <summary><c>/v1/search</c>, what it finds, and which files are served.</summary>
public sealed class SearchEndpointTests : IAsyncLifetime
{
    private const string Path = "/v1/search";

    private readonly RunningService _service = new();

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task WordsRankAsOnTheCommandLineAndAnImageFindsItself()
    {
        string image = RunningService.Base64(_service.At("red.png"));

        JsonElement words = await FindAsync(new { query = "a red flag" }),
            same = await FindAsync(new { terms = new[] { new { text = "a red flag" } } }),
            picture = await FindAsync(new { terms = new object[] { new { image } } });

        Assert.Equal(words.GetRawText(), same.GetRawText());
        Assert.Equal(3, words.GetProperty("total").GetInt32());
        JsonElement best = picture.GetProperty("results")[0];
        Assert.Equal(_service.At("red.png"), best.GetProperty("image").GetString());
        Assert.Equal(1, best.GetProperty("cosine").GetDouble(), 2e-3);
        Assert.Equal((16, 16), (best.GetProperty("width").GetInt32(), best.GetProperty("height").GetInt32()));
        Assert.False(picture.GetProperty("nothingFits").GetBoolean());
    }

    [Fact]
    public async Task TermsSayWhatTheyAddToAScore()
    {
        long red = await NumberAsync("red.png");

        JsonElement results = (
            await FindAsync(
                new { terms = new object[] { new { id = red, weight = 2 }, new { text = "a blue flag", weight = -1 } } }
            )
        ).GetProperty("results");

        JsonElement[] terms = [.. results[0].GetProperty("terms").EnumerateArray()];
        Assert.Equal([$"#{red}", "a blue flag"], terms.Select(static term => term.GetProperty("term").GetString()));
        Assert.Equal([2, -1], terms.Select(static term => term.GetProperty("weight").GetDouble()));
        double[] first =
        [
            .. results
                .EnumerateArray()
                .Select(static each => each.GetProperty("terms")[0].GetProperty("standardised").GetDouble()),
        ];
        Assert.Equal(0, first.Average(), 1e-4);
        Assert.Equal(1, first.Average(static value => value * value), 1e-4);
    }

    [Fact]
    public async Task PagesAreCutFromOneRanking()
    {
        string?[] whole = Paths(await FindAsync(new { query = "a red flag" })),
            last = Paths(
                await FindAsync(
                    new
                    {
                        query = "a red flag",
                        top = 2,
                        offset = 1,
                    }
                )
            );

        Assert.Equal(whole[1..], last);
    }

    [Fact]
    public async Task FiltersHoldBeforeRankingAndAnUpdateIsNoticed()
    {
        Assert.Empty(Paths(await FindAsync(new { query = "a flag", camera = "eos" })));
        await File.WriteAllBytesAsync(
            _service.At("camera.jpg"),
            ExifPhoto.Create("2021:05:03 12:00:00", "Canon", "Canon EOS 5D"),
            TestContext.Current.CancellationToken
        );
        _service.Index();

        Assert.Equal([_service.At("camera.jpg")], Paths(await FindAsync(new { query = "a flag", camera = "eos" })));
        Assert.Equal(
            [_service.At("camera.jpg")],
            Paths(
                await FindAsync(
                    new
                    {
                        query = "a flag",
                        after = "2021-05",
                        before = "2022",
                    }
                )
            )
        );
        Assert.Empty(Paths(await FindAsync(new { query = "a flag", @in = "/nowhere" })));
        Assert.Equal(4, Paths(await FindAsync(new { query = "a flag", @in = _service.Photos })).Length);
        string roots = JsonSerializer.Serialize(_service.Photos);
        Assert.Equal(
            $$"""{"images":4,"roots":[{{roots}}],"cameras":["Canon EOS 5D"],"model":"flags","precision":"float32"}""",
            (await _service.GetAsync("/v1/index")).Text
        );
    }

    /// <summary>What is a file or an address on the command line is words for a service.</summary>
    [Fact]
    public async Task AQueryReadsNoFileAndNoAddress()
    {
        string path = _service.At("red.png");

        JsonElement found = await FindAsync(new { query = $"{path} - https://127.0.0.1:1/a.png" });

        double cosine = found.GetProperty("results")[0].GetProperty("cosine").GetDouble();
        Assert.InRange(cosine, -1, 0.95);
        Assert.Equal(path, found.GetProperty("results")[0].GetProperty("terms")[0].GetProperty("term").GetString());
    }

    [Theory]
    [InlineData("""{}""", 400, "either a 'query' or 'terms'")]
    [InlineData("""{"query":"+"}""", 400, "nothing to look for")]
    [InlineData("""{"query":"#77"}""", 404, "no image of the number 77")]
    [InlineData("""{"terms":[{}]}""", 400, "one of 'text', 'image' and 'id'")]
    [InlineData("""{"terms":[null]}""", 400, "one of 'text', 'image' and 'id'")]
    [InlineData("""{"terms":[]}""", 400, "from 1 to 16 terms")]
    [InlineData("""{"terms":[{"text":"a","weight":0}]}""", 400, "not 0")]
    [InlineData("""{"terms":[{"text":"a","weight":1e300}]}""", 400, "up to 1000")]
    [InlineData("""{"query":"a","top":0}""", 400, "'top' is from 1")]
    [InlineData("""{"query":"a","after":"yesterday"}""", 400, "2021-05-03")]
    [InlineData("""{"query":"a","in":"../x"}""", 400, "full path")]
    [InlineData("""{"query":"a","camera":"EOS\u0000"}""", 400, "part of a camera's name")]
    [InlineData("""{"query":5}""", 400, "'query' is not what is asked for")]
    public async Task WhatCannotBeSearchedIsASentence(string request, int status, string words)
    {
        Answer answer = await _service.PostAsync(Path, request);

        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(words, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnImageAndItsThumbnailAreServedByNumber()
    {
        long red = await NumberAsync("red.png");

        Answer file = await _service.GetAsync($"/v1/images/{red}"),
            small = await _service.GetAsync($"/v1/images/{red}/thumbnail?size=100");
        HttpRequestMessage again = new(HttpMethod.Get, $"/v1/images/{red}/thumbnail?size=100");
        again.Headers.IfNoneMatch.Add(small.Headers.ETag!);

        Assert.Equal(("image/png", "image/jpeg"), (file.Type, small.Type));
        Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", file.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, (await _service.SendAsync(again)).Status);
    }

    [Fact]
    public async Task AFileThatBecameALinkOutOfTheIndexIsNotServed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        long red = await NumberAsync("red.png"),
            blue = await NumberAsync("blue.png");
        string outside = TestFolder.NewFile("secret.png");
        File.Copy(_service.At("green.png"), outside);
        File.Delete(_service.At("red.png"));
        File.CreateSymbolicLink(_service.At("red.png"), outside);
        File.Delete(_service.At("blue.png"));
        File.CreateSymbolicLink(_service.At("blue.png"), _service.At("green.png"));

        Assert.Equal(HttpStatusCode.NotFound, (await _service.GetAsync($"/v1/images/{red}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _service.GetAsync($"/v1/images/{red}/thumbnail")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _service.GetAsync($"/v1/images/{blue}")).Status);
    }

    [Fact]
    public async Task AFolderOnTheWayThatBecameALinkIsFollowedToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Directory.CreateDirectory(_service.At("folder"));
        File.Copy(_service.At("red.png"), _service.At("folder/inner.png"));
        _service.Index();
        long inner = await NumberAsync("folder/inner.png");
        string outside = TestFolder.New();
        Directory.Move(_service.At("folder"), System.IO.Path.Combine(outside, "folder"));
        File.CreateSymbolicLink(_service.At("folder"), System.IO.Path.Combine(outside, "folder"));

        Assert.Equal(HttpStatusCode.NotFound, (await _service.GetAsync($"/v1/images/{inner}")).Status);
    }

    [Theory]
    [InlineData("page")]
    [InlineData("gone")]
    [InlineData("folder")]
    [InlineData("circle")]
    public async Task WhatIsNoImageAnyMoreIsNotServed(string kind)
    {
        long red = await NumberAsync("red.png");
        string path = _service.At("red.png");
        File.Delete(path);
        switch (kind)
        {
            case "page":
                await File.WriteAllTextAsync(path, "<script>alert(1)</script>", TestContext.Current.CancellationToken);
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "circle":
                Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
                File.CreateSymbolicLink(path, path);
                break;
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _service.GetAsync($"/v1/images/{red}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _service.GetAsync($"/v1/images/{red}/thumbnail")).Status);
    }

    [Fact]
    public async Task TheSizeOfAFileIsThatOfAnImageOfTheIndexOrUnknown()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files, and links need a privilege.");
        string red = _service.At("red.png"),
            kept = TestFolder.NewFile("kept.png");
        File.Move(red, kept);
        using (Process made = Process.Start("mkfifo", [red]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Null(await WidthAsync("red.png"));
        File.Delete(red);
        File.CreateSymbolicLink(red, kept);
        Assert.Null(await WidthAsync("red.png"));
        File.Delete(red);
        Assert.Null(await WidthAsync("red.png"));
        File.Move(kept, red);
        Assert.Equal(16, await WidthAsync("red.png"));
    }

    private static string?[] Paths(JsonElement found) =>
        [.. found.GetProperty("results").EnumerateArray().Select(static each => each.GetProperty("image").GetString())];

    private async Task<JsonElement> FindAsync(object request)
    {
        Answer answer = await _service.PostAsync(Path, request);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }

    private async Task<long> NumberAsync(string name) => (await ResultAsync(name)).GetProperty("id").GetInt64();

    private async Task<int?> WidthAsync(string name) =>
        (await ResultAsync(name)).TryGetProperty("width", out JsonElement width) ? width.GetInt32() : null;

    private async Task<JsonElement> ResultAsync(string name) =>
        (await FindAsync(new { query = "a flag" }))
            .GetProperty("results")
            .EnumerateArray()
            .Single(each => each.GetProperty("image").GetString() == _service.At(name));
}
