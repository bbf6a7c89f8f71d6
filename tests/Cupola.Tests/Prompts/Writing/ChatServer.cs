using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cupola.Tests.Hub;

namespace Cupola.Tests.Prompts.Writing;

/// <summary>What a client asked.</summary>
internal sealed record ChatQuestion(
    int Number,
    string Text,
    int Seed,
    int MaxTokens,
    JsonElement Body,
    IReadOnlyDictionary<string, string> Headers,
    string Path
)
{
    /// <summary>Which answer is asked for, with how much room.</summary>
    public (string, int, int) Key => (Text, Seed, MaxTokens);
}

/// <summary>What it is told.</summary>
internal sealed record ChatReply
{
    public int Status { get; init; } = 200;

    /// <summary>The answer's text; a word counts as a token, and what is behind the question's limit is cut.</summary>
    public string Text { get; init; } = "";

    /// <summary>What is sent in place of a stream of pieces, and its kind.</summary>
    public string? Body { get; init; }

    /// <summary>The same, where it is no text, and how it is packed.</summary>
    public byte[]? Bytes { get; init; }

    public string? Encoding { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string? RetryAfter { get; init; }

    /// <summary>How many pieces are sent before the connection is closed; all where nothing is said.</summary>
    public int? BreakAfter { get; init; }

    /// <summary>The pause before each piece.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What must happen before anything is said.</summary>
    public Task SilentUntil { get; init; } = Task.CompletedTask;
}

/// <summary>
/// A server on this machine's loopback that speaks OpenAI's protocol of streamed chat completions, and can be slow, refuse and
/// break off.
/// </summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private const int WordsInAPiece = 8;

    private readonly LoopbackListener _listener;
    private readonly ConcurrentQueue<ChatQuestion> _asked = new();
    private readonly Func<ChatQuestion, ChatReply> _reply;
    private int _number;
    private int _delivered;

    public ChatServer(Func<ChatQuestion, ChatReply> reply)
    {
        _reply = reply;
        _listener = new(ServeAsync);
        Endpoint = new Uri($"http://127.0.0.1:{_listener.Port}/v1");
    }

    public Uri Endpoint { get; }

    /// <summary>All questions, in the order in which they came.</summary>
    public IReadOnlyList<ChatQuestion> Asked => [.. _asked];

    /// <summary>How many answers were sent to their end.</summary>
    public int Delivered => Volatile.Read(ref _delivered);

    /// <summary>
    /// One sentence and more for each question and seed, always the same: some with a first sentence of more than 50 words, a few
    /// without an end.
    /// </summary>
    public static string Answer(string question, int seed)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{question} {seed}"));
        int length = hash[0] switch
        {
            < 3 => 250,
            < 20 => 70,
            _ => 5 + (hash[1] % 25),
        };
        string words = string.Join(' ', Enumerable.Range(0, length).Select(word => $"word{(hash[word % 32] + word) % 100}"));
        return $"It is {words} of 3.5 cm. And it is more than that.";
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(NetworkStream stream, CancellationToken stopped)
    {
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        while (await ReadAsync(reader, stopped) is { } question)
        {
            _asked.Enqueue(question);
            ChatReply reply = _reply(question);
            await reply.SilentUntil.WaitAsync(stopped);
            bool isStream = reply.Status == 200 && reply.Body is null && reply.Bytes is null;
            if (!(isStream ? await StreamAsync(stream, question, reply, stopped) : await RefuseAsync(stream, reply, stopped)))
            {
                return;
            }
        }
    }

    private async Task<ChatQuestion?> ReadAsync(StreamReader reader, CancellationToken stopped)
    {
        if (await reader.ReadLineAsync(stopped) is not { Length: > 0 } first)
        {
            return null;
        }

        string[] request = first.Split(' ');
        Assert.Equal(["POST", "HTTP/1.1"], [request[0], request[2]]);
        Dictionary<string, string> headers = await LoopbackListener.ReadHeadersAsync(reader, stopped);
        char[] body = new char[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        await reader.ReadBlockAsync(body, stopped);
        JsonElement root = JsonDocument.Parse(Encoding.Latin1.GetBytes(body)).RootElement;
        return new ChatQuestion(
            Interlocked.Increment(ref _number),
            root.GetProperty("messages")[0].GetProperty("content").GetString()!,
            Number("seed"),
            Math.Max(Number("max_tokens"), Number("max_completion_tokens")),
            root,
            headers,
            request[1]
        );

        int Number(string field) => root.TryGetProperty(field, out JsonElement value) ? value.GetInt32() : 0;
    }

    private static async Task<bool> RefuseAsync(NetworkStream stream, ChatReply reply, CancellationToken stopped)
    {
        byte[] body = reply.Bytes ?? Encoding.UTF8.GetBytes(reply.Body ?? "");
        string head =
            $"HTTP/1.1 {reply.Status} Whatever\r\nContent-Type: {reply.ContentType}\r\nContent-Length: {body.Length}\r\n"
            + (reply.Encoding is null ? "" : $"Content-Encoding: {reply.Encoding}\r\n")
            + (reply.RetryAfter is null ? "" : $"Retry-After: {reply.RetryAfter}\r\n");
        await stream.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head + "\r\n"), .. body], stopped);
        return true;
    }

    private async Task<bool> StreamAsync(NetworkStream stream, ChatQuestion question, ChatReply reply, CancellationToken stopped)
    {
        string[] words = reply.Text.Split(' ');
        string[][] pieces = [.. words.Take(question.MaxTokens).Chunk(WordsInAPiece)];
        if (reply.BreakAfter == 0)
        {
            return false;
        }

        await WriteAsync(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            stopped
        );
        for (int index = 0; index < pieces.Length; index++)
        {
            await Task.Delay(reply.Delay, stopped);
            await WriteChunkAsync(stream, Piece((index == 0 ? "" : " ") + string.Join(' ', pieces[index]), null), stopped);
            if (reply.BreakAfter == index + 1)
            {
                return false;
            }
        }

        await WriteChunkAsync(
            stream,
            Piece("", words.Length > question.MaxTokens ? "length" : "stop") + "data: [DONE]\n\n",
            stopped
        );
        await WriteAsync(stream, "0\r\n\r\n", stopped);
        Interlocked.Increment(ref _delivered);
        return true;
    }

    private static string Piece(string text, string? finish) =>
        $"data: {JsonSerializer.Serialize(new
        {
            id = "chat-1",
            @object = "chat.completion.chunk",
            created = 1,
            model = "loopback",
            choices = new[] { new { index = 0, delta = new { role = "assistant", content = text }, finish_reason = finish } },
        })}\n\n";

    private static Task WriteChunkAsync(NetworkStream stream, string text, CancellationToken stopped) =>
        WriteAsync(stream, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n", stopped);

    private static Task WriteAsync(NetworkStream stream, string text, CancellationToken stopped) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), stopped).AsTask();
}
