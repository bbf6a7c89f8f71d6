using static System.FormattableString;

namespace Cupola.Images;

/// <summary>Pictures behind http and https addresses, fetched within bounds of size and time.</summary>
internal static class PictureAddress
{
    /// <summary>More than any picture that a person would name; an address may answer without end.</summary>
    private const int MaximumBytes = 256 << 20;

    private static readonly Lazy<HttpClient> Client = new(static () => new HttpClient
    {
        Timeout = TimeSpan.FromSeconds(60),
        MaxResponseContentBufferSize = MaximumBytes,
    });

    public static bool IsAddress(string path) =>
        path.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || path.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">The address cannot be fetched.</exception>
    public static byte[] Fetch(string address, CancellationToken cancellation)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            using HttpResponseMessage response = Client.Value.Send(request, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidDataException(Invariant(
                    $"{address} cannot be fetched: the server answers {(int)response.StatusCode} {response.ReasonPhrase}."));
            }

            using Stream stream = response.Content.ReadAsStream(cancellation);
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception exception) when (exception is HttpRequestException or UriFormatException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new InvalidDataException($"{address} cannot be fetched: {exception.Message.TrimEnd('.')}.", exception);
        }
    }
}
