using Cupola.Images;
using Cupola.Server.Requests;
using static System.FormattableString;

namespace Cupola.Server.Embedding;

/// <summary>
/// Images and texts that requests bring along. An image comes as a data address, as base64, as a file, or, where the operator
/// allows it, by a public address; a path of this machine is never one.
/// </summary>
internal sealed class RequestImages(ClipEmbedder embedder, EmbeddingQueue queue, ServiceSettings settings) : IDisposable
{
    private const string Name = "The image";

    private readonly SemaphoreSlim _decoding = new(Math.Max(1, embedder.Threads));

    private readonly SemaphoreSlim _fetching = new(settings.Limits.Fetches);

    /// <summary>An image from the text that stands for it, prepared for the model.</summary>
    /// <param name="text">A data address, base64, or an address.</param>
    /// <param name="parameter">Where it stands in the request.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="RequestException">It is none of these, or cannot be read.</exception>
    private async Task<byte[]> PrepareAsync(string text, string parameter, CancellationToken cancellationToken)
    {
        if (!ImageAddress.IsAddress(text))
        {
            byte[] file = ImageText.Decode(text)
                ?? throw RequestException.Bad(
                    "The image is neither a data address ('data:image/png;base64,iVBOR…') nor base64; paths are not read.",
                    parameter
                );
            return (await PrepareAsync(file, parameter, cancellationToken)).Pixels;
        }

        if (!settings.Fetch)
        {
            throw RequestException.Bad(
                "This service fetches no addresses (its operator would allow it by --fetch); send the image itself in base64.",
                parameter
            );
        }

        // What is fetched is in memory until it is decoded.
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            byte[] file = await Task.Run(
                () => ImageAddress.FetchPublic(text, settings.Limits.BodyBytes, cancellationToken),
                cancellationToken
            );
            return (await PrepareAsync(file, parameter, cancellationToken)).Pixels;
        }
        catch (Exception problem) when (ImageReader.IsBroken(problem))
        {
            throw RequestException.Bad(problem.Message, parameter);
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>Decodes an image and prepares it for the model.</summary>
    /// <exception cref="RequestException">It cannot be read, or is too large.</exception>
    public async Task<DecodedImage> PrepareAsync(ReadOnlyMemory<byte> file, string parameter, CancellationToken cancellationToken)
    {
        await _decoding.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Prepare(file.ToArray(), cancellationToken), cancellationToken);
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

    /// <summary>The unit vectors of images, each a data address, base64 or an address.</summary>
    /// <param name="images">The images.</param>
    /// <param name="parameter">What the request calls an image of a number.</param>
    /// <param name="cancellationToken">Gives the answer up.</param>
    /// <exception cref="RequestException">One cannot be read, there are too many, or too much waits.</exception>
    public async Task<float[][]> EmbedAsync(
        IReadOnlyList<string?> images,
        Func<int, string> parameter,
        CancellationToken cancellationToken
    )
    {
        if (images.Count > settings.Limits.Images)
        {
            throw RequestException.TooLarge(
                Invariant($"There are {images.Count} images; a request may have {settings.Limits.Images}."),
                parameter(0)
            );
        }

        byte[][] pixels = await Task.WhenAll(
            images.Select((image, place) => PrepareAsync(image ?? "", parameter(place), cancellationToken))
        );
        return await queue.EmbedImagesAsync(pixels, cancellationToken);
    }

    /// <summary>A text that is to be embedded, checked.</summary>
    /// <exception cref="RequestException">It is empty or too long.</exception>
    public string Check(string? text, string parameter) =>
        string.IsNullOrWhiteSpace(text) ? throw RequestException.Bad("A text is empty; send words.", parameter)
        : text.Length > settings.Limits.TextLength
            ? throw RequestException.TooLarge(
                Invariant($"A text has {text.Length} characters; at most {settings.Limits.TextLength} are taken."),
                parameter
            )
        : text;

    /// <summary>Texts that are to be embedded, checked.</summary>
    /// <exception cref="RequestException">One is empty or too long, or they are too long together.</exception>
    public string[] Check(IEnumerable<(string? Text, string Parameter)> texts)
    {
        string[] whole = [.. texts.Select(text => Check(text.Text, text.Parameter))];
        long length = whole.Sum(static text => (long)text.Length);
        return length > settings.Limits.AllTextLength
            ? throw RequestException.TooLarge(
                Invariant($"The texts have {length} characters together; at most {settings.Limits.AllTextLength} are taken.")
            )
            : whole;
    }

    public void Dispose()
    {
        _decoding.Dispose();
        _fetching.Dispose();
    }

    private DecodedImage Prepare(byte[] file, CancellationToken cancellationToken)
    {
        using RgbImage image = ImageDecoder.DecodeShared(file, Name, settings.Orient, cancellationToken, settings.Limits.Pixels);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(embedder.Preprocessing.ByteCount);
        embedder.Preprocessing.Apply(image, pixels);
        return new(pixels, image.Width, image.Height);
    }
}

/// <summary>An image as the model takes it.</summary>
/// <param name="Pixels">[size, size, 3] bytes.</param>
/// <param name="Width">Pixels a row that it had.</param>
/// <param name="Height">Rows that it had.</param>
internal sealed record DecodedImage(byte[] Pixels, int Width, int Height);
