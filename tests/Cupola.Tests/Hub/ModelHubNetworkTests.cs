using System.Diagnostics;
using System.Net;

namespace Cupola.Tests.Hub;

/// <summary>Refusals, redirects, pauses and silence.</summary>
public sealed class ModelHubNetworkTests
{
    private const string Weights = "model.safetensors";

    [Fact]
    public async Task TheTokenGoesToTheEndpointAndNoOtherHost()
    {
        await using LoopbackHub hub = new();
        await new ModelHub(WithToken(hub)).DownloadAsync(
            LoopbackHub.Model,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.All(
            hub.Requests.Where(request => request.Header("Host")!.StartsWith("127.0.0.1:", StringComparison.Ordinal)),
            request => Assert.Equal("Bearer hf_secret", request.Header("Authorization"))
        );
        LoopbackRequest elsewhere = Assert.Single(hub.Requests, request =>
            request.Header("Host")!.StartsWith("localhost:", StringComparison.Ordinal)
        );
        Assert.Equal("/storage/model.safetensors", elsewhere.Path);
        Assert.Null(elsewhere.Header("Authorization"));
    }

    [Fact]
    public async Task NoTokenIsSentWhereNoneIsSet()
    {
        await using LoopbackHub hub = new();
        await hub.DownloadAsync();
        Assert.All(hub.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task FollowsARenamedRepositoryOnTheSameHost()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path.Contains("/old-name", StringComparison.Ordinal)
                ? new LoopbackAnswer(307, [], ("Location", request.Path.Replace("/old-name", "/tiny", StringComparison.Ordinal)))
                : null;
        string folder = await new ModelHub(WithToken(hub)).DownloadAsync(
            "cupola/old-name",
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(Path.Combine(hub.Cache, "models--cupola--old-name", "snapshots", LoopbackHub.Commit), folder);
        Assert.All(hub.Requests.Where(request => request.Path.Contains("/resolve/", StringComparison.Ordinal)), request =>
            Assert.NotNull(request.Header("Authorization"))
        );
    }

    [Theory]
    [InlineData("/loop", "redirects")]
    [InlineData("file:///etc/passwd", "which is not a safe web address")]
    [InlineData("ftp://127.0.0.1/x", "which is not a safe web address")]
    [InlineData(null, "to nowhere")]
    public async Task RefusesARedirectThatLeadsNowhere(string? location, string sentence)
    {
        await using LoopbackHub hub = new();
        hub.Instead = _ => location is null ? new LoopbackAnswer(302, []) : new LoopbackAnswer(302, [], ("Location", location));
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.InRange(hub.Requests.Count, 1, 11);
    }

    [Theory]
    [InlineData(401, false, "a gated or private model needs a token in HF_TOKEN")]
    [InlineData(403, false, "a gated or private model needs a token in HF_TOKEN")]
    [InlineData(401, true, "the token in HF_TOKEN does not open it: accept the terms of a gated model")]
    [InlineData(403, true, "the token in HF_TOKEN does not open it: accept the terms of a gated model")]
    [InlineData(404, false, "there is no such model or revision, or it is private and needs a token in HF_TOKEN")]
    [InlineData(404, true, "there is no such model or revision, or the token in HF_TOKEN does not open it")]
    [InlineData(410, false, "try again later")]
    public async Task SaysWhatARefusalMeansAndAsksOnce(int status, bool token, string sentence)
    {
        await using LoopbackHub hub = new();
        hub.Instead = _ => new LoopbackAnswer(status, []);
        ModelHub asking = new(token ? WithToken(hub) : hub.Settings);
        HttpRequestException problem = await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            asking.DownloadAsync(LoopbackHub.Model, "v9", cancellationToken: TestContext.Current.CancellationToken)
        );
        Assert.Equal(
            $"127.0.0.1 refuses the list of files of 'cupola/tiny@v9' ({status}): ",
            problem.Message[..(problem.Message.IndexOf("): ", StringComparison.Ordinal) + 3)]
        );
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode)status, problem.StatusCode);
        Assert.Single(hub.Requests);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task TriesAgainWhatMayPass(int status)
    {
        await using LoopbackHub hub = new();
        HashSet<string> refused = [];
        hub.Instead = request => refused.Add($"{request.Method} {request.Path}") ? new LoopbackAnswer(status, []) : null;
        Assert.Equal(hub.Snapshot, await hub.DownloadAsync());
    }

    [Fact]
    public async Task GivesUpAfterSixTries()
    {
        await using LoopbackHub hub = new();
        hub.Instead = _ => new LoopbackAnswer(503, []);
        HttpRequestException problem = await Assert.ThrowsAnyAsync<HttpRequestException>(hub.DownloadAsync);
        Assert.Contains("(503): try again later", problem.Message, StringComparison.Ordinal);
        Assert.Equal(6, hub.Requests.Count);
    }

    [Fact]
    public async Task WaitsAsLongAsTheHubAsks()
    {
        await using LoopbackHub hub = new();
        hub.Instead = _ => hub.Requests.Count == 1 ? new LoopbackAnswer(429, [], ("Retry-After", "1")) : null;
        long start = Stopwatch.GetTimestamp();
        await hub.DownloadAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(950), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("300")]
    [InlineData("Fri, 31 Dec 2100 23:59:59 GMT")]
    public async Task DoesNotSleepForMinutes(string pause)
    {
        await using LoopbackHub hub = new();
        hub.Instead = _ => new LoopbackAnswer(429, [], ("Retry-After", pause));
        HttpRequestException problem = await Assert.ThrowsAnyAsync<HttpRequestException>(hub.DownloadAsync);
        Assert.Matches(@"\(429\): it asks to wait for \d+ seconds\.$", problem.Message);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task AnExpiredAddressOfStorageIsAskedForAgain()
    {
        await using LoopbackHub hub = new();
        int fetches = 0;
        hub.Instead = request =>
            request.Path.StartsWith("/storage/", StringComparison.Ordinal) && fetches++ == 0 ? new LoopbackAnswer(403, []) : null;
        Assert.Equal(hub.Snapshot, await hub.DownloadAsync());
    }

    [Fact]
    public async Task ASilentConnectionCountsAsBroken()
    {
        await using LoopbackHub hub = new();
        TaskCompletionSource never = new();
        hub.Instead = request =>
            request.Path == $"/storage/{Weights}" && request.From < 200_000
                ? hub.Answer(request) with
                {
                    BreakAfter = 100_000,
                    SilentUntil = never.Task,
                }
                : null;
        ModelHub impatient = new(
            new HubOptions
            {
                CacheFolder = hub.Cache,
                Endpoint = hub.Settings.Endpoint,
                FirstPause = TimeSpan.FromMilliseconds(1),
                // What is said comes sooner on any machine; what is not said never comes.
                RequestTimeout = TimeSpan.FromSeconds(3),
            }
        );
        await impatient.DownloadAsync(LoopbackHub.Model, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([0, 100_000, 200_000], hub.Fetches(Weights).Select(request => request.From));
    }

    [Fact]
    public async Task AHubThatCannotBeReachedIsNamed()
    {
        await using LoopbackHub hub = new();
        ModelHub lost = new(new HubOptions { CacheFolder = hub.Cache, Endpoint = new Uri("http://no-such-hub.invalid") });
        HttpRequestException problem = await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            lost.DownloadAsync(LoopbackHub.Model, cancellationToken: TestContext.Current.CancellationToken)
        );
        Assert.StartsWith(
            "no-such-hub.invalid cannot be reached for the list of files of 'cupola/tiny'",
            problem.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "check the network, name a mirror in HF_ENDPOINT, or use a folder that has the model.",
            problem.Message,
            StringComparison.Ordinal
        );
    }

    private static HubOptions WithToken(LoopbackHub hub) =>
        new()
        {
            CacheFolder = hub.Cache,
            Endpoint = hub.Settings.Endpoint,
            FirstPause = TimeSpan.FromMilliseconds(1),
            Token = "hf_secret",
        };
}
