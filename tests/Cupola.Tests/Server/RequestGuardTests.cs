using System.Net;
using System.Text;
using Cupola.Server.Requests;

namespace Cupola.Tests.Server;

/// <summary>Who may ask.</summary>
public sealed class RequestGuardTests(RunningService open) : IClassFixture<RunningService>
{
    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:80", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:1", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("192.168.0.1", HttpStatusCode.MisdirectedRequest)]
    public async Task ANameThatLeadsHereByChanceIsNotAnswered(string host, HttpStatusCode status)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/ping");
        request.Headers.Host = host;

        Assert.Equal(status, (await open.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    public async Task APageOfAnotherOriginMayAskNothing(string origin)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/predict");
        request.Headers.Add("Origin", origin);

        Answer answer = await open.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task AProxysNameIsAnsweredWhereTheOperatorAllowsIt()
    {
        await using RunningService service = await RunningService.StartAsync(static settings =>
            settings with
            {
                AllowedHosts = ["photos.example"],
            }
        );
        HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.Host = "photos.example";
        request.Headers.Add("Origin", "https://photos.example");

        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(request)).Status);
    }

    [Fact]
    public async Task TheServicesOwnPageMayAsk()
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Origin", open.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));

        Assert.Equal(HttpStatusCode.OK, (await open.SendAsync(request)).Status);
    }

    [Fact]
    public async Task WhereThereAreKeysARequestCarriesOne()
    {
        await using RunningService service = await RunningService.StartAsync(static settings =>
            settings with
            {
                ApiKeys = ["first key", "schlüssel"],
            }
        );
        string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes("anybody:schlüssel"));

        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, "Authorization", "Bearer first key"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, "x-api-key", "first key"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, "Authorization", $"Basic {pair}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, "Authorization", "Bearer first"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, "Authorization", "Bearer "));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, "Authorization", "Basic !"));
        Answer without = await service.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, without.Status);
        Assert.Equal("invalid_api_key", without.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(without.Headers.WwwAuthenticate, static way => way.Scheme == "Basic");
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/v1/images/1")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/health/live")).Status);
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://localhost:80", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://0.0.0.0:80", false)]
    [InlineData("http://*:80", false)]
    [InlineData("http://photos.example:80", false)]
    public void AnAddressIsLocalIfNoOtherMachineReachesIt(string url, bool isLocal) =>
        Assert.Equal(isLocal, RequestGuard.IsLocal(url));

    [Fact]
    public async Task WhatIsNotThereIsAProblem()
    {
        Answer outside = await open.GetAsync("/nothing"),
            inside = await open.GetAsync("/v1/nothing"),
            method = await open.GetAsync("/predict");

        Assert.Equal("application/problem+json", outside.Type);
        Assert.Contains("/openapi/v1.json says what there is", outside.Detail, StringComparison.Ordinal);
        Assert.Equal("not_found", inside.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.Status);
        Assert.Contains("does not take GET", method.Detail, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AskAsync(RunningService service, string name, string value)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(name, value);
        return (await service.SendAsync(request)).Status;
    }
}
