using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Cupola.Images;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Server;

/// <summary>
/// What strangers send to a real process: each answer is a sentence or, where a request is right after all, what it asks for;
/// the service never fails, and its memory stays where it was. CUPOLA_HOSTILE says how many of each kind.
/// </summary>
public sealed class HostileRequestTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int UsualCount = 50;

    /// <summary>At once; the service takes 256 connections.</summary>
    private const int Together = 8;

    private const int SlowTogether = 200;

    /// <summary>What a run may leave behind: pools and caches that have grown to their size.</summary>
    private const long MostGrown = 600L << 20;

    private readonly string _photos = Path.Combine(TestFolder.New(), "photos");
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(5) };
    private Process _process = null!;

    private static int Count =>
        Environment.GetEnvironmentVariable("CUPOLA_HOSTILE") is { Length: > 0 } count
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : UsualCount;

    public async ValueTask InitializeAsync()
    {
        string folder = TestFolder.New();
        Directory.CreateDirectory(_photos);
        byte[] pixels = [.. Enumerable.Range(0, 16 * 16 * 3).Select(static index => (byte)index)];
        PngFile.Write(Path.Combine(_photos, "a.png"), pixels, 16, 16);
        using (ClipEmbedder model = ClipEmbedder.Load(BuiltInModels.Flags))
        using (ImageIndex index = ImageIndex.Open(folder, model))
        {
            index.Update(_photos);
        }

        _process = Tool.Launch([], "serve", "--urls", "http://127.0.0.1:0", "--index", folder, "--fetch");
        _client.BaseAddress = await ServeProcess.AddressAsync(_process, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    [Fact]
    public async Task NothingThatIsSentBreaksTheService()
    {
        await SendAsync("warm-up", HostileRequests.Malformed, 20);
        long before = Memory();
        await SendAsync("malformed JSON", HostileRequests.Malformed, Count);
        await SendAsync("deep JSON", HostileRequests.Deep, Count);
        await SendAsync("wrong base64", HostileRequests.WrongBase64, Count);
        await SendAsync("bodies of 100 MB", HostileRequests.Large, Count / 5 * (Count > UsualCount ? 5 : 1));
        await SendAsync("image bombs", HostileRequests.Bomb, Count);
        await SendAsync("paths", HostileRequests.Path, Count);
        await SendAsync("private addresses", HostileRequests.PrivateAddress, Count);
        await LinksAsync();
        await SlowAsync();

        Assert.False(_process.HasExited);
        Assert.Equal(
            HttpStatusCode.OK,
            (await _client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode
        );
        Assert.True(Memory() - before < MostGrown, $"{before >> 20} MiB before, {Memory() >> 20} MiB after");
    }

    private async Task SendAsync(string kind, Func<Random, HttpRequestMessage> create, int count)
    {
        long before = Memory();
        Stopwatch watch = Stopwatch.StartNew();
        SortedDictionary<int, int> statuses = [];
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = TestContext.Current.CancellationToken },
            async (index, cancellation) =>
            {
                using HttpRequestMessage request = create(new(index));
                using HttpResponseMessage response = await _client.SendAsync(request, cancellation);
                int status = (int)response.StatusCode;
                if (status != 200)
                {
                    await CheckAsync($"{kind} {index}", response, cancellation);
                }

                lock (statuses)
                {
                    statuses[status] = statuses.GetValueOrDefault(status) + 1;
                }
            }
        );
        Report(kind, statuses, before, watch);
    }

    private static async Task CheckAsync(string what, HttpResponseMessage response, CancellationToken cancellation)
    {
        string text = await response.Content.ReadAsStringAsync(cancellation);
        // A machine with much else to do may need more than the service's minute, which it says.
        Assert.True(
            (int)response.StatusCode is >= 400 and < 500
                || (
                    response.StatusCode == HttpStatusCode.ServiceUnavailable
                    && text.Contains("took longer", StringComparison.Ordinal)
                ),
            $"{what}: {response.StatusCode} {text}"
        );
        // What is no HTTP, as %00 in a path, is refused before there is a request to answer.
        if (text.Length > 0 || response.StatusCode != HttpStatusCode.BadRequest)
        {
            CheckSentence(what, text);
        }
    }

    private static void CheckSentence(string what, string text)
    {
        using JsonDocument answer = JsonDocument.Parse(text);
        string sentence = answer.RootElement.TryGetProperty("error", out JsonElement error)
            ? error.GetProperty("message").GetString()!
            : answer.RootElement.GetProperty("detail").GetString()!;
        Assert.True(sentence.EndsWith('.') && !sentence.Contains("Exception", StringComparison.Ordinal), $"{what}: {sentence}");
    }

    /// <summary>The index's one image becomes a link to what is not the index's.</summary>
    private async Task LinksAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        long before = Memory();
        Stopwatch watch = Stopwatch.StartNew();
        SortedDictionary<int, int> statuses = [];
        string image = Path.Combine(_photos, "a.png"),
            kept = TestFolder.NewFile("b.png");
        File.Move(image, kept);
        string[] targets =
        [
            kept,
            "/etc/passwd",
            "/dev/zero",
            "/proc/self/environ",
            "/",
            image,
            "../../a",
            Path.GetDirectoryName(kept)!,
        ];
        for (int index = 0; index < Count; index++)
        {
            File.Delete(image);
            File.CreateSymbolicLink(image, targets[index % targets.Length]);
            string path = index % 2 == 0 ? "/v1/images/1" : "/v1/images/1/thumbnail";
            using HttpResponseMessage response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            await CheckAsync($"link {index}", response, TestContext.Current.CancellationToken);
            statuses[404] = statuses.GetValueOrDefault(404) + 1;
        }

        Report("links", statuses, before, watch);
    }

    /// <summary>Bodies that come a byte at a time.</summary>
    private async Task SlowAsync()
    {
        long before = Memory();
        Stopwatch watch = Stopwatch.StartNew();
        SortedDictionary<int, int> statuses = [];
        for (int sent = 0; sent < Count; sent += SlowTogether)
        {
            string[] answers = await Task.WhenAll(
                Enumerable.Range(0, Math.Min(SlowTogether, Count - sent)).Select(_ => SlowlyAsync())
            );
            // What comes too late, to a connection that is closed, may cost the sender the answer that it has not read yet.
            foreach (string answer in answers.Where(static answer => answer.Length > 0))
            {
                int status = int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
                Assert.Equal(408, status);
                int start = answer.IndexOf('{', StringComparison.Ordinal);
                CheckSentence("slow", answer[start..(answer.LastIndexOf('}') + 1)]);
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
            }
        }

        Report("slow bodies", statuses, before, watch);
        Assert.NotEmpty(statuses);
    }

    private async Task<string> SlowlyAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, cancellation);
        NetworkStream stream = client.GetStream();
        string head =
            "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n{";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
        Task<string> answer = ReadAsync(stream, cancellation);
        while (await Task.WhenAny(answer, Task.Delay(500, cancellation)) != answer)
        {
            try
            {
                await stream.WriteAsync(" "u8.ToArray(), cancellation);
            }
            catch (IOException)
            {
                // The service has said enough.
                break;
            }
        }

        return await answer;
    }

    /// <summary>
    /// What is said until the connection ends. Whoever still sends when it is closed may be told so by an error behind it.
    /// </summary>
    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        using MemoryStream said = new();
        try
        {
            await stream.CopyToAsync(said, cancellation);
        }
        catch (IOException)
        {
            // What was said is judged all the same.
        }

        return Encoding.UTF8.GetString(said.ToArray());
    }

    private void Report(string kind, SortedDictionary<int, int> statuses, long before, Stopwatch watch) =>
        output.WriteLine(
            $"{kind}: {string.Join(", ", statuses.Select(static each => $"{each.Value} x {each.Key}"))}; "
                + $"{watch.Elapsed.TotalSeconds:0.0} s; resident {before >> 20} -> {Memory() >> 20} MiB"
        );

    private long Memory()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }
}
