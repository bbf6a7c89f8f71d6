using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Server;

/// <summary>SIGTERM, as an operator's tools send it to a real process under load.</summary>
public sealed partial class GracefulStopTests(ITestOutputHelper output)
{
    /// <summary>SIGTERM of POSIX.</summary>
    private const int Terminate = 15;

    private const int Clients = 32;

    [Fact]
    public async Task WhatWasAcceptedIsAnsweredAndTheProcessEndsWell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process process = Tool.Launch([], "serve", "--urls", "http://127.0.0.1:0", "--index", TestFolder.New());
        string line = (await process.StandardError.ReadLineAsync(cancellation))!;
        Uri address = new(line.Split(' ')[3]);
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
        await process.WaitForExitAsync(cancellation);

        output.WriteLine($"{answered} answered, {refused} refused with a sentence, none broken");
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

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
