using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cupola.Tests.Hub;

/// <summary>
/// A hub on loopback with one model, <c>cupola/tiny</c>, and an empty cache. Weights lie behind a redirect to another host name,
/// as on the real hub; <see cref="Instead"/> lets a test misbehave.
/// </summary>
internal sealed class LoopbackHub : IAsyncDisposable
{
    public const string Model = "cupola/tiny";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly LoopbackServer _server;

    public LoopbackHub() => _server = new LoopbackServer(request => Instead?.Invoke(request) ?? Answer(request));

    /// <summary>The files of the repository; the default is transformers' layout with a little of everything else.</summary>
    public Dictionary<string, byte[]> Files { get; } =
        new()
        {
            ["config.json"] = Encoding.UTF8.GetBytes("""{"model_type":"clip"}"""),
            ["preprocessor_config.json"] = Encoding.UTF8.GetBytes("""{"size":224}"""),
            ["tokenizer.json"] = Encoding.UTF8.GetBytes("""{"version":"1.0"}"""),
            ["model.safetensors"] = Bytes(300_000),
            ["pytorch_model.bin"] = Bytes(100),
            ["README.md"] = Bytes(100),
        };

    /// <summary>What branches and tags mean.</summary>
    public Dictionary<string, string> Revisions { get; } = new() { ["main"] = Commit };

    /// <summary>An answer in place of the right one, or nothing.</summary>
    public Func<LoopbackRequest, LoopbackAnswer?>? Instead { get; set; }

    public IReadOnlyList<LoopbackRequest> Requests => _server.Requests;

    public string Cache { get; } = TestFolder.New();

    public string Snapshot => Path.Combine(Cache, "models--cupola--tiny", "snapshots", Commit);

    public string Blobs => Path.Combine(Cache, "models--cupola--tiny", "blobs");

    public HubOptions Settings =>
        new()
        {
            CacheFolder = Cache,
            Endpoint = new Uri($"http://127.0.0.1:{_server.Port}"),
            FirstPause = TimeSpan.FromMilliseconds(1),
        };

    public ModelHub Hub => new(Settings);

    /// <summary>The same server under another name, as a hub's storage is.</summary>
    public string Storage => $"http://localhost:{_server.Port}";

    public static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    public static bool IsWeights(string file) =>
        file.EndsWith(".safetensors", StringComparison.Ordinal) || file.EndsWith(".bin", StringComparison.Ordinal);

    /// <summary>What the hub calls a file's bytes: the SHA-256 of weights, git's blob hash of everything else.</summary>
    public static string Hash(string file, byte[] bytes)
    {
        if (IsWeights(file))
        {
            return Convert.ToHexStringLower(SHA256.HashData(bytes));
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {bytes.Length}\0")));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public Task<string> DownloadAsync() => Hub.DownloadAsync(Model, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The requests for the bytes of a file, where the bytes lie.</summary>
    public IEnumerable<LoopbackRequest> Fetches(string file) =>
        Requests.Where(request =>
            request.Method == "GET"
            && request.Path == (IsWeights(file) ? $"/storage/{file}" : $"/{Model}/resolve/{Commit}/{file}")
        );

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(Cache, recursive: true);
    }

    /// <summary>The right answer.</summary>
    public LoopbackAnswer Answer(LoopbackRequest request)
    {
        string[] parts = request.Path.Split('/');
        return parts switch
        {
            ["", "api", "models", "cupola", "tiny", "revision", var revision] => List(Uri.UnescapeDataString(revision)),
            ["", "cupola", "tiny", "resolve", var commit, var file]
                when Files.ContainsKey(file) && Revisions.ContainsValue(commit) => Resolve(request, commit, file),
            ["", "storage", var file] when Files.TryGetValue(file, out byte[]? bytes) => Send(
                request,
                bytes,
                "\"another-tag-of-storage\""
            ),
            _ => new LoopbackAnswer(404, []),
        };
    }

    private LoopbackAnswer List(string revision) =>
        Revisions.GetValueOrDefault(revision, Revisions.ContainsValue(revision) ? revision : "") is { Length: > 0 } commit
            ? new LoopbackAnswer(
                200,
                JsonSerializer.SerializeToUtf8Bytes(
                    new { sha = commit, siblings = Files.Keys.Select(file => new { rfilename = file }) }
                )
            )
            : new LoopbackAnswer(404, []);

    private LoopbackAnswer Resolve(LoopbackRequest request, string commit, string file)
    {
        byte[] bytes = Files[file];
        string tag = $"\"{Hash(file, bytes)}\"";
        return IsWeights(file)
            ? new LoopbackAnswer(
                302,
                Bytes(77),
                ("Location", $"{Storage}/storage/{file}"),
                ("X-Repo-Commit", commit),
                ("X-Linked-Etag", tag),
                ("X-Linked-Size", $"{bytes.Length}")
            )
            : Send(request, bytes, tag, ("X-Repo-Commit", commit));
    }

    private static LoopbackAnswer Send(
        LoopbackRequest request,
        byte[] bytes,
        string tag,
        params (string Name, string Value)[] headers
    ) =>
        request.From == 0
            ? new LoopbackAnswer(200, bytes, [("ETag", tag), .. headers])
            : new LoopbackAnswer(
                206,
                bytes[request.From..],
                [("ETag", tag), ("Content-Range", $"bytes {request.From}-{bytes.Length - 1}/{bytes.Length}"), .. headers]
            );
}
