using System.Buffers;
using System.Text.Json;
using Cupola.Files;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Requests;

/// <summary>Reads bodies of requests within the service's limits.</summary>
internal sealed class RequestBody(ServiceLimits limits, BodyBudget budget)
{
    private const int FirstBytes = 4096;

    private const int PassedBytes = 1 << 16;

    /// <summary>How much of a body that is too large is read and thrown away.</summary>
    private const long MostPassedBytes = 256 << 20;

    /// <summary>A body of JSON, read into a type.</summary>
    /// <exception cref="RequestException">It is too large, is not JSON, or not of the type.</exception>
    public async Task<T> ReadJsonAsync<T>(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new RequestException(
                StatusCodes.Status415UnsupportedMediaType,
                "The body must be JSON, and the request must say so by 'Content-Type: application/json'."
            );
        }

        ReadOnlyMemory<byte> bytes = await ReadBytesAsync(context, cancellationToken);
        try
        {
            CountParts(bytes.Span);
            using JsonDocument document = UnicodeJson.Parse(bytes, new() { MaxDepth = limits.JsonDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Deserialize<T>(Answers.Json)!
                : throw RequestException.Bad("The body must be a JSON object.");
        }
        catch (JsonException problem)
        {
            throw RequestException.Bad(
                Sentence(problem),
                problem.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : null
            );
        }
    }

    /// <summary>Refuses JSON of very many parts before each takes memory of its own.</summary>
    private void CountParts(ReadOnlySpan<byte> bytes)
    {
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = limits.JsonDepth });
        for (int parts = 0; reader.Read(); parts++)
        {
            if (parts >= limits.JsonParts)
            {
                throw RequestException.TooLarge(
                    Invariant($"The body has more than the {limits.JsonParts} parts that the service takes.")
                );
            }
        }
    }

    /// <summary>The bytes of a body, which stay counted until the request is answered.</summary>
    /// <exception cref="RequestException">There are too many.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > limits.BodyBytes)
        {
            throw await RefuseAsync(context, TooLarge(), cancellationToken);
        }

        BodyBudget.Account account = budget.Open();
        context.Response.RegisterForDispose(account);
        byte[] bytes = [];
        int count = 0;
        while (true)
        {
            if (count == bytes.Length)
            {
                // What is only announced takes no memory from those who send. The last read finds the end.
                long most = (context.Request.ContentLength ?? limits.BodyBytes) + 1;
                long length = Math.Min(Math.Max(FirstBytes, 2L * bytes.Length), Math.Max(most, FirstBytes));
                if (!account.TryTake(length - bytes.Length))
                {
                    bytes = [];
                    throw await RefuseAsync(context, RequestException.Busy(1), cancellationToken);
                }

                Array.Resize(ref bytes, (int)length);
            }

            int read = await context.Request.Body.ReadAsync(bytes.AsMemory(count), cancellationToken);
            count += read;
            if (count > limits.BodyBytes)
            {
                bytes = [];
                throw await RefuseAsync(context, TooLarge(), cancellationToken);
            }

            if (read == 0)
            {
                return bytes.AsMemory(0, count);
            }
        }
    }

    /// <summary>
    /// Reads on for a while and keeps nothing: whoever is still sending when a connection is closed never reads the answer.
    /// </summary>
    private static async Task<RequestException> RefuseAsync(
        HttpContext context,
        RequestException problem,
        CancellationToken cancellationToken
    )
    {
        byte[] passed = ArrayPool<byte>.Shared.Rent(PassedBytes);
        try
        {
            for (long left = MostPassedBytes; left > 0;)
            {
                int read = await context.Request.Body.ReadAsync(passed, cancellationToken);
                left = read == 0 ? 0 : left - read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(passed);
        }

        return problem;
    }

    private RequestException TooLarge() =>
        RequestException.TooLarge(Invariant($"The body is larger than the {limits.BodyBytes >> 20} MiB that the service takes."));

    private static string Sentence(JsonException problem) =>
        problem.Path is { Length: > 1 } path ? $"The body's '{path.TrimStart('$', '.')}' is not what is asked for there."
        : problem.LineNumber is { } line
            ? Invariant($"The body cannot be read as JSON (line {line + 1}, byte {problem.BytePositionInLine + 1}).")
        : "The body cannot be read as JSON: a text in it is not Unicode.";
}
