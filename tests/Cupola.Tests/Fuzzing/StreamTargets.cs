using Cupola.LanguageModels;

namespace Cupola.Tests.Fuzzing;

/// <summary>What a language model's server answers, as a stream and at once.</summary>
internal static class StreamTargets
{
    private const string Events = """
        : alive

        event: message
        data: {"choices":[{"delta":{"role":"assistant","content":"A cat"},"finish_reason":null,"index":0}],"model":"m"}

        data: {"choices":[{"delta":{"content":" has whiskers."},"finish_reason":"stop"}],"usage":{"total_tokens":3}}

        data: [DONE]

        """;

    private const string Answer = """
        {"choices":[{"message":{"role":"assistant","content":[{"type":"text","text":"A cat."}]},"finish_reason":"stop"}],
         "object":"chat.completion"}
        """;

    private const string Refusal =
        """{"error":{"message":"The model is not loaded.","type":"invalid_request_error","code":"model_not_found"}}""";

    private static readonly LanguageModelConnection Connection = LanguageModelConnection.Open(
        new Uri("http://localhost:11434/v1"),
        static _ => null
    );

    public static IEnumerable<FuzzTarget> All() =>
        [
            new("stream", [FuzzSeed.Of("answer.txt", InputForm.Events, Events)], Read),
            new("answer", [FuzzSeed.Of("answer.json", InputForm.Json, Answer)], Read),
            new("refusal", [FuzzSeed.Of("refusal.json", InputForm.Json, Refusal)], Refuse),
        ];

    private static void Read(string path, Action<string> told)
    {
        try
        {
            ReadAsync(path).GetAwaiter().GetResult();
        }
        catch (LanguageModelRefusedException refused)
        {
            told(Connection.Explain(refused).Message);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            // The end of a sentence, which whoever asks again begins.
            told($"{exception.Message}.");
        }
    }

    private static async Task ReadAsync(string path)
    {
        await using FileStream body = File.OpenRead(path);
        LanguageModelAnswer answer = new();
        await foreach (LanguageModelEvent sent in LanguageModelEvents.ReadAsync(body, CancellationToken.None))
        {
            if (!answer.IsAtEnd)
            {
                answer.Read(sent);
            }
        }

        answer.RequireEnd();
    }

    private static void Refuse(string path, Action<string> told) =>
        told(Connection.Explain(new LanguageModelRefusedException(LanguageModelError.Read(400, File.ReadAllText(path)))).Message);
}
