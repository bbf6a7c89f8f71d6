using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Cupola.Tests.Hub;

/// <summary>What a client asked for.</summary>
internal sealed record LoopbackRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The first byte that is wanted.</summary>
    public int From => Header("Range") is { } range ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
}

/// <summary>What it is told, truthfully or not.</summary>
internal sealed record LoopbackAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    /// <summary>
    /// The length the head declares; the body's own where nothing is said, no length at all where it is negative.
    /// </summary>
    public long? DeclaredLength { get; init; }

    /// <summary>How many bytes of the body are sent before the connection is closed.</summary>
    public int? BreakAfter { get; init; }

    /// <summary>What must happen before the connection is closed; until then it is silent.</summary>
    public Task? SilentUntil { get; init; }
}

/// <summary>
/// An HTTP server on this machine's loopback that can break connections and lie about lengths, which no server library would do.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly ConcurrentQueue<LoopbackRequest> _requests = new();
    private readonly Func<LoopbackRequest, LoopbackAnswer> _answer;

    public LoopbackServer(Func<LoopbackRequest, LoopbackAnswer> answer)
    {
        _answer = answer;
        _listener = new(ServeAsync);
    }

    public int Port => _listener.Port;

    public IReadOnlyList<LoopbackRequest> Requests => [.. _requests];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(NetworkStream stream, CancellationToken stopped)
    {
        LoopbackRequest request = await ReadAsync(stream, stopped);
        _requests.Enqueue(request);
        LoopbackAnswer answer = _answer(request);
        StringBuilder head = new($"HTTP/1.1 {answer.Status} Whatever\r\nConnection: close\r\n");
        foreach ((string name, string value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if ((answer.DeclaredLength ?? answer.Body.Length) is >= 0 and var length)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head + "\r\n"), stopped);
        if (request.Method != "HEAD")
        {
            await stream.WriteAsync(answer.Body.AsMemory(0, answer.BreakAfter ?? answer.Body.Length), stopped);
        }

        await (answer.SilentUntil ?? Task.CompletedTask).WaitAsync(stopped);
    }

    private static async Task<LoopbackRequest> ReadAsync(NetworkStream stream, CancellationToken stopped)
    {
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        string[] first = (await reader.ReadLineAsync(stopped) ?? throw new IOException("The client said nothing.")).Split(' ');
        return new LoopbackRequest(first[0], first[1], await LoopbackListener.ReadHeadersAsync(reader, stopped));
    }
}
