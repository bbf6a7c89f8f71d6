using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cupola.Prompts.Writing;

namespace Cupola.LanguageModels;

/// <summary>Asks a server, shows it the key, and says in a sentence what it answers in place of a chat completion.</summary>
internal sealed class LanguageModelConnection : IDisposable
{
    private const string KeyVariable = "OPENAI_API_KEY";
    private const string AzureKeyVariable = "AZURE_OPENAI_API_KEY";

    private const string Example = "as in http://localhost:11434/v1";

    private const string AnswersAreStored = "what it has answered is stored, so another run goes on from there";

    private const int MostRead = 1 << 20;
    private const int MostShown = 300;

    // Shorter ones would be found in any word.
    private const int ShortestSecret = 6;

    // Parameters of an address that may be secrets.
    private static readonly string[] SecretNames = ["key", "token", "secret", "sig", "password", "code"];

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            // A redirect would carry the key elsewhere.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }
    )
    {
        // The writer's patience is the only limit, and counts anew with every word.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri _endpoint;
    private readonly string? _key;

    private LanguageModelConnection(Uri endpoint, string? key)
    {
        _endpoint = endpoint;
        _key = key;
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("cupola");
    }

    /// <summary>The server's name and port.</summary>
    public string Host => _endpoint.Authority;

    private string Variable => VariableOf(_endpoint);

    /// <summary>Where the key is: <c>OPENAI_API_KEY</c>, for Azure <c>AZURE_OPENAI_API_KEY</c> or else there too.</summary>
    public static LanguageModelConnection Open(Uri endpoint, Func<string, string?> variable)
    {
        string? key = (LanguageModelAddress.IsAzure(endpoint) ? Named(AzureKeyVariable) : null) ?? Named(KeyVariable);
        return key?.All(static letter => letter is > ' ' and <= '~') == false
            ? throw new ArgumentException($"The key in {VariableOf(endpoint)} holds white space or letters that no key has.")
            : new LanguageModelConnection(endpoint, key);

        string? Named(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    /// <summary>The answer to a question, of which nothing is read yet.</summary>
    /// <exception cref="LanguageModelRefusedException">It has a status that says that it is none.</exception>
    public async Task<HttpResponseMessage> AskAsync(Uri address, JsonObject body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        // Some servers take no request whose length they are not told first.
        await request.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = _key is null ? null : new AuthenticationHeaderValue("Bearer", _key);
        if (_key is not null && LanguageModelAddress.IsAzure(_endpoint))
        {
            request.Headers.TryAddWithoutValidation("api-key", _key);
        }

        HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            string said = await BeginningAsync(response.Content, cancellationToken).ConfigureAwait(false);
            TimeSpan? pause = response.Headers.RetryAfter is { } header
                ? header.Delta ?? header.Date - DateTimeOffset.UtcNow
                : null;
            throw new LanguageModelRefusedException(LanguageModelError.Read((int)response.StatusCode, said))
            {
                IsPage = said.TrimStart('\uFEFF', ' ', '\r', '\n').StartsWith('<'),
                RetryAfter = pause < TimeSpan.Zero ? TimeSpan.Zero : pause,
                Location = response.Headers.Location is { } location ? new Uri(address, location) : null,
            };
        }
    }

    /// <summary>The sentence for an error.</summary>
    public LanguageModelException Explain(LanguageModelRefusedException refused)
    {
        if (refused.Unreadable is { } said)
        {
            return Unreadable(said);
        }

        LanguageModelError error = refused.Error;
        string code = error.Status is { } status ? string.Create(CultureInfo.InvariantCulture, $" ({status})") : "";
        string because = error.Reason is { } reason && OneLine(reason) is { Length: > 0 } line ? $": {line.TrimEnd('.')}" : "";
        string sentence = error.Status switch
        {
            < 300 or 404 when refused.IsPage =>
                $"{Host} answers with a web page; the endpoint is the address that /chat/completions follows, {Example}.",
            >= 300 and < 400 => $"{Host} has moved{code}{Where(refused.Location)}; name the address where it is now.",
            401 or 403 when _key is null => $"{Host} wants a key{code}; set {Variable}{because}.",
            401 => $"{Host} refuses the key in {Variable}{code}{because}.",
            403 => $"{Host} refuses the key in {Variable}{code}, or what is asked with it{because}.",
            404 => $"{Host} knows no such model, or not this address{code}{because}.",
            407 => $"A proxy on the way to {Host} wants a name and a password{code}; give them in HTTPS_PROXY or HTTP_PROXY.",
            402 or 429 when error.HasNoCredit => $"{Host} has no credit left for this key{code}{because}.",
            429 when refused.RetryAfter is { } wait => string.Create(
                CultureInfo.InvariantCulture,
                $"{Host} is asked too often{code} and asks to come back in {wait.TotalSeconds:0} seconds{because}."
            ),
            429 => $"{Host} is asked too often{code}{because}.",
            >= 500 or 408 => $"{Host} fails{code}{because}; {AnswersAreStored}.",
            null when error.IsTransient => $"{Host} fails{because}; {AnswersAreStored}.",
            _ => $"{Host} refuses the question{code}{because}.",
        };
        return new LanguageModelException(sentence, (HttpStatusCode?)error.Status, refused)
        {
            IsTransient = error.IsTransient,
            RetryAfter = refused.RetryAfter,
        };
    }

    /// <summary>The sentence for an answer that does not end.</summary>
    public LanguageModelException Endless(Exception problem) =>
        new($"{Host} sends an answer that is longer than any; check what runs there.", innerException: problem);

    public void Dispose() => _http.Dispose();

    /// <summary>The sentence for an answer of which nothing could be read as one.</summary>
    private LanguageModelException Unreadable(string said)
    {
        string start = said.TrimStart();
        string what =
            start.StartsWith('<') ? "a web page"
            : start is ['{' or '[', ..] ? "JSON that is no stream of a chat completion"
            : "something that is no chat completion";
        return new($"{Host} answers with {what}; check that its address ends where /chat/completions begins, {Example}.");
    }

    private static string Where(Uri? location) => location is null ? "" : $" to {location.GetLeftPart(UriPartial.Authority)}";

    private static string VariableOf(Uri endpoint) => LanguageModelAddress.IsAzure(endpoint) ? AzureKeyVariable : KeyVariable;

    private static async Task<string> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        byte[] beginning = new byte[MostRead];
        int length = 0;
        try
        {
            Stream body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                length = await body.ReadAtLeastAsync(beginning, MostRead, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or InvalidDataException)
        {
            // The status says enough.
        }

        return Encoding.UTF8.GetString(beginning, 0, length);
    }

    /// <summary>
    /// What a server says, on one line and short, without what could write elsewhere on a terminal, and without the key.
    /// </summary>
    private string OneLine(string text)
    {
        string safe = text;
        foreach (string secret in Secrets().Where(static secret => secret.Length >= ShortestSecret))
        {
            safe = safe.Replace(secret, "…", StringComparison.OrdinalIgnoreCase);
        }

        StringBuilder line = new();
        foreach (Rune rune in safe.EnumerateRunes())
        {
            bool isShown =
                !Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune)
                    is not (
                        UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                        or UnicodeCategory.PrivateUse
                        or UnicodeCategory.OtherNotAssigned
                    );
            if (line.Length > MostShown)
            {
                return $"{line.ToString().TrimEnd()}…";
            }

            if (isShown)
            {
                line.Append(rune.ToString());
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().Trim();
    }

    private string[] Secrets()
    {
        string[] inAddress =
        [
            .. _endpoint.UserInfo.Split(':'),
            .. _endpoint
                .Query.TrimStart('?')
                .Split('&')
                .Select(static pair => pair.Split('=', 2))
                .Where(static pair =>
                    pair.Length == 2 && SecretNames.Any(name => pair[0].Contains(name, StringComparison.OrdinalIgnoreCase))
                )
                .Select(static pair => pair[1]),
        ];
        string[] inQueries = [.. inAddress, .. inAddress.Select(Uri.UnescapeDataString)];
        return _key is null ? inQueries : [_key, Uri.EscapeDataString(_key), .. inQueries];
    }
}
