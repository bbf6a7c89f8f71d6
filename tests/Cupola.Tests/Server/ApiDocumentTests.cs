namespace Cupola.Tests.Server;

/// <summary>What the service says of itself.</summary>
public sealed class ApiDocumentTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task TheDocumentIsTheOneOfTheRepository()
    {
        string written = await File.ReadAllTextAsync(
            Path.Combine(SharedFolder.Root, "docs", "openapi.json"),
            TestContext.Current.CancellationToken
        );

        await using RunningService usual = await RunningService.StartAsync(static settings => settings with { Limits = new() });
        Answer answer = await usual.GetAsync("/openapi/v1.json");

        Assert.True(
            written.ReplaceLineEndings("\n").TrimEnd() == answer.Text.ReplaceLineEndings("\n").TrimEnd(),
            "The API has changed: 'cupola serve', and 'curl http://127.0.0.1:2547/openapi/v1.json > docs/openapi.json'."
        );
    }

    [Fact]
    public async Task TheDocumentSaysTheLimits()
    {
        string text = (await service.GetAsync("/openapi/v1.json"))
            .Json.GetProperty("info")
            .GetProperty("description")
            .GetString()!;

        Assert.Contains("a body of 20 MiB", text, StringComparison.Ordinal);
        Assert.Contains("50 million pixels", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheReadingPageNeedsNoOtherMachine()
    {
        Answer page = await service.GetAsync("/scalar/"),
            script = await service.GetAsync("/scalar/scalar.js");

        Assert.Contains("scalar.js", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
        Assert.Contains(
            "connect-src 'self'",
            page.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.True(script.Bytes.Length > 1_000_000);
    }

    [Fact]
    public async Task WhatWasCountedIsReadByPrometheus()
    {
        await service.PostAsync("/v1/embeddings", """{"input":["a","b"]}""");
        await service.PostAsync("/v1/embeddings", """{"input":[]}""");

        Answer answer = await service.GetAsync("/metrics");

        Assert.Equal("text/plain", answer.Type);
        Assert.Contains("# TYPE cupola_embedding_batch_size summary", answer.Text, StringComparison.Ordinal);
        Assert.Matches("""cupola_embedding_batch_size_sum\{kind="text"\} \d+""", answer.Text);
        Assert.Contains("cupola_requests_refused_total{status=\"400\"}", answer.Text, StringComparison.Ordinal);
        Assert.Equal("Healthy", (await service.GetAsync("/health/ready")).Text);
    }
}
