using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cupola.Tests.Server;

/// <summary>A request that is accepted, and whose end is the test's to say.</summary>
internal sealed class SlowRequest : IDisposable
{
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private SlowRequest(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    /// <summary>Announces a body, and waits until the service asks for it.</summary>
    /// <param name="port">The service's port.</param>
    /// <param name="length">How many bytes are announced.</param>
    /// <param name="cancellation">Gives it up.</param>
    public static async Task<SlowRequest> BeginAsync(int port, int length, CancellationToken cancellation)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
        SlowRequest request = new(client);
        string head =
            $"POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
            + $"Connection: close\r\nContent-Length: {length}\r\n\r\n";
        await request.SendAsync(head, cancellation);
        byte[] answer = new byte[Continue.Length];
        await request._stream.ReadExactlyAsync(answer, cancellation);
        Assert.Equal(Continue, Encoding.ASCII.GetString(answer));
        return request;
    }

    /// <summary>Sends a part of the body.</summary>
    public async Task SendAsync(string part, CancellationToken cancellation) =>
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(part), cancellation);

    /// <summary>What the service answers.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellation)
    {
        using StreamReader reader = new(_stream, Encoding.ASCII, leaveOpen: true);
        return await reader.ReadToEndAsync(cancellation);
    }

    public void Dispose() => _client.Dispose();
}
