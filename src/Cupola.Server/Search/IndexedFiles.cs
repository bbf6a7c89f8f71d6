using Cupola.Images;
using Cupola.Retrieval;
using Cupola.Server.Requests;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Search;

/// <summary>
/// <c>GET /v1/images/{id}</c> and its thumbnail: files of the index and no others. A request names an image's number, never a
/// path, and what it names must still be a file below one of the index's folders once all links are followed.
/// </summary>
internal sealed class IndexedFiles(ServedIndex index) : IDisposable
{
    /// <summary>The longest sides of thumbnails; any other size is rounded up to one of them.</summary>
    private static readonly int[] Sizes = [128, 256, 512, 1024];

    private readonly SemaphoreSlim _decoding = new(Math.Max(1, Environment.ProcessorCount));
    private readonly ThumbnailCache _thumbnails = new();

    /// <summary>An image's file as it is.</summary>
    public async Task<IResult> GetAsync(long id, HttpContext context)
    {
        KnownFile file = await index.FileAsync(id, context.RequestAborted);
        string path = await LocateAsync(file, context.RequestAborted);
        // What a browser might take for a page is never named so, whatever lies there.
        string type = ContentType(ReadBeginning(path, id))
            ?? throw RequestException.NotFound(Invariant($"Image {id} is no image any more."));
        Secure(context);
        return Results.File(
            path,
            type,
            enableRangeProcessing: true,
            lastModified: new DateTimeOffset(File.GetLastWriteTimeUtc(path))
        );
    }

    /// <summary>A small JPEG of an image, turned as its EXIF says.</summary>
    public async Task<IResult> ThumbnailAsync(long id, int? size, HttpContext context)
    {
        int longest = Sizes.FirstOrDefault(known => known >= (size ?? Sizes[1]), Sizes[^1]);
        CancellationToken cancellation = context.RequestAborted;
        KnownFile file = await index.FileAsync(id, cancellation);
        string path = await LocateAsync(file, cancellation);
        Secure(context);
        string tag = Invariant($"\"{file.Changed:x}-{file.Size:x}-{longest}\"");
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, max-age=3600";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        byte[] jpeg = _thumbnails.Find(id, tag) ?? _thumbnails.Add(id, tag, await ReadAsync(path, longest, id, cancellation));
        return Results.Bytes(jpeg, "image/jpeg");
    }

    /// <summary>A small JPEG of an image; null where its file is gone.</summary>
    public async Task<byte[]?> TryReadThumbnailAsync(long id, int longest, CancellationToken cancellation)
    {
        try
        {
            KnownFile file = await index.FileAsync(id, cancellation);
            return await ReadAsync(await LocateAsync(file, cancellation), longest, id, cancellation);
        }
        catch (RequestException)
        {
            return null;
        }
    }

    public void Dispose() => _decoding.Dispose();

    private static byte[] ReadBeginning(string path, long id)
    {
        try
        {
            byte[] beginning = new byte[Math.Min(4096, new FileInfo(path).Length)];
            using FileStream stream = File.OpenRead(path);
            stream.ReadExactly(beginning);
            return beginning;
        }
        catch (Exception problem) when (ImageReader.IsBroken(problem))
        {
            throw Unreadable(id);
        }
    }

    private static RequestException Unreadable(long id) =>
        RequestException.NotFound(Invariant($"Image {id} cannot be read any more."));

    private async Task<byte[]> ReadAsync(string path, int longest, long id, CancellationToken cancellation)
    {
        await _decoding.WaitAsync(cancellation);
        try
        {
            return await Task.Run(
                () => Thumbnail.ReadJpeg(ImageSource.FromPath(path), orient: true, longest, cancellation),
                cancellation
            ) ?? throw Unreadable(id);
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <summary>Where an image's file really is.</summary>
    /// <exception cref="RequestException">It is gone, or lies outside the index's folders.</exception>
    private async Task<string> LocateAsync(KnownFile file, CancellationToken cancellation)
    {
        IndexedFolders folders = new((await index.DescribeAsync(cancellation)).Roots);
        return folders.Locate(file.Path)
            ?? throw RequestException.NotFound(
                Invariant($"The file of image {file.Number} is not there any more; 'cupola index' brings the index up to date.")
            );
    }

    private static void Secure(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        context.Response.Headers.ContentDisposition = "inline";
    }

    private static string? ContentType(byte[] beginning)
    {
        try
        {
            return ImageFormats.Detect(new(beginning, "the file", CancellationToken.None)) switch
            {
                ImageFormat.Jpeg => "image/jpeg",
                ImageFormat.Png => "image/png",
                ImageFormat.Gif => "image/gif",
                ImageFormat.WebP => "image/webp",
                ImageFormat.Bmp => "image/bmp",
                ImageFormat.Tiff => "image/tiff",
                ImageFormat.PortableMap => "image/x-portable-anymap",
                ImageFormat.Avif => "image/avif",
                ImageFormat.Heic => "image/heic",
                _ => null,
            };
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
