using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Cupola.Cli;
using Cupola.Tests.Prompts.Writing;
using Microsoft.Extensions.AI;

namespace Cupola.Tests.Cli;

/// <summary>Answers as servers of OpenAI's protocol give them, which differ in all that the answer does not need.</summary>
public sealed class LanguageModelServerTests
{
    private const string Sentence = "A tree frog is a small green frog.";

    private static string Whole { get; } = Chunk(Sentence) + Chunk(null, "stop") + "data: [DONE]\n\n";

    public static TheoryData<string, string> Streams { get; } =
        new()
        {
            { "as OpenAI", Whole },
            { "no reason until the end", Chunk(Sentence, "") + Chunk(null, "stop") },
            { "another reason", Chunk(Sentence) + Chunk(null, "eos") },
            { "a number for a reason", $$$"""data: {"choices":[{"delta":{"content":"{{{Sentence}}}"},"finish_reason":5}]}""" },
            { "Gemini's name for it", $$$"""data: {"choices":[{"delta":{"content":"{{{Sentence}}}"},"finishReason":"stop"}]}""" },
            { "no reason, but an end", Chunk(Sentence) + "data: [DONE]\n\n" },
            { "another role", Changed("\"delta\":{", "\"delta\":{\"role\":\"\",") },
            { "a time with a fraction", Changed("\"created\":1", "\"created\":1700000000.25") },
            { "a time as a text", Changed("\"created\":1", "\"created\":\"now\"") },
            { "an index as a text", Changed("\"index\":0", "\"index\":\"0\"") },
            { "usage as a text", Changed("\"created\":1", "\"usage\":\"none\",\"id\":null,\"system_fingerprint\":7") },
            { "no error", Changed("\"created\":1", "\"error\":null") },
            { "an empty error", Changed("\"created\":1", "\"error\":\"\"") },
            { "lines that end otherwise", Whole.Replace("\n", "\r\n", StringComparison.Ordinal) },
            { "carriage returns", Whole.Replace('\n', '\r') },
            { "no spaces", Whole.Replace("data: ", "data:", StringComparison.Ordinal) },
            { "no empty lines", Whole.Replace("\n\n", "\n", StringComparison.Ordinal) },
            { "a byte order mark", "\uFEFF" + Whole },
            { "comments", ": OPENROUTER PROCESSING\n\n" + Whole },
            { "names of events", Whole.Replace("data: ", "event: message\nid: 4\nretry: 10\ndata: ", StringComparison.Ordinal) },
            { "the field twice", Whole.Replace("data: ", "data: data: ", StringComparison.Ordinal) },
            { "Azure's first chunk", "data: {\"choices\":[],\"prompt_filter_results\":[{}]}\n\n" + Whole },
            { "a chunk without choices", Chunk(Sentence) + "data: {\"usage\":{}}\n\n" + Chunk(null, "stop") },
            { "something between", "data: {broken\n\n" + Chunk(Sentence) + "hello\n\n" + Chunk(null, "stop") },
            {
                "on several lines",
                $$$"""
                    data: {
                    data: "choices": [{"delta": {"content": "{{{Sentence}}}"}, "finish_reason": "stop"}]
                    data: }
                    """
            },
            {
                "thinking beside",
                """data: {"choices":[{"delta":{"reasoning_content":"The user","content":null}}]}""" + "\n\n" + Whole
            },
            {
                "parts",
                $$$"""
                    data: {"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]}}]}

                    data: {"choices":[{"delta":{"content":[{"type":"text","text":"{{{Sentence}}}"}]},"finish_reason":"stop"}]}
                    """
            },
            { "the message at once", Message },
            { "the message on many lines", JsonSerializer.Serialize(JsonDocument.Parse(Message), Indented) },
            { "the message in an event", $"data: {Message}\n\n" },
            { "the message once more at the end", Chunk(Sentence) + $"data: {Message}\n\n" },
            { "lines of JSON", Changed("data: ", "").Replace("\n\n", "\n", StringComparison.Ordinal) },
            { "an older completion", $$$"""data: {"choices":[{"text":"{{{Sentence}}}","finish_reason":"stop"}]}""" },
        };

    private static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    private static string Message =>
        $$$"""{"id":"x","choices":[{"index":0,"message":"""
            + $$$"""{"role":"assistant","content":"{{{Sentence}}}"},"finish_reason":"stop"}]}""";

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task AnAnswerIsReadWhateverElseStandsThere(string kind, string body)
    {
        foreach (string type in (string[])["text/event-stream", "application/json", "text/html", "nothing/known; charset=odd"])
        {
            ChatResponse response = await AskAsync(_ => new ChatReply { Body = body, ContentType = type });
            Assert.True(response.Text == Sentence, $"{kind}, {type}: {response.Text}");
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        }
    }

    [Theory]
    [InlineData("length")]
    [InlineData("max_tokens")]
    [InlineData("MAX_TOKENS")]
    [InlineData("model_length")]
    [InlineData("FinishReason.MAX_TOKENS")]
    [InlineData("max_output_tokens")]
    public async Task EveryWordForTheLimitMeansThatTheAnswerWasCut(string reason)
    {
        string body = Chunk("A tree") + Chunk(null, reason) + Chunk(null, "stop");
        ChatResponse response = await AskAsync(_ => new ChatReply { Body = body });
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task AnEmojiThatIsCutInTwoIsOne()
    {
        const string halves = """
            data: {"choices":[{"delta":{"content":"A \"frog\" \ud83d"}}]}

            data: {"choices":[{"delta":{"content":"\udc38\n"},"finish_reason":"stop"}]}
            """;
        Assert.Equal("A \"frog\" 🐸\n", (await AskAsync(static _ => new ChatReply { Body = halves })).Text);
    }

    [Theory]
    [InlineData("/v1", "/v1/chat/completions")]
    [InlineData("/v1/", "/v1/chat/completions")]
    [InlineData("/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/v1beta/openai/", "/v1beta/openai/chat/completions")]
    [InlineData(
        "/openai/deployments/gpt?api-version=2024-06-01",
        "/openai/deployments/gpt/chat/completions?api-version=2024-06-01"
    )]
    [InlineData("/chat", "/chat/chat/completions")]
    [InlineData("/", "/chat/completions", "/v1/chat/completions")]
    [InlineData("/api/", "/api/chat/completions", "/api/v1/chat/completions")]
    public async Task AnAddressIsUnderstoodWithAndWithoutItsVersion(string named, params string[] asked)
    {
        await using ChatServer server = new(question =>
            question.Path == asked[^1]
                ? new ChatReply { Body = Whole }
                : new ChatReply { Status = 404, Body = "404 page not found" }
        );
        using LanguageModelServer model = new(new Uri(server.Endpoint, named), "loopback");
        for (int time = 0; time < 2; time++)
        {
            ChatResponse response = await model.GetResponseAsync(
                "Describe a frog:",
                options: null,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(Sentence, response.Text);
        }

        Assert.Equal([.. asked, asked[^1]], server.Asked.Select(static question => question.Path));
    }

    [Fact]
    public async Task ACompressedAnswerIsRead()
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(Whole));
        }

        Assert.Equal(Sentence, (await AskAsync(_ => new ChatReply { Bytes = packed.ToArray(), Encoding = "gzip" })).Text);
    }

    internal static string Chunk(string? text, string? finish = null) =>
        $"data: {JsonSerializer.Serialize(new
        {
            created = 1,
            choices = new[]
        {
            new
            {
                index = 0,
                delta = text is null ? new { } : (object)new { content = text },
                finish_reason = finish,
            },
        },
        })}\n\n";

    internal static async Task<ChatResponse> AskAsync(Func<ChatQuestion, ChatReply> reply, ChatOptions? options = null)
    {
        await using ChatServer server = new(reply);
        using LanguageModelServer model = new(server.Endpoint, "loopback");
        return await model.GetResponseAsync("Describe a frog:", options, TestContext.Current.CancellationToken);
    }

    private static string Changed(string what, string into) => Whole.Replace(what, into, StringComparison.Ordinal);
}
