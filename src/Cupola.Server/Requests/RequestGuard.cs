using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cupola.Server.Requests;

/// <summary>
/// Lets in who may come. A service that listens on this machine alone is asked for by this machine's names alone, as a web page
/// could otherwise reach it by a name of its own that leads here (DNS rebinding); a page of another origin may ask nothing; and a
/// request carries a key where the operator has set some.
/// </summary>
internal sealed class RequestGuard(RequestDelegate next, ServiceSettings settings)
{
    /// <summary>What is asked without a key: whether the service is alive. Nothing is told.</summary>
    private static readonly string[] Open = ["/health/live", "/health/ready", "/ping"];

    private readonly bool _isLocal = settings.Urls.All(IsLocal);

    private readonly byte[][] _keys = [.. settings.ApiKeys.Select(Hash)];

    /// <summary>Whether an address to listen at is reached from this machine alone.</summary>
    public static bool IsLocal(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && IsLocalName(address.Host);

    /// <summary>Lets a request through, or says why not.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (_isLocal && !IsLocalName(request.Host.Host) && !IsAllowed(request.Host.Host))
        {
            throw new RequestException(
                StatusCodes.Status421MisdirectedRequest,
                "This service is asked for as localhost or 127.0.0.1; --urls makes it listen elsewhere, and the environment "
                    + "variable AllowedHosts names others."
            );
        }

        if (request.Headers.Origin is [{ } origin, ..] && !IsSameOrigin(origin, request.Host, IsAllowed))
        {
            throw new RequestException(StatusCodes.Status403Forbidden, "Pages of other origins may not ask this service.");
        }

        if (_keys.Length > 0 && !Open.Contains(request.Path.Value, StringComparer.Ordinal) && !HasKey(request))
        {
            context.Response.OnStarting(() =>
            {
                // A browser asks for a password by itself, and then sends it for the page's images too.
                context.Response.Headers.WWWAuthenticate = "Bearer, Basic realm=\"Cupola\", charset=\"UTF-8\"";
                return Task.CompletedTask;
            });
            throw new RequestException(
                StatusCodes.Status401Unauthorized,
                "This service wants an API key: 'Authorization: Bearer KEY' or 'x-api-key: KEY'; in a browser, as the password."
            );
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        ApiDocument.Secure(context);
        return next(context);
    }

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsSameOrigin(string origin, HostString host, Func<string, bool> isAllowed) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? address)
        && (address.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase) || isAllowed(address.Host));

    private bool IsAllowed(string host) => settings.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static IEnumerable<string> Sent(HttpRequest request)
    {
        foreach (string? key in request.Headers["x-api-key"])
        {
            yield return key ?? "";
        }

        foreach (string authorization in request.Headers.Authorization.OfType<string>())
        {
            if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            {
                yield return authorization["Bearer ".Length..].Trim();
            }

            byte[] pair = new byte[authorization.Length];
            if (
                authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
                && Convert.TryFromBase64String(authorization["Basic ".Length..].Trim(), pair, out int count)
            )
            {
                string text = Encoding.UTF8.GetString(pair, 0, count);
                yield return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
            }
        }
    }

    /// <summary>Compares hashes in a time that says nothing of the keys.</summary>
    private bool HasKey(HttpRequest request)
    {
        bool found = false;
        foreach (byte[] sent in Sent(request).Select(Hash))
        {
            foreach (byte[] key in _keys)
            {
                found |= CryptographicOperations.FixedTimeEquals(sent, key);
            }
        }

        return found;
    }
}
