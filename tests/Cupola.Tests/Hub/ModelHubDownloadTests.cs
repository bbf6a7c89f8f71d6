using System.Security.Cryptography;
using System.Text;
using Cupola.Hub;

namespace Cupola.Tests.Hub;

public sealed class ModelHubDownloadTests
{
    private const string Weights = "model.safetensors";
    private const string WeightsAddress = $"/storage/{Weights}";

    [Fact]
    public async Task ContinuesABrokenDownloadWhereItBroke()
    {
        await using LoopbackHub hub = new();
        int breaks = 0;
        hub.Instead = request =>
            request.Path == WeightsAddress && breaks++ < 3 ? hub.Answer(request) with { BreakAfter = 50_000 } : null;
        string folder = await hub.DownloadAsync();
        Assert.Equal([0, 50_000, 100_000, 150_000], hub.Fetches(Weights).Select(request => request.From));
        Assert.Equal(
            hub.Files[Weights],
            await File.ReadAllBytesAsync(Path.Combine(folder, Weights), TestContext.Current.CancellationToken)
        );
        Assert.Empty(Directory.GetFiles(hub.Blobs, "*.incomplete"));
    }

    [Theory]
    [InlineData("ignored")]
    [InlineData("elsewhere")]
    [InlineData("nowhere")]
    [InlineData("of another length")]
    [InlineData("in other units")]
    [InlineData("unsatisfiable")]
    public async Task StartsAgainWhenTheRangeIs(string fault)
    {
        await using LoopbackHub hub = new();
        byte[] all = hub.Files[Weights];
        int fetches = 0;
        hub.Instead = request =>
            (request.Path == WeightsAddress, fetches += request.Path == WeightsAddress ? 1 : 0) switch
            {
                (true, 1) => hub.Answer(request) with { BreakAfter = 50_000 },
                (true, 2) => fault switch
                {
                    "ignored" => new LoopbackAnswer(200, all),
                    "elsewhere" => new LoopbackAnswer(206, all[40_000..], ("Content-Range", "bytes 40000-299999/300000")),
                    "nowhere" => new LoopbackAnswer(206, all[50_000..]),
                    "of another length" => new LoopbackAnswer(206, all[50_000..], ("Content-Range", "bytes 50000-299999/300001")),
                    "in other units" => new LoopbackAnswer(206, all[50_000..], ("Content-Range", "lines 50000-299999/300000")),
                    _ => new LoopbackAnswer(416, []),
                },
                _ => null,
            };
        string folder = await hub.DownloadAsync();
        Assert.Equal(all, await File.ReadAllBytesAsync(Path.Combine(folder, Weights), TestContext.Current.CancellationToken));
        Assert.Equal(fault == "ignored" ? [0, 50_000] : [0, 50_000, 0], hub.Fetches(Weights).Select(request => request.From));
    }

    [Fact]
    public async Task ASiglipComesWithItsSentencePieceModelAndIsThenWhole()
    {
        await using LoopbackHub hub = new();
        hub.Files["config.json"] = Encoding.UTF8.GetBytes("""{"model_type":"siglip"}""");
        hub.Files.Remove("tokenizer.json");
        hub.Files["spiece.model"] = LoopbackHub.Bytes(100);

        string folder = await hub.DownloadAsync();
        int requests = hub.Requests.Count;
        await hub.DownloadAsync();

        Assert.Equal(
            ["config.json", "model.safetensors", "preprocessor_config.json", "spiece.model"],
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(requests, hub.Requests.Count);
    }

    [Fact]
    public async Task GoesOnAfterACancellation()
    {
        await using LoopbackHub hub = new();
        using CancellationTokenSource cancellationToken = new();
        TaskCompletionSource silence = new();
        hub.Instead = request =>
            request.Path == WeightsAddress ? hub.Answer(request) with { BreakAfter = 70_000, SilentUntil = silence.Task } : null;
        Listener listener = new(progress => progress.File == Weights && progress.BytesDone > 70_000, cancellationToken.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            hub.Hub.DownloadAsync(LoopbackHub.Model, null, listener, cancellationToken.Token)
        );
        Assert.Equal(70_000, new FileInfo(Assert.Single(Directory.GetFiles(hub.Blobs, "*.incomplete"))).Length);

        hub.Instead = null;
        await hub.DownloadAsync();
        Assert.Equal([0, 70_000], hub.Fetches(Weights).Select(request => request.From));
        Assert.NotNull(hub.Hub.FindCached(LoopbackHub.Model));
    }

    [Fact]
    public async Task ADownloadThatIsAllThereIsOnlyChecked()
    {
        await using LoopbackHub hub = new();
        Directory.CreateDirectory(hub.Blobs);
        await File.WriteAllBytesAsync(
            Path.Combine(hub.Blobs, LoopbackHub.Hash(Weights, hub.Files[Weights]) + ".incomplete"),
            hub.Files[Weights],
            TestContext.Current.CancellationToken
        );
        await hub.DownloadAsync();
        Assert.Empty(hub.Fetches(Weights));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DownloadsAtTheSameTimeFetchEachFileOnce(bool symbolicLinks)
    {
        await using LoopbackHub hub = new();
        HubOptions settings = new()
        {
            CacheFolder = hub.Cache,
            Endpoint = hub.Settings.Endpoint,
            SymbolicLinks = symbolicLinks,
        };

        // Long enough for the others to come to the same lock.
        hub.Instead = request =>
        {
            Thread.Sleep(request.Path == WeightsAddress ? 300 : 0);
            return null;
        };
        string[] folders = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    new ModelHub(settings).DownloadAsync(
                        LoopbackHub.Model,
                        cancellationToken: TestContext.Current.CancellationToken
                    )
                )
        );
        Assert.All(folders, folder => Assert.Equal(hub.Snapshot, folder));
        Assert.Single(hub.Fetches(Weights));
        Assert.Single(hub.Fetches("config.json"));
        Assert.Equal(
            hub.Files[Weights],
            await File.ReadAllBytesAsync(Path.Combine(hub.Snapshot, Weights), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task WaitsForTheDownloadOfAnotherProcess()
    {
        await using LoopbackHub hub = new();
        string locks = Path.Combine(hub.Cache, ".locks", "models--cupola--tiny");
        Directory.CreateDirectory(locks);
        string held = Path.Combine(locks, $"{LoopbackHub.Hash(Weights, hub.Files[Weights])}.lock");
        Task<string> download;
        await using (new FileStream(held, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            download = hub.DownloadAsync();
            await Task.WhenAny(download, Task.Delay(300, TestContext.Current.CancellationToken));
            Assert.False(download.IsCompleted);
            Assert.Empty(hub.Fetches(Weights));
        }

        Assert.Equal(hub.Snapshot, await download);
    }

    [Fact]
    public async Task AMarkThatAnotherProcessWritesIsNoObstacle()
    {
        await using LoopbackHub hub = new();
        string marks = Path.Combine(hub.Cache, "models--cupola--tiny", ".no_exist", LoopbackHub.Commit);
        Directory.CreateDirectory(marks);
        await using FileStream mark = new(
            Path.Combine(marks, "vocab.json"),
            FileMode.Create,
            FileAccess.Write,
            FileShare.ReadWrite
        );
        Assert.Equal(hub.Snapshot, await hub.DownloadAsync());
    }

    [Theory]
    [InlineData(Weights)]
    [InlineData("tokenizer.json")]
    public async Task DeletesWhatHasAWrongHash(string file)
    {
        await using LoopbackHub hub = new();
        byte[] right = hub.Files[file];
        byte[] wrong = [.. right];
        wrong[^1] ^= 1;
        hub.Instead = request =>
            request.Method == "GET"
            && request.Path.EndsWith(file, StringComparison.Ordinal)
            && !request.Path.Contains("/resolve/", StringComparison.Ordinal) == LoopbackHub.IsWeights(file)
                ? new LoopbackAnswer(200, wrong)
                : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains($"{file} of 'cupola/tiny' do not have the hash", problem.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(hub.Snapshot, file)));
        Assert.Empty(Directory.GetFiles(hub.Blobs, "*.incomplete"));

        hub.Instead = null;
        await hub.DownloadAsync();
        Assert.Equal(
            right,
            await File.ReadAllBytesAsync(Path.Combine(hub.Snapshot, file), TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData("ce013625030ba8dba906f756967f9e9ca394464a", true)]
    [InlineData("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", true)]
    [InlineData("f572d396fae9206628714fb2ce00f72e94f2258f", false)]
    public async Task KnowsTheHashesThatGitAndTheHubGive(string hash, bool right)
    {
        string path = TestFolder.NewFile("file");
        try
        {
            await File.WriteAllTextAsync(path, "hello\n", TestContext.Current.CancellationToken);
            HubFile file = new("hello.txt", new Uri("http://127.0.0.1"), hash, 6);
            Assert.Equal(right, await file.IsAtAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task ABlobOfTheWrongLengthIsFetchedAgain()
    {
        await using LoopbackHub hub = new();
        Directory.CreateDirectory(hub.Blobs);
        await File.WriteAllBytesAsync(
            Path.Combine(hub.Blobs, LoopbackHub.Hash(Weights, hub.Files[Weights])),
            new byte[12],
            TestContext.Current.CancellationToken
        );
        string folder = await hub.DownloadAsync();
        Assert.Equal(
            SHA256.HashData(hub.Files[Weights]),
            SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, Weights), TestContext.Current.CancellationToken))
        );
    }

    [Fact]
    public async Task ADiskThatIsFullIsSaidInASentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full, a disk that is always full, is Linux's.");
        await using LoopbackHub hub = new();
        HubDownload download = new(
            new HubConnection(hub.Settings),
            new HubCache(hub.Cache, symbolicLinks: true),
            HubModelName.Parse(LoopbackHub.Model, null)
        );
        HubFile file = new(Weights, hub.Settings.Endpoint, new string('0', 64), 1000);
        await using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.Write, bufferSize: 0);
        using MemoryStream body = new(new byte[1000]);
        IOException problem = await Assert.ThrowsAsync<IOException>(() =>
            download.CopyAsync(body, full, file, 0, progress: null, TestContext.Current.CancellationToken)
        );
        Assert.Matches(
            @"^model\.safetensors of 'cupola/tiny' cannot be written to '.*' \(No space left on device.*\); free some space",
            problem.Message
        );
    }

    private sealed class Listener(Func<HubProgress, bool> condition, Action then) : IProgress<HubProgress>
    {
        public void Report(HubProgress value)
        {
            if (condition(value))
            {
                then();
            }
        }
    }
}
