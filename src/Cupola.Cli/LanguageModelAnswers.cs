using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Cupola.Prompts;

namespace Cupola.Cli;

/// <summary>Shows a server the key, and turns what it answers in place of a chat completion into a sentence.</summary>
internal sealed class LanguageModelAnswers : DelegatingHandler
{
    private const string KeyVariable = "OPENAI_API_KEY";
    private const string AzureKeyVariable = "AZURE_OPENAI_API_KEY";

    private const int MostRead = 1 << 16;
    private const int MostShown = 200;

    private readonly Uri _endpoint;
    private readonly string? _key;

    private LanguageModelAnswers(Uri endpoint, string? key)
        : base(new SocketsHttpHandler
        {
            // A redirect would carry the key elsewhere, and no server of this protocol sends one.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
    {
        _endpoint = endpoint;
        _key = key;
    }

    /// <summary>Where the key is: <c>OPENAI_API_KEY</c>, for Azure <c>AZURE_OPENAI_API_KEY</c> or else there too.</summary>
    public static LanguageModelAnswers Of(Uri endpoint, Func<string, string?> variable)
    {
        string? key = (IsAzure(endpoint) ? Named(AzureKeyVariable) : null) ?? Named(KeyVariable);
        return key?.All(static letter => letter is > ' ' and <= '~') == false
            ? throw new ArgumentException($"The key in {VariableOf(endpoint)} holds white space or letters that no key has.")
            : new LanguageModelAnswers(endpoint, key);

        string? Named(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    public static bool IsOpenAi(Uri endpoint) => endpoint.Host.EndsWith("api.openai.com", StringComparison.OrdinalIgnoreCase);

    public static bool IsAzure(Uri endpoint) => endpoint.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = _key is null ? null : new AuthenticationHeaderValue("Bearer", _key);
        if (_key is not null && IsAzure(_endpoint))
        {
            request.Headers.TryAddWithoutValidation("api-key", _key);
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        bool isPage = IsOf(response, "text/html");
        if (response.IsSuccessStatusCode && !isPage && !IsOf(response, "application/json"))
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, isPage, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsOf(HttpResponseMessage response, string mediaType) => mediaType.Equals(response.Content.Headers.ContentType?.MediaType, StringComparison.OrdinalIgnoreCase);

    private static string VariableOf(Uri endpoint) => IsAzure(endpoint) ? AzureKeyVariable : KeyVariable;

    private async Task<LanguageModelException> RefusalAsync(HttpResponseMessage response, bool isPage, CancellationToken cancellationToken)
    {
        HttpStatusCode status = response.StatusCode;
        string host = _endpoint.Authority;
        (string? said, string? code) = isPage ? (null, null) : await ErrorAsync(response.Content, cancellationToken).ConfigureAwait(false);
        string because = said is null ? "" : $": {said.TrimEnd('.')}";
        string variable = VariableOf(_endpoint);
        TimeSpan? pause = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - DateTimeOffset.UtcNow : null;
        bool hasNoCredit = code == "insufficient_quota";
        string sentence = status switch
        {
            _ when isPage && (int)status is < 300 or 404 =>
                $"{host} answers with a web page; the endpoint is the address that /chat/completions follows, as in http://localhost:11434/v1.",
            _ when response.IsSuccessStatusCode => $"{host} answers with JSON that is no stream of a chat completion; check that its address ends where /chat/completions begins.",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when _key is null => $"{host} wants a key ({(int)status}); set {variable}.",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"{host} refuses the key in {variable} ({(int)status}).",
            HttpStatusCode.NotFound => $"{host} knows no such model, or not this address ({(int)status}){because}.",
            HttpStatusCode.TooManyRequests when hasNoCredit => $"{host} has no credit left for this key ({(int)status}){because}.",
            HttpStatusCode.TooManyRequests when pause is { } wait => FormattableString.Invariant($"{host} is asked too often ({(int)status}) and asks to come back in {wait.TotalSeconds:0} seconds."),
            HttpStatusCode.TooManyRequests => $"{host} is asked too often ({(int)status}); run the command again later, or with fewer questions at a time (--concurrency).",
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => $"{host} fails ({(int)status}){because}; what it has answered is stored, so another run goes on from there.",
            _ => $"{host} refuses the question ({(int)status}){because}.",
        };
        return new LanguageModelException(sentence, status)
        {
            IsPassing = !hasNoCredit && status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
            RetryAfter = pause < TimeSpan.Zero ? TimeSpan.Zero : pause,
        };
    }

    /// <summary>What the server says of an error, on one line and short: <c>{"error": {"message": …, "code": …}}</c>, or <c>{"error": …}</c>.</summary>
    private static async Task<(string? Message, string? Code)> ErrorAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MostRead, cancellationToken).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            JsonElement error = document.RootElement.GetProperty("error");
            bool isObject = error.ValueKind == JsonValueKind.Object;
            string? message = isObject ? error.GetProperty("message").GetString() : error.GetString();
            return (message is null ? null : OneLine(message), isObject && error.TryGetProperty("code", out JsonElement code) ? code.ToString() : null);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The status says enough.
            return (null, null);
        }
    }

    private static string OneLine(string text) =>
        string.Concat((text.Length > MostShown ? text[..MostShown] + "…" : text).Select(static letter => char.IsControl(letter) ? ' ' : letter)).Trim();
}
