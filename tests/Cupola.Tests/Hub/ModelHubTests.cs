using System.Text;
using Cupola.Hub;

namespace Cupola.Tests.Hub;

public sealed class ModelHubTests
{
    private static readonly string[] NeededFiles =
    [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
        "tokenizer.json",
    ];

    [Fact]
    public async Task FetchesWhatAClipNeedsAndNothingElse()
    {
        await using LoopbackHub hub = new();
        string folder = await hub.DownloadAsync();
        Assert.Equal(hub.Snapshot, folder);
        Assert.Equal(NeededFiles, Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(NeededFiles, file => Assert.Equal(hub.Files[file], File.ReadAllBytes(Path.Combine(folder, file))));
        Assert.DoesNotContain(hub.Requests, request =>
            request.Path.EndsWith(".bin", StringComparison.Ordinal) || request.Path.EndsWith(".md", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task KeepsFilesAsTheHuggingFaceCacheDoes()
    {
        await using LoopbackHub hub = new();
        string folder = await hub.DownloadAsync();
        foreach (string file in NeededFiles)
        {
            string hash = LoopbackHub.Hash(file, hub.Files[file]);
            Assert.Equal(Path.Combine("..", "..", "blobs", hash), new FileInfo(Path.Combine(folder, file)).LinkTarget);
            Assert.True(File.Exists(Path.Combine(hub.Cache, ".locks", "models--cupola--tiny", $"{hash}.lock")));
        }

        Assert.Equal(NeededFiles.Length, Directory.GetFiles(hub.Blobs).Length);
        Assert.Equal(
            LoopbackHub.Commit,
            await File.ReadAllTextAsync(
                Path.Combine(hub.Cache, "models--cupola--tiny", "refs", "main"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.True(File.Exists(Path.Combine(hub.Cache, "models--cupola--tiny", ".no_exist", LoopbackHub.Commit, "vocab.json")));
    }

    [Fact]
    public async Task MovesFilesIntoTheSnapshotWhereLinksAreImpossible()
    {
        await using LoopbackHub hub = new();
        ModelHub linkless = new(
            new HubOptions
            {
                CacheFolder = hub.Cache,
                Endpoint = hub.Settings.Endpoint,
                SymbolicLinks = false,
            }
        );
        string folder = await linkless.DownloadAsync(LoopbackHub.Model, cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(NeededFiles, file => Assert.Null(new FileInfo(Path.Combine(folder, file)).LinkTarget));
        Assert.All(NeededFiles, file => Assert.Equal(hub.Files[file], File.ReadAllBytes(Path.Combine(folder, file))));
        Assert.Empty(Directory.GetFiles(hub.Blobs));
        Assert.Equal(folder, linkless.FindCached(LoopbackHub.Model));
    }

    [Fact]
    public async Task AsksNothingWhenTheModelIsThere()
    {
        await using LoopbackHub hub = new();
        string folder = await hub.DownloadAsync();
        int requests = hub.Requests.Count;
        Assert.Equal(folder, await hub.DownloadAsync());
        Assert.Equal(folder, hub.Hub.FindCached(LoopbackHub.Model));
        Assert.Equal(requests, hub.Requests.Count);
    }

    [Fact]
    public async Task FindsWhatPythonDownloadedWithoutARequest()
    {
        await using LoopbackHub hub = new();
        Directory.CreateDirectory(hub.Blobs);
        Directory.CreateDirectory(hub.Snapshot);
        foreach (
            (string file, string blob, string content) in new[]
            {
                ("config.json", "a", """{"model_type":"clip"}"""),
                ("preprocessor_config.json", "b", "{}"),
                ("pytorch_model.bin", "c", "weights"),
                ("vocab.json", "d", "{}"),
                ("merges.txt", "e", ""),
            }
        )
        {
            await File.WriteAllTextAsync(Path.Combine(hub.Blobs, blob), content, TestContext.Current.CancellationToken);
            File.CreateSymbolicLink(Path.Combine(hub.Snapshot, file), $"../../blobs/{blob}");
        }

        Assert.Null(hub.Hub.FindCached(LoopbackHub.Model));
        Assert.Equal(hub.Snapshot, hub.Hub.FindCached(LoopbackHub.Model, LoopbackHub.Commit));
        Directory.CreateDirectory(Path.Combine(hub.Cache, "models--cupola--tiny", "refs"));
        await File.WriteAllTextAsync(
            Path.Combine(hub.Cache, "models--cupola--tiny", "refs", "main"),
            LoopbackHub.Commit,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(hub.Snapshot, await hub.DownloadAsync());
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task FetchesOnlyWhatTheCacheLacks()
    {
        await using LoopbackHub hub = new();
        await hub.DownloadAsync();
        File.Delete(Path.Combine(hub.Snapshot, "tokenizer.json"));
        File.Delete(Path.Combine(hub.Blobs, LoopbackHub.Hash("preprocessor_config.json", hub.Files["preprocessor_config.json"])));
        int requests = hub.Requests.Count;
        await hub.DownloadAsync();

        // The tokenizer's blob is still there and is only linked; the preprocessor's link led nowhere.
        Assert.Equal(
            ["GET revision/main", "HEAD preprocessor_config.json", "HEAD tokenizer.json", "GET preprocessor_config.json"],
            hub.Requests.Skip(requests)
                .Select(request =>
                {
                    string files = $"/{LoopbackHub.Model}/resolve/{LoopbackHub.Commit}/",
                        model = $"/api/models/{LoopbackHub.Model}/";
                    string path = request.Path.Replace(files, "", StringComparison.Ordinal);
                    return $"{request.Method} {path.Replace(model, "", StringComparison.Ordinal)}";
                })
        );
        Assert.NotNull(hub.Hub.FindCached(LoopbackHub.Model));
    }

    [Theory]
    [InlineData("v1.0", "v1.0")]
    [InlineData("refs/pr/7", "refs/pr/7")]
    [InlineData(LoopbackHub.Commit, null)]
    public async Task ResolvesABranchATagAndACommit(string revision, string? reference)
    {
        await using LoopbackHub hub = new();
        hub.Revisions[revision] = LoopbackHub.Commit;
        string folder = await hub.Hub.DownloadAsync(
            $"{LoopbackHub.Model}@{revision}",
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(hub.Snapshot, folder);
        Assert.Equal(folder, hub.Hub.FindCached(LoopbackHub.Model, revision));
        Assert.Null(hub.Hub.FindCached(LoopbackHub.Model));
        string references = Path.Combine(hub.Cache, "models--cupola--tiny", "refs");
        Assert.Equal(
            reference is null ? [] : [Path.Combine(references, reference)],
            Directory.Exists(references) ? Directory.GetFiles(references, "*", SearchOption.AllDirectories) : []
        );
    }

    [Fact]
    public async Task ASecondRevisionOfTheSameCommitCostsOneRequest()
    {
        await using LoopbackHub hub = new();
        await hub.DownloadAsync();
        hub.Revisions["v1"] = LoopbackHub.Commit;
        int requests = hub.Requests.Count;
        await hub.Hub.DownloadAsync(LoopbackHub.Model, "v1", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(requests + 1, hub.Requests.Count);
        Assert.Equal(["main"], hub.Hub.List().Select(model => model.Revision));
    }

    [Fact]
    public async Task NeverConnectsWhenOfflineAndSaysWhatIsMissing()
    {
        await using LoopbackHub hub = new();
        ModelHub offline = new(
            new HubOptions
            {
                CacheFolder = hub.Cache,
                Endpoint = hub.Settings.Endpoint,
                Offline = true,
            }
        );
        async Task<string> MessageAsync() =>
            (
                await Assert.ThrowsAsync<FileNotFoundException>(() =>
                    offline.DownloadAsync(LoopbackHub.Model, cancellationToken: TestContext.Current.CancellationToken)
                )
            ).Message;

        Assert.Contains("HF_HUB_OFFLINE is set", await MessageAsync(), StringComparison.Ordinal);
        Assert.Contains("every file of 'cupola/tiny'", await MessageAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Requests);

        await hub.DownloadAsync();
        int requests = hub.Requests.Count;
        Assert.Equal(
            hub.Snapshot,
            await offline.DownloadAsync(LoopbackHub.Model, cancellationToken: TestContext.Current.CancellationToken)
        );
        File.Delete(Path.Combine(hub.Snapshot, "preprocessor_config.json"));
        Assert.Contains("lacks preprocessor_config.json of", await MessageAsync(), StringComparison.Ordinal);
        Assert.Equal(requests, hub.Requests.Count);
    }

    [Fact]
    public async Task ListsTheClipsInTheCacheAndNoOthers()
    {
        await using LoopbackHub hub = new();
        Assert.Empty(hub.Hub.List());
        await hub.DownloadAsync();
        string other = Path.Combine(hub.Cache, "models--someone--bert", "snapshots", LoopbackHub.Commit);
        Directory.CreateDirectory(other);
        await File.WriteAllTextAsync(Path.Combine(other, "config.json"), "{ damaged", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(hub.Cache, "datasets--someone--photos"));

        CachedModel model = Assert.Single(hub.Hub.List());
        Assert.Equal(
            new CachedModel(
                "cupola/tiny",
                "main",
                LoopbackHub.Commit,
                NeededFiles.Sum(file => hub.Files[file].Length),
                hub.Snapshot
            ),
            model
        );
    }

    [Fact]
    public void AFolderThatIsNotThereListsNothing() =>
        Assert.Empty(
            new ModelHub(
                new HubOptions { CacheFolder = Path.Combine(Path.GetTempPath(), "cupola-there-is-no-such-folder") }
            ).List()
        );

    [Fact]
    public async Task SaysHowFarItIs()
    {
        await using LoopbackHub hub = new();
        List<HubProgress> heard = [];
        await hub.Hub.DownloadAsync(LoopbackHub.Model, null, new Listener(heard), TestContext.Current.CancellationToken);
        long total = NeededFiles.Skip(1).Sum(file => hub.Files[file].Length);
        Assert.All(heard, progress => Assert.Equal(total, progress.BytesTotal));
        Assert.Equal(heard.Select(progress => progress.BytesDone).Order(), heard.Select(progress => progress.BytesDone));
        Assert.Equal(new HubProgress("model.safetensors", total, total), heard[^1]);
    }

    [Fact]
    public async Task WritesTheReferenceOnlyWhenAllIsThere()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path.StartsWith("/storage/", StringComparison.Ordinal) ? new LoopbackAnswer(404, []) : null;
        await Assert.ThrowsAnyAsync<HttpRequestException>(hub.DownloadAsync);
        Assert.False(Directory.Exists(Path.Combine(hub.Cache, "models--cupola--tiny", "refs")));
        Assert.Null(hub.Hub.FindCached(LoopbackHub.Model, LoopbackHub.Commit));
    }

    [Fact]
    public async Task ADamagedConfigurationInTheCacheIsNamed()
    {
        await using LoopbackHub hub = new();
        await hub.DownloadAsync();
        string config = Path.Combine(hub.Snapshot, "config.json");
        await File.WriteAllBytesAsync(
            config,
            Encoding.UTF8.GetBytes("{\"model_type\": \"\\ud800\"}"),
            TestContext.Current.CancellationToken
        );
        InvalidDataException problem = Assert.Throws<InvalidDataException>(() => hub.Hub.FindCached(LoopbackHub.Model));
        Assert.Contains(config, problem.Message, StringComparison.Ordinal);
    }

    private sealed class Listener(List<HubProgress> heard) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => heard.Add(value);
    }
}
