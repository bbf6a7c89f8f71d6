using System.Text.Json;
using Cupola.LanguageModels;
using Cupola.Prompts.Writing;
using Cupola.Tests.Prompts.Writing;
using Microsoft.Extensions.AI;

namespace Cupola.Tests.LanguageModels;

/// <summary>
/// What a server says in place of an answer: told in its words, asked again where that may help, and without what it cannot take.
/// </summary>
public sealed class LanguageModelRefusalTests
{
    private const string Words = "It is too long.";
    private const string Error = $$$"""{"message":"{{{Words}}}","code":400}""";

    private static readonly ChatOptions Usual = new()
    {
        Temperature = 0.99f,
        MaxOutputTokens = 50,
        Seed = 1,
    };

    public static TheoryData<string> Lasting { get; } =
    [
        $$$"""data: {"error":{{{Error}}}}""",
        $$$"""data: {"choices":[],"error":{{{Error}}}}""",
        $$$"""data: {"choices":[{"delta":{"content":""},"finish_reason":"error","error":{{{Error}}}}]}""",
        $$$"""data: [{"error":{{{Error}}}}]""",
        $$$"""data: {"error":"{{{Words}}}"}""",
        $$$"""data: {"error":{"message":"{{{Words}}}","code":"400"}}""",
        $$$"""data: {"error":{"message":"{{{Words}}}","code":"context_length_exceeded"}}""",
        $$$"""data: {"error":{"message":"{{{Words}}}","code":429,"type":"insufficient_quota"}}""",
        $$$"""data: {"error":{"message":"{{{Words}}}","type":"invalid_request_error"}}""",
        $$$"""data: {"error":"{{{Words}}}","error_type":"validation"}""",
        $$$"""data: {"object":"error","message":"{{{Words}}}","type":"BadRequestError","code":400}""",
        $$$"""data: {"detail":"{{{Words}}}"}""",
        $$$"""data: {"code":1002,"msg":"{{{Words}}}"}""",
        $$$$"""data: {"error":{"message":"An error","code":400,"metadata":{"raw":"{\"error\":"""
            + $$$$"""{\"message\":\"{{{{Words}}}}\"}}"}}}""",
        $"error: {Error}",
        $"event: error\ndata: {Error}",
        $"event: error\ndata: {Words}\n\n",
        $$$"""{"error":{{{Error}}}}""",
        "data: {\"choices\":[{\"delta\":{\"content\":\"A tree\"}}]}\n\ndata: {\"error\":" + Error + "}",
    ];

    public static TheoryData<string> Passing { get; } =
    [
        """data: {"error":{"message":"quota exceeded","code":429}}""",
        """data: {"error":{"message":"Slow down.","code":"503"}}""",
        """data: {"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}""",
        """data: {"error":{"message":"Slow down.","status":"UNAVAILABLE"}}""",
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Slow down.\"}}",
        """data: {"error":"The engine is currently overloaded, please try again later."}""",
    ];

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task WhatCannotPassIsToldInTheServersWordsAndAskedOnce(string body)
    {
        int asked = 0;
        LanguageModelException problem = await RefusedAsync(_ =>
        {
            asked++;
            return new ChatReply { Body = body };
        });
        Assert.Contains(Words.TrimEnd('.'), problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsTransient);
        Assert.Equal(1, asked);
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task WhatMayPassSaysSo(string body) =>
        Assert.True((await RefusedAsync(_ => new ChatReply { Body = body })).IsTransient);

    [Theory]
    [InlineData(400, """{"error":{"message":"Reason."}}""")]
    [InlineData(400, """{"error":"Reason."}""")]
    [InlineData(400, """{"message":"Reason."}""")]
    [InlineData(422, """{"message":{"detail":[{"loc":["body","messages"],"msg":"Reason."}]}}""")]
    [InlineData(422, """{"detail":"Reason."}""")]
    [InlineData(400, """[{"error":{"message":"Reason."}}]""")]
    [InlineData(400, "Reason.\nAnd more.")]
    [InlineData(400, """{"title":"Bad","detail":"Reason."}""")]
    public async Task AReasonStandsOnOneLineWhateverItsForm(int status, string body)
    {
        LanguageModelException problem = await RefusedAsync(_ => new ChatReply { Status = status, Body = body });
        Assert.Contains("Reason.", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
        Assert.False(problem.IsTransient);
    }

    [Fact]
    public async Task WhatAServerSaysCannotWriteOnTheTerminalAndIsShort()
    {
        string message = "Red\u001b[31m\r\nand \u202Eback" + new string('w', 100_000);
        string body = JsonSerializer.Serialize(new { error = message });
        LanguageModelException problem = await RefusedAsync(_ => new ChatReply { Status = 400, Body = body });
        Assert.Contains("Red [31m and back", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(problem.Message, static letter => char.IsControl(letter) || letter == '\u202E');
        Assert.InRange(problem.Message.Length, 100, 500);
    }

    public static TheoryData<string, string> Refused { get; } =
        new()
        {
            {
                "seed",
                """{"object":"error","message":{"detail":[{"loc":"""
                    + """["body","seed"],"msg":"Extra inputs are not permitted","input":1}]}}"""
            },
            { "seed", """[{"error":{"code":400,"message":"Unknown name \"seed\": Cannot find field."}}]""" },
            { "seed", "unknown field `seed`, expected one of `model`" },
            {
                "temperature",
                """{"error":{"message":"'temperature' does not support 0.99. Only the default (1) value is supported."}}"""
            },
            { "temperature", """{"error":{"message":"invalid temperature: only 1 is allowed for this model"}}""" },
            { "stream", """{"error":{"message":"Streaming is not supported for this model."}}""" },
            { "max_tokens", """{"error":{"message":"'max_tokens' is not supported. Use 'max_completion_tokens' instead."}}""" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task AFieldThatAServerDoesNotTakeIsLeftOutFromThenOn(string field, string refusal)
    {
        await using ChatServer server = new(question =>
            question.Body.TryGetProperty(field, out _)
                ? new ChatReply { Status = 400, Body = refusal }
                : new ChatReply { Body = LanguageModelServerTests.Chunk("A frog.", "stop") }
        );
        using LanguageModelServer model = new(server.Endpoint, "loopback");
        for (int time = 0; time < 3; time++)
        {
            ChatResponse response = await model.GetResponseAsync(
                "Describe a frog:",
                Usual,
                TestContext.Current.CancellationToken
            );
            Assert.Equal("A frog.", response.Text);
        }

        Assert.Equal(4, server.Asked.Count);
        Assert.All(server.Asked, static question => Assert.Equal(50, question.MaxTokens));
        Assert.Equal(field == "temperature", model.Note is not null);
    }

    [Theory]
    [InlineData("""{"error":{"message":"temperature must be between 0 and 0.5"}}""")]
    [InlineData("""{"error":{"message":"This model's maximum context length is 10 tokens; you requested 50 in max_tokens."}}""")]
    [InlineData("""{"error":{"message":"Describe a pumpkin seed: is not allowed."}}""")]
    [InlineData("""{"error":{"message":"The messages are not valid."}}""")]
    public async Task ARefusalThatIsAboutSomethingElseIsAskedOnce(string refusal)
    {
        int asked = 0;
        await using ChatServer server = new(_ =>
        {
            asked++;
            return new ChatReply { Status = 400, Body = refusal };
        });
        using LanguageModelServer model = new(server.Endpoint, "loopback");
        await Assert.ThrowsAsync<LanguageModelException>(() =>
            model.GetResponseAsync("Describe a pumpkin seed:", Usual, TestContext.Current.CancellationToken)
        );
        Assert.Equal(1, asked);
    }

    private static async Task<LanguageModelException> RefusedAsync(Func<ChatQuestion, ChatReply> reply) =>
        await Assert.ThrowsAsync<LanguageModelException>(() => LanguageModelServerTests.AskAsync(reply, Usual));
}
