using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Server;

/// <summary>SIGTERM, as an operator's tools send it to a real process under load.</summary>
public sealed partial class GracefulStopTests(ITestOutputHelper output)
{
    /// <summary>SIGTERM of POSIX.</summary>
    private const int Terminate = 15;

    private const int Clients = 32;

    /// <summary>Bytes for which the service waits longer than any client of this test takes.</summary>
    private const int SlowBody = 1 << 20;

    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    [Fact]
    public async Task WhatWasAcceptedIsAnsweredAndTheProcessEndsWell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process process = Tool.Launch([], "serve", "--urls", "http://127.0.0.1:0", "--index", TestFolder.New());
        string line = (await process.StandardError.ReadLineAsync(cancellation))!;
        Uri address = new(line.Split(' ')[3]);
        using TcpClient slow = new();
        await slow.ConnectAsync(IPAddress.Loopback, address.Port, cancellation);
        await using NetworkStream stream = slow.GetStream();
        await BeginAsync(stream, cancellation);
        using HttpClient client = new() { BaseAddress = address };
        int answered = 0,
            refused = 0;
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(AskAsync)];
        while (Volatile.Read(ref answered) < 2 * Clients)
        {
            await Task.Delay(10, cancellation);
        }

        Assert.Equal(0, Kill(process.Id, Terminate));
        await Task.WhenAll(clients);
        string last = await EndAsync(stream, cancellation);
        await process.WaitForExitAsync(cancellation);

        output.WriteLine($"{answered} answered, {refused} refused with a sentence, none broken");
        Assert.StartsWith("HTTP/1.1 200 ", last, StringComparison.Ordinal);
        Assert.Equal((Clients, 0), (refused, process.ExitCode));
        Assert.Equal("", await process.StandardError.ReadToEndAsync(cancellation));

        // A connection that breaks is an exception, and fails the test.
        async Task AskAsync(int number)
        {
            for (int index = 0; ; index++)
            {
                string[] input = [.. Enumerable.Range(0, 20).Select(place => $"a flag with {place} stars, {number} {index}")];
                using HttpResponseMessage response = await client.PostAsJsonAsync("/v1/embeddings", new { input }, cancellation);
                string answer = await response.Content.ReadAsStringAsync(cancellation);
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    Assert.Contains("The service is stopping", answer, StringComparison.Ordinal);
                    Interlocked.Increment(ref refused);
                    return;
                }

                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Interlocked.Increment(ref answered);
            }
        }
    }

    /// <summary>
    /// A request that is accepted, and whose end is the test's to say: as long as it is on its way the service stands, and every
    /// other client, however slow the machine is, can be told that it is stopping.
    /// </summary>
    private static async Task BeginAsync(NetworkStream stream, CancellationToken cancellation)
    {
        string head =
            $"POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
            + $"Content-Length: {SlowBody}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
        byte[] answer = new byte[Continue.Length];
        await stream.ReadExactlyAsync(answer, cancellation);
        Assert.Equal(Continue, Encoding.ASCII.GetString(answer));
        // All but its last byte, so that it does not come too slowly.
        await stream.WriteAsync(Encoding.ASCII.GetBytes("{\"input\":\"a\"".PadRight(SlowBody - 1)), cancellation);
    }

    private static async Task<string> EndAsync(NetworkStream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync("}"u8.ToArray(), cancellation);
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        return await reader.ReadToEndAsync(cancellation);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
