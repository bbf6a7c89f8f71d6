using System.Net;
using System.Reflection;
using static System.FormattableString;

namespace Cupola.Images;

/// <summary>Downloads images from http and https addresses, with limits of size and time and an identifying user agent.</summary>
internal static class ImageAddress
{
    /// <summary>More than any image that a person would name; a response may be endless.</summary>
    private const int MaximumBytes = 256 << 20;

    /// <summary>The most redirects that are followed.</summary>
    private const int MaximumRedirects = 10;

    private const int CopyBytes = 81920;

    /// <summary>The time for the whole request, from name resolution to the last byte.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    private static readonly Lazy<HttpClient> Client = new(static () => CreateClient(null));

    private static readonly Lazy<HttpClient> PublicClient = new(static () => CreateClient(PublicAddress.ConnectAsync));

    private static HttpClient CreateClient(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            // The address of a name may change while the process runs.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = connect,
            // A proxy would connect in our place, wherever it is told to.
            UseProxy = connect is null,
        };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        // Wikimedia and others refuse requests without a user agent.
        client.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent);
        client.DefaultRequestHeaders.Accept.ParseAdd("image/*,*/*;q=0.8");
        return client;
    }

    /// <summary>The program, its version, and the address of its home page.</summary>
    internal static string UserAgent => $"Cupola/{Version} (+https://github.com/cupola-clip/cupola)";

    private static string Version => Informational.Split('+')[0];

    private static string Informational =>
        typeof(ImageAddress).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static bool IsAddress(string path) =>
        path.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || path.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">The address cannot be fetched.</exception>
    public static byte[] Fetch(string address, CancellationToken cancellationToken) =>
        Fetch(address, RequestTimeout, MaximumBytes, cancellationToken);

    /// <summary>Fetches what a stranger names: from public addresses only, whatever names and redirects lead to.</summary>
    /// <exception cref="InvalidDataException">The address cannot be fetched, or is not public.</exception>
    public static byte[] FetchPublic(string address, long maximumBytes, CancellationToken cancellationToken) =>
        Fetch(PublicClient.Value, address, RequestTimeout, maximumBytes, cancellationToken);

    /// <exception cref="InvalidDataException">The address cannot be fetched within the limits of time and size.</exception>
    internal static byte[] Fetch(string address, TimeSpan patience, long maximumBytes, CancellationToken cancellationToken) =>
        Fetch(Client.Value, address, patience, maximumBytes, cancellationToken);

    private static byte[] Fetch(
        HttpClient client,
        string address,
        TimeSpan patience,
        long maximumBytes,
        CancellationToken cancellationToken
    )
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            using HttpResponseMessage response = Follow(client, address, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidDataException(
                    Invariant(
                        $"{address} cannot be fetched: the server answers {(int)response.StatusCode} {response.ReasonPhrase}."
                    )
                );
            }

            return ReadAll(response, address, maximumBytes, limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidDataException(
                Invariant($"{address} cannot be fetched: it took longer than {patience.TotalSeconds:0} seconds."),
                exception
            );
        }
        catch (Exception exception)
            when (exception
                    is HttpRequestException
                        or IOException
                        or UriFormatException
                        or InvalidOperationException
                        or NotSupportedException
            )
        {
            throw new InvalidDataException($"{address} cannot be fetched: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>
    /// The response of the last address in a chain of redirects. They are followed here because the handler would also follow
    /// other schemes than http and https.
    /// </summary>
    private static HttpResponseMessage Follow(HttpClient client, string address, CancellationToken cancellationToken)
    {
        Uri current = new(address);
        for (int moves = 0; ; moves++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, current);
            HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            bool isMoved =
                response.StatusCode
                is HttpStatusCode.MovedPermanently
                    or HttpStatusCode.Found
                    or HttpStatusCode.SeeOther
                    or HttpStatusCode.TemporaryRedirect
                    or HttpStatusCode.PermanentRedirect;
            if (!isMoved || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            Uri next = new(current, location);
            // A request over https is not redirected to http.
            bool isFollowed =
                next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && current.Scheme == Uri.UriSchemeHttp);
            if (!isFollowed || moves == MaximumRedirects)
            {
                string why = isFollowed ? $"after {MaximumRedirects} others" : "which is not followed";
                throw new InvalidDataException($"{address} cannot be fetched: it leads to {next}, {why}.");
            }

            current = next;
        }
    }

    private static byte[] ReadAll(
        HttpResponseMessage response,
        string address,
        long maximumBytes,
        CancellationToken cancellationToken
    )
    {
        long? declared = response.Content.Headers.ContentLength;
        using MemoryStream bytes = new((int)Math.Clamp(declared ?? 0, 0, CopyBytes));
        using Stream stream = response.Content.ReadAsStream(cancellationToken);
        // Disposing the stream ends a read that waits for the network.
        using CancellationTokenRegistration end = cancellationToken.Register(stream.Dispose);
        byte[] part = new byte[CopyBytes];
        for (int read = 1; read > 0;)
        {
            if ((declared ?? 0) > maximumBytes || bytes.Length > maximumBytes)
            {
                throw new InvalidDataException(
                    Invariant($"{address} cannot be fetched: it has more than {maximumBytes >> 20} MiB, ")
                        + "which is too large for an image."
                );
            }

            try
            {
                read = stream.Read(part);
            }
            catch (Exception exception)
                when (exception is ObjectDisposedException or IOException && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(exception.Message, exception, cancellationToken);
            }

            bytes.Write(part, 0, read);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return bytes.ToArray();
    }
}
