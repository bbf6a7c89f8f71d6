using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Cupola.Server;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Server;

/// <summary>What a service does that is asked to stop, under load and by the signals of operators' tools and of people.</summary>
public sealed class GracefulStopTests(ITestOutputHelper output)
{
    private const int Clients = 32;

    /// <summary>Bytes for which the service waits longer than any client of this test takes.</summary>
    private const int SlowBody = 1 << 20;

    [Fact]
    public async Task WhatWasAcceptedIsAnsweredAndTheRestIsToldWhy()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using RunningService service = new();
        await service.InitializeAsync();
        // As long as it is on its way the service stands, and every client, however slow the machine is, can be told.
        using SlowRequest slow = await BeginAsync(service.Client.BaseAddress!.Port, cancellation);
        int answered = 0,
            refused = 0;
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(AskAsync)];
        while (Volatile.Read(ref answered) < 2 * Clients)
        {
            await Task.Delay(10, cancellation);
        }

        Task stopped = service.StopAsync();
        await Task.WhenAll(clients);
        await slow.SendAsync("}", cancellation);
        string last = await slow.ReadAsync(cancellation);
        await stopped;

        output.WriteLine($"{answered} answered, {refused} refused with a sentence, none broken");
        Assert.StartsWith("HTTP/1.1 200 ", last, StringComparison.Ordinal);
        Assert.Equal(Clients, refused);

        // A connection that breaks is an exception, and fails the test.
        async Task AskAsync(int number)
        {
            for (int index = 0; ; index++)
            {
                string[] input = [.. Enumerable.Range(0, 20).Select(place => $"a flag with {place} stars, {number} {index}")];
                Answer answer = await service.PostAsync("/v1/embeddings", new { input });
                if (answer.Status == HttpStatusCode.ServiceUnavailable)
                {
                    Assert.Contains("The service is stopping", answer.Message, StringComparison.Ordinal);
                    Interlocked.Increment(ref refused);
                    return;
                }

                Assert.Equal(HttpStatusCode.OK, answer.Status);
                Interlocked.Increment(ref answered);
            }
        }
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 0)]
    public async Task ASignalEndsTheProcessOnceItHasAnswered(int signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ProcessStartInfo start = Tool.InterruptibleCommand([
            "serve",
            "--urls",
            "http://127.0.0.1:0",
            "--index",
            TestFolder.New(),
        ]);
        start.Environment["CUPOLA_CACHE"] = TestFolder.New();
        using Process process = Process.Start(start)!;
        Uri address = await ServeProcess.AddressAsync(process, cancellation);
        using HttpClient client = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
        long begun = Stopwatch.GetTimestamp();
        using SlowRequest slow = await BeginAsync(address.Port, cancellation);

        Assert.Equal(0, InterruptTests.Kill(process.Id, signal));
        string last = await EndAsync(client, slow, begun, cancellation);
        string error = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);

        // On a machine that is slow beyond measure, what the service waits for a minute is answered by a sentence.
        Assert.Matches("^HTTP/1.1 (200|503) ", last);
        Assert.Equal("Stopped.", string.Join('\n', WithoutWarnings(error)));
        Assert.Equal(code, process.ExitCode);
    }

    /// <summary>All of it but its last byte, so that it does not come too slowly.</summary>
    private static async Task<SlowRequest> BeginAsync(int port, CancellationToken cancellation)
    {
        SlowRequest request = await SlowRequest.BeginAsync(port, SlowBody, cancellation);
        await request.SendAsync("{\"input\":\"a\"".PadRight(SlowBody - 1), cancellation);
        return request;
    }

    private static async Task<string> EndAsync(HttpClient client, SlowRequest slow, long begun, CancellationToken cancellation)
    {
        try
        {
            HttpStatusCode status;
            do
            {
                using HttpResponseMessage other = await client.PostAsJsonAsync(
                    "/v1/embeddings",
                    new { input = "a" },
                    cancellation
                );
                status = other.StatusCode;
            } while (status == HttpStatusCode.OK);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            await slow.SendAsync("}", cancellation);
            return await slow.ReadAsync(cancellation);
        }
        catch (Exception problem)
            when (problem is HttpRequestException or IOException && Stopwatch.GetElapsedTime(begun) > new ServiceLimits().Time)
        {
            return "HTTP/1.1 503 ";
        }
    }

    /// <summary>A machine with much else to do is worth a warning, whose second line is indented.</summary>
    private static IEnumerable<string> WithoutWarnings(string error) =>
        error
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith("warn:", StringComparison.Ordinal) && !line.StartsWith(' '));
}
