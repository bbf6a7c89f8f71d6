using System.Text.Json.Serialization;
using Cupola.Retrieval;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Cupola.Server.Search;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Dialects;

/// <summary><c>POST /knn-service</c>, as clip-retrieval's page and client ask; an answer's images are in base64.</summary>
internal sealed class KnnEndpoint(
    ServedIndex index,
    IndexedFiles files,
    EmbeddingQueue queue,
    RequestImages images,
    RequestBody body,
    ServiceSettings settings
)
{
    private const int ThumbnailSize = 256;

    /// <summary>Finds the images nearest to a text or an image.</summary>
    public async Task<IResult> FindAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        KnnRequest request = await body.ReadJsonAsync<KnnRequest>(context, cancellation);
        if (request.NumImages < 1 || request.NumImages > settings.Limits.Images)
        {
            throw RequestException.Bad(Invariant($"'num_images' is from 1 to {settings.Limits.Images}."), "num_images");
        }

        SearchQuery query = new()
        {
            Terms = [new(SearchTermKind.Words, "the query", 1) { Vector = await EmbedAsync(request, cancellation) }],
        };
        FoundPages found = await index.FindAsync(query, key: null, request.NumImages, cancellation);
        List<KnnResult> results = [];
        foreach (FoundImage image in found.Best.Take(request.NumImages))
        {
            byte[]? jpeg = await files.TryReadThumbnailAsync(image.Number, ThumbnailSize, cancellation);
            results.Add(
                new(
                    jpeg is null ? null : Convert.ToBase64String(jpeg),
                    Path.GetFileNameWithoutExtension(image.Path),
                    image.Number,
                    image.Cosine,
                    Invariant($"{context.Request.Scheme}://{context.Request.Host}/v1/images/{image.Number}")
                )
            );
        }

        return Results.Json(results, Answers.Json);
    }

    private async Task<float[]> EmbedAsync(KnnRequest request, CancellationToken cancellation)
    {
        if (request.Text is { Length: > 0 })
        {
            return (await queue.EmbedTextsAsync([images.Check(request.Text, "text")], cancellation))[0];
        }

        return (await images.EmbedAsync([request.Image ?? request.ImageUrl], _ => "image", cancellation))[0];
    }
}

/// <summary>What is looked for in clip-retrieval's form.</summary>
internal sealed record KnnRequest
{
    /// <summary>Words.</summary>
    public string? Text { get; init; }

    /// <summary>An image in base64.</summary>
    public string? Image { get; init; }

    /// <summary>An image's address.</summary>
    [JsonPropertyName("image_url")]
    public string? ImageUrl { get; init; }

    /// <summary>How many images to give.</summary>
    [JsonPropertyName("num_images")]
    public int NumImages { get; init; } = 40;
}

/// <summary>An image that was found, in clip-retrieval's form.</summary>
/// <param name="Image">A small JPEG in base64.</param>
/// <param name="Text">Its file's name.</param>
/// <param name="Id">Its number in the index.</param>
/// <param name="Similarity">Its cosine with the query.</param>
/// <param name="Url">Where the file itself is.</param>
internal sealed record KnnResult(string? Image, string Text, long Id, double Similarity, string Url);
