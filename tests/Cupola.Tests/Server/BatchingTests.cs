using System.Net;
using System.Text.RegularExpressions;

namespace Cupola.Tests.Server;

/// <summary>What arrives together is embedded together, and what is too much is told to come again.</summary>
public sealed partial class BatchingTests
{
    private const int Requests = 64;

    /// <summary>The texts of the first batch, behind which the worker is held.</summary>
    private const int Held = 59;

    private static readonly string[] First = [.. Enumerable.Range(0, Held).Select(static index => $"a first flag, {index}")];

    [Fact]
    public async Task RequestsThatArriveTogetherAreEmbeddedTogether()
    {
        await using RunningService service = new();
        await service.InitializeAsync();
        (double batches, double items) = await BatchesAsync(service);
        using HeldWorker worker = new(service, Held);
        Assert.Equal(HttpStatusCode.OK, (await service.PostAsync("/v1/embeddings", new { input = First })).Status);
        await worker.Held;

        Task<Answer[]> asked = Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(index => service.PostAsync("/v1/embeddings", new { input = $"a flag with {index} stars" }))
        );
        await UntilAsync(service, Held + Requests);
        worker.Release();
        Answer[] answers = await asked;
        // A batch is counted after its answers.
        await UntilAsync(service, 0);

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        (double batchesLater, double itemsLater) = await BatchesAsync(service);
        Assert.Equal((Held + Requests, 2), (itemsLater - items, batchesLater - batches));
        for (int index = 0; index < Requests; index++)
        {
            float[] vector = System.Text.Json.JsonSerializer.Deserialize<float[]>(
                answers[index].Json.GetProperty("data")[0].GetProperty("embedding")
            )!;
            ReadOnlySpan<float> alone = RunningService.Model.EmbedTexts([$"a flag with {index} stars"])[0];
            Assert.Equal(1, System.Numerics.Tensors.TensorPrimitives.Dot(alone, vector), 1e-5f);
        }
    }

    [Fact]
    public async Task WhoFindsTheQueueFullIsToldWhenToComeAgain()
    {
        await using RunningService service = await RunningService.StartAsync(static settings =>
            settings with
            {
                Limits = settings.Limits with { Waiting = 300 },
            }
        );
        string[] many = [.. Enumerable.Range(0, 200).Select(static index => $"a flag with {index} stars and many other words")];
        using HeldWorker worker = new(service, Held);
        Assert.Equal(HttpStatusCode.OK, (await service.PostAsync("/v1/embeddings", new { input = First })).Status);
        await worker.Held;

        Task<Answer> accepted = service.PostAsync("/v1/embeddings", new { input = many });
        await UntilAsync(service, Held + many.Length);
        Answer[] refused = await Task.WhenAll(
            Enumerable.Range(0, 11).Select(_ => service.PostAsync("/v1/embeddings", new { input = many }))
        );
        worker.Release();

        Assert.Equal(HttpStatusCode.OK, (await accepted).Status);
        Assert.All(refused, static answer =>
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
            Assert.Equal("rate_limit_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
            Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        });
        Assert.Equal(HttpStatusCode.OK, (await service.PostAsync("/v1/embeddings", """{"input":"a"}""")).Status);
    }

    [Fact]
    public async Task WhatTakesTooLongIsGivenUp()
    {
        await using RunningService service = await RunningService.StartAsync(static settings =>
            settings with
            {
                Limits = settings.Limits with { Time = TimeSpan.FromMilliseconds(1) },
            }
        );

        Answer answer = await service.PostAsync(
            "/v1/embeddings",
            new { input = Enumerable.Range(0, 2000).Select(static index => $"a flag with {index} stars") }
        );

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("took longer", answer.Message, StringComparison.Ordinal);
    }

    private static async Task<(double Batches, double Items)> BatchesAsync(RunningService service)
    {
        string text = (await service.GetAsync("/metrics")).Text;
        return (Read(BatchCount(), text), Read(BatchSum(), text));
    }

    /// <summary>Waits until so many texts wait, or are being worked on.</summary>
    private static async Task UntilAsync(RunningService service, int waiting)
    {
        while (Read(Waiting(), (await service.GetAsync("/metrics")).Text) != waiting)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static double Read(Regex pattern, string text) =>
        double.Parse(pattern.Match(text).Groups["value"].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("""cupola_embedding_batch_size_count\{kind="text"\} (?<value>\d+)""")]
    private static partial Regex BatchCount();

    [GeneratedRegex("""^cupola_embedding_waiting (?<value>\d+)""", RegexOptions.Multiline)]
    private static partial Regex Waiting();

    [GeneratedRegex("""cupola_embedding_batch_size_sum\{kind="text"\} (?<value>\d+)""")]
    private static partial Regex BatchSum();
}
