using System.Buffers.Text;
using Cupola.Images;
using Cupola.Server.Requests;
using static System.FormattableString;

namespace Cupola.Server.Embedding;

/// <summary>
/// Images that requests bring along: as data addresses, as base64, and, where the operator allows it, as public addresses. A path
/// of this machine is never one.
/// </summary>
internal sealed class RequestImages(ClipEmbedder embedder, ServiceSettings settings) : IDisposable
{
    private readonly SemaphoreSlim _decoding = new(Math.Max(1, embedder.Threads));

    private readonly ImageReader _reader = new(embedder.Preprocessing, orient: true, threads: 1)
    {
        MaximumPixels = settings.Limits.Pixels,
    };

    /// <summary>The bytes of an image's file.</summary>
    /// <param name="text">A data address, base64, or an address.</param>
    /// <param name="parameter">Where it stands in the request.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="RequestException">It is none of these.</exception>
    public async Task<byte[]> ReadAsync(string text, string parameter, CancellationToken cancellationToken)
    {
        if (IsAddress(text))
        {
            if (!settings.Fetch)
            {
                throw RequestException.Bad(
                    "This service fetches no addresses; send the image itself, as a data address or as base64.",
                    parameter
                );
            }

            return await Task.Run(
                () => ImageAddress.FetchPublic(text, settings.Limits.BodyBytes, cancellationToken),
                cancellationToken
            );
        }

        int start = 0;
        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            int comma = text.IndexOf(',', StringComparison.Ordinal);
            if (comma < 0 || !text.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            {
                throw RequestException.Bad(
                    "The image's data address must be in base64, as in 'data:image/png;base64,iVBOR…'.",
                    parameter
                );
            }

            start = comma + 1;
        }

        return Decode(text.AsSpan(start))
            ?? throw RequestException.Bad(
                "The image is neither a data address nor base64"
                    + (settings.Fetch ? " nor an http(s) address." : ". Paths and addresses are not read."),
                parameter
            );
    }

    /// <summary>Whether a text is a web address.</summary>
    public static bool IsAddress(string text) => ImageAddress.IsAddress(text);

    /// <summary>Decodes an image and prepares it for the model: [size, size, 3] bytes.</summary>
    /// <exception cref="RequestException">It cannot be read, or is too large.</exception>
    public async Task<byte[]> PrepareAsync(byte[] file, string parameter, CancellationToken cancellationToken)
    {
        await _decoding.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => _reader.Prepare(file, "The image", cancellationToken), cancellationToken);
        }
        catch (Exception problem) when (ImageReader.IsBroken(problem))
        {
            throw RequestException.Bad(problem.Message, parameter);
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <summary>An image's vector, from the text that stands for it.</summary>
    public async Task<float[]> EmbedAsync(
        EmbeddingQueue queue,
        string text,
        string parameter,
        CancellationToken cancellationToken
    )
    {
        byte[] pixels = await PrepareAsync(await ReadAsync(text, parameter, cancellationToken), parameter, cancellationToken);
        return (await queue.EmbedImagesAsync([pixels], cancellationToken))[0];
    }

    /// <summary>A text that is to be embedded, checked.</summary>
    public string Check(string? text, string parameter) =>
        string.IsNullOrWhiteSpace(text) ? throw RequestException.Bad("A text is empty; send words.", parameter)
        : text.Length > settings.Limits.TextLength
            ? throw RequestException.TooLarge(
                Invariant($"A text has {text.Length} characters; at most {settings.Limits.TextLength} are taken."),
                parameter
            )
        : text;

    public void Dispose() => _decoding.Dispose();

    /// <summary>Base64, also without padding, with the letters for addresses, and with line breaks.</summary>
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        byte[] bytes = new byte[((text.Length + 3) / 4) * 3];
        if (text.Length % 4 == 0 && Convert.TryFromBase64Chars(text, bytes, out int count))
        {
            return bytes.AsSpan(0, count).ToArray();
        }

        return Base64Url.IsValid(text, out _) && Base64Url.TryDecodeFromChars(text, bytes, out count)
            ? bytes.AsSpan(0, count).ToArray()
            : DecodeUnpadded(text, bytes);
    }

    private static byte[]? DecodeUnpadded(ReadOnlySpan<char> text, byte[] bytes)
    {
        string padded = text.ToString().TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, bytes, out int count) ? bytes.AsSpan(0, count).ToArray() : null;
    }
}
