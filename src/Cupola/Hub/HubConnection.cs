using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Polly;
using Polly.Retry;

namespace Cupola.Hub;

/// <summary>
/// HTTP for the hub: redirects are followed here, so that the token never leaves the endpoint's host and the headers of a
/// redirect can be read; transient failures are retried after growing pauses or the one that the hub asks for; a connection that
/// times out counts as broken.
/// </summary>
internal sealed class HubConnection(HubOptions settings)
{
    private const int RedirectLimit = 10;
    private const int RetryLimit = 5;

    // A person is waiting: a longer pause is reported instead.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private static readonly HttpClient Client = CreateClient();

    private readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder()
        .AddRetry(
            new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HubAnswerException>(answer => answer.IsTransient),
                MaxRetryAttempts = RetryLimit,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = settings.FirstPause,
                MaxDelay = LongestPause,
                DelayGenerator = retry => ValueTask.FromResult((retry.Outcome.Exception as HubAnswerException)?.RetryAfter),
            }
        )
        .Build();

    /// <summary>Retries an action until it succeeds, fails permanently, or has failed too often.</summary>
    public Task RetryAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellationToken) =>
        _retries.ExecuteAsync(async token => await attempt(token).ConfigureAwait(false), cancellationToken).AsTask();

    /// <summary>
    /// Sends a request and returns its answer: a success, a 416, or the first redirect that <paramref name="isAnswer"/> accepts.
    /// <paramref name="what"/> names the requested thing in error messages.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri address,
        string what,
        long from,
        Func<HttpResponseMessage, bool>? isAnswer,
        CancellationToken cancellationToken
    )
    {
        for (int redirects = 0; redirects <= RedirectLimit; redirects++)
        {
            HttpResponseMessage response = await SendOnceAsync(method, address, what, from, cancellationToken)
                .ConfigureAwait(false);
            bool isRedirect =
                response.StatusCode
                is HttpStatusCode.MovedPermanently
                    or HttpStatusCode.Found
                    or HttpStatusCode.SeeOther
                    or HttpStatusCode.TemporaryRedirect
                    or HttpStatusCode.PermanentRedirect;
            bool isSuccess = response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;
            if (isSuccess || (isRedirect && isAnswer?.Invoke(response) == true))
            {
                return response;
            }

            using (response)
            {
                address = isRedirect ? Target(address, response.Headers.Location, what) : throw Refusal(response, address, what);
            }
        }

        throw new InvalidDataException($"{settings.Endpoint.Host} redirects {what} more than {RedirectLimit} times.");
    }

    /// <summary>Reads more of a body; a timeout or an early end counts as a broken connection.</summary>
    public Task<int> ReadAsync(Stream body, Memory<byte> buffer, string what, CancellationToken cancellationToken) =>
        WithTimeoutAsync(
            async token => await body.ReadAsync(buffer, token).ConfigureAwait(false),
            settings.Endpoint,
            what,
            cancellationToken
        );

    /// <summary>A transient failure.</summary>
    public static HubAnswerException Broken(string message, Exception? innerException = null) =>
        new(message, null, innerException) { IsTransient = true };

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method,
        Uri address,
        string what,
        long from,
        CancellationToken cancellationToken
    )
    {
        using HttpRequestMessage request = new(method, address);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        if (settings.Token is { } token && IsEndpoint(address))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await WithTimeoutAsync(
                limited => Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited),
                address,
                what,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task<T> WithTimeoutAsync<T>(
        Func<CancellationToken, Task<T>> step,
        Uri address,
        string what,
        CancellationToken cancellationToken
    )
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.RequestTimeout);
        try
        {
            return await step(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw Broken(
                $"{address.Host} stopped sending {what}; the bytes so far are kept, so another run resumes there.",
                problem
            );
        }
        catch (HttpRequestException problem)
            when (problem.HttpRequestError
                    is HttpRequestError.NameResolutionError
                        or HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError
            )
        {
            // An unknown or untrusted host stays so; a retry would only keep a person without a network waiting.
            throw new HubAnswerException(
                $"{address.Host} cannot be reached for {what} ({problem.Message}); check the network, name a mirror in "
                    + "HF_ENDPOINT, or use a folder that has the model.",
                null,
                problem
            )
            {
                IsTransient =
                    problem.HttpRequestError != HttpRequestError.NameResolutionError
                    && problem.InnerException is not AuthenticationException,
            };
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            throw Broken(
                $"The connection to {address.Host} broke off while sending {what}; the bytes so far are kept, so another run "
                    + "resumes there.",
                problem
            );
        }
    }

    private HubAnswerException Refusal(HttpResponseMessage response, Uri address, string what)
    {
        HttpStatusCode status = response.StatusCode;
        TimeSpan? pause = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - DateTimeOffset.UtcNow : null;
        bool isForbidden = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

        // Storage refuses an address that has expired; the next attempt asks the endpoint for a new one.
        bool isPassing =
            (isForbidden && !IsEndpoint(address))
            || status
                is HttpStatusCode.RequestTimeout
                    or HttpStatusCode.TooManyRequests
                    or HttpStatusCode.InternalServerError
                    or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.GatewayTimeout;
        bool hasToken = settings.Token is not null;
        string way = status switch
        {
            _ when isPassing && pause > LongestPause => FormattableString.Invariant(
                $"it asks to wait for {pause.Value.TotalSeconds:F0} seconds"
            ),
            HttpStatusCode.TooManyRequests => "too many requests came from here; wait a while, or set HF_TOKEN",
            _ when isForbidden && !isPassing && hasToken =>
                "the token in HF_TOKEN does not open it: accept the terms of a gated model on its page, or use a token that may "
                    + "read a private one",
            _ when isForbidden && !isPassing =>
                "a gated or private model needs a token in HF_TOKEN, and a misspelled name gets the same answer",
            HttpStatusCode.NotFound when hasToken =>
                "there is no such model or revision, or the token in HF_TOKEN does not open it",
            HttpStatusCode.NotFound => "there is no such model or revision, or it is private and needs a token in HF_TOKEN",
            _ => "try again later",
        };
        return new HubAnswerException(
            FormattableString.Invariant($"{address.Host} refuses {what} ({(int)status}): {way}."),
            status
        )
        {
            IsTransient = isPassing && !(pause > LongestPause),
            RetryAfter = pause < TimeSpan.Zero ? TimeSpan.Zero : pause,
        };
    }

    private static Uri Target(Uri address, Uri? location, string what)
    {
        Uri? target = location is null ? null : new Uri(address, location);
        if (
            target is not null
            && (
                target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp)
            )
        )
        {
            return target;
        }

        string destination = target is null ? "nowhere" : HubJson.Quote(target.GetLeftPart(UriPartial.Path));
        throw new InvalidDataException($"{address.Host} redirects {what} to {destination}, which is not a safe web address.");
    }

    private bool IsEndpoint(Uri address) =>
        Uri.Compare(
            address,
            settings.Endpoint,
            UriComponents.SchemeAndServer,
            UriFormat.UriEscaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0;

    private static HttpClient CreateClient()
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("cupola");
        return client;
    }
}
