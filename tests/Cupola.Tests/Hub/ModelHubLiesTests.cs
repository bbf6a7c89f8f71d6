namespace Cupola.Tests.Hub;

/// <summary>A hub that says one thing and sends another.</summary>
public sealed class ModelHubLiesTests
{
    private const string Weights = "model.safetensors";
    private const string WeightsAddress = $"/storage/{Weights}";

    [Theory]
    [InlineData(300_001, true)]
    [InlineData(299_999, true)]
    [InlineData(long.MaxValue, true)]
    [InlineData(400_000, false)]
    [InlineData(5_000_000, false)]
    public async Task NeverWritesMoreThanTheDeclaredLength(long sent, bool declared)
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path == WeightsAddress
                ? new LoopbackAnswer(200, LoopbackHub.Bytes((int)Math.Min(sent, 5_000_000)))
                {
                    DeclaredLength = declared ? sent : -1,
                }
                : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("300000 bytes", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(hub.Blobs, "*.incomplete"));
    }

    [Fact]
    public async Task ABodyThatStaysTooShortIsGivenUp()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path == WeightsAddress ? new LoopbackAnswer(200, LoopbackHub.Bytes(299_999)) { DeclaredLength = -1 } : null;
        HttpRequestException problem = await Assert.ThrowsAnyAsync<HttpRequestException>(hub.DownloadAsync);
        Assert.StartsWith(
            "The hub sent only 299999 of the 300000 bytes of model.safetensors",
            problem.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(6, hub.Fetches(Weights).Count());
    }

    [Fact]
    public async Task ABodyWithoutALengthIsReadToItsEnd()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request => request.Path == WeightsAddress ? hub.Answer(request) with { DeclaredLength = -1 } : null;
        string folder = await hub.DownloadAsync();
        Assert.Equal(
            hub.Files[Weights],
            await File.ReadAllBytesAsync(Path.Combine(folder, Weights), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task AConfigurationOfNoDeclaredLengthIsFetched()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path.EndsWith("tokenizer.json", StringComparison.Ordinal)
                ? hub.Answer(request) with
                {
                    DeclaredLength = -1,
                }
                : null;
        string folder = await hub.DownloadAsync();
        Assert.Equal(
            hub.Files["tokenizer.json"],
            await File.ReadAllBytesAsync(Path.Combine(folder, "tokenizer.json"), TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData("-5", "is not a number of bytes")]
    [InlineData("many", "is not a number of bytes")]
    [InlineData("99999999999999999999", "is not a number of bytes")]
    [InlineData(
        "9223372036854775807",
        "declares 9223372036854775807 bytes for model.safetensors of 'cupola/tiny', which cannot be right"
    )]
    [InlineData(null, "declares no number of bytes")]
    public async Task RefusesWeightsWhoseDeclaredLengthCannotBe(string? size, string sentence)
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            Resolves(request, Weights)
                ? hub.Answer(request) with
                {
                    Headers =
                    [
                        .. hub.Answer(request).Headers.Where(header => header.Name != "X-Linked-Size"),
                        .. size is null ? [] : new[] { ("X-Linked-Size", size) },
                    ],
                }
                : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.Empty(hub.Fetches(Weights));
    }

    [Fact]
    public async Task DoesNotBeginWhatTheDiskCannotHold()
    {
        await using LoopbackHub hub = new();
        long size = new DriveInfo(hub.Cache).AvailableFreeSpace * 2;
        Assert.SkipUnless(size < 1L << 40, "This disk can hold whatever the hub may declare.");
        hub.Instead = request =>
            Resolves(request, Weights)
                ? new LoopbackAnswer(
                    302,
                    [],
                    ("Location", hub.Storage + WeightsAddress),
                    ("X-Linked-Etag", $"\"{new string('0', 64)}\""),
                    ("X-Linked-Size", $"{size}")
                )
                : null;
        IOException problem = await Assert.ThrowsAsync<IOException>(hub.DownloadAsync);
        Assert.StartsWith(
            $"model.safetensors of 'cupola/tiny' needs {size} bytes and the disk of '{hub.Cache}' has",
            problem.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(hub.Fetches(Weights));
    }

    [Fact]
    public async Task RefusesAConfigurationOfGigabytes()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            Resolves(request, "config.json") ? hub.Answer(request) with { DeclaredLength = 5_000_000_000 } : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains(
            "declares 5000000000 bytes for config.json of 'cupola/tiny', which cannot be right",
            problem.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"../../evil\"")]
    [InlineData("\"ABCDEF6789abcdef0123456789abcdef01234567\"")]
    [InlineData("W/\"1234\"")]
    [InlineData("")]
    public async Task RefusesATagThatIsNoHash(string tag)
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            Resolves(request, Weights)
                ? hub.Answer(request) with
                {
                    Headers = [("Location", hub.Storage + WeightsAddress), ("X-Linked-Etag", tag), ("X-Linked-Size", "300000")],
                }
                : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("gives no hash for model.safetensors", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusesAnAnswerForAnotherCommit()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            Resolves(request, Weights)
                ? hub.Answer(request) with
                {
                    Headers =
                    [
                        .. hub.Answer(request).Headers.Where(header => header.Name != "X-Repo-Commit"),
                        ("X-Repo-Commit", new string('f', 40)),
                    ],
                }
                : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("answers for commit 'ffff", problem.Message, StringComparison.Ordinal);
    }

    private static bool Resolves(LoopbackRequest request, string file) =>
        request.Path == $"/{LoopbackHub.Model}/resolve/{LoopbackHub.Commit}/{file}";
}
