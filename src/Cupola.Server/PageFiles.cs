using System.Reflection;
using System.Security.Cryptography;
using Cupola.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Cupola.Server;

/// <summary>
/// The page: files that are embedded in the program, by their exact names. <c>/</c> is <c>index.html</c>, <c>/page/x.js</c> is
/// <c>Page/x.js</c>.
/// </summary>
internal static class PageFiles
{
    private const string Prefix = "Page/";

    /// <summary>Scripts, styles and images come from the service itself and from nowhere else.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        + "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly Assembly Here = typeof(PageFiles).Assembly;

    private static readonly Dictionary<string, Lazy<(byte[] Bytes, string Tag)>> Files = Here.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(
            static name => name[Prefix.Length..].Replace('\\', '/'),
            static name => new Lazy<(byte[], string)>(() => Read(name)),
            StringComparer.Ordinal
        );

    /// <summary>One file.</summary>
    /// <exception cref="RequestException">There is none of that name.</exception>
    public static IResult Get(string name, HttpContext context)
    {
        if (!Files.TryGetValue(name, out Lazy<(byte[] Bytes, string Tag)>? file) || TypeOf(name) is not { } type)
        {
            throw RequestException.NotFound("The page has no such file.");
        }

        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = file.Value.Tag;
        return context.Request.Headers.IfNoneMatch == file.Value.Tag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(file.Value.Bytes, type);
    }

    private static string? TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" or ".mjs" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".webmanifest" => "application/manifest+json",
            ".woff2" => "font/woff2",
            _ => null,
        };

    private static (byte[] Bytes, string Tag) Read(string resource)
    {
        using Stream stream = Here.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, $"\"{Convert.ToHexString(SHA256.HashData(bytes), 0, 8)}\"");
    }
}
