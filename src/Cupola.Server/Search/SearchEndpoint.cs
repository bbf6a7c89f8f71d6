using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cupola.Retrieval;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Search;

/// <summary><c>POST /v1/search</c> and <c>GET /v1/index</c>.</summary>
internal sealed class SearchEndpoint(
    ServedIndex index,
    EmbeddingQueue queue,
    RequestImages images,
    RequestBody body,
    ImageSizes sizes,
    ServiceSettings settings
)
{
    /// <summary>How far a search is paged through.</summary>
    private const int MostOffset = 100_000;

    /// <summary>Finds images by words, by images, and by both.</summary>
    public async Task<IResult> SearchAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        SearchRequest request = await body.ReadJsonAsync<SearchRequest>(context, cancellation);
        if (request.Top < 1 || request.Top > settings.Limits.Results || request.Offset is < 0 or > MostOffset)
        {
            throw RequestException.Bad(
                Invariant($"'top' is from 1 to {settings.Limits.Results}, and 'offset' from 0 to {MostOffset}."),
                "top"
            );
        }

        IReadOnlyList<SearchTermRequest> terms = SearchTerms.Read(request, settings.Limits, images);
        SearchQuery query = new()
        {
            Terms = await EmbedAsync(terms, cancellation),
            Folder = Folder(request.In),
            After = SearchTerms.ReadDate(request.After, "after"),
            Before = SearchTerms.ReadDate(request.Before, "before"),
            Camera = Camera(request.Camera),
            Threshold = request.Threshold,
        };
        FoundPages found = await index.FindAsync(query, Key(request, terms), request.Offset + request.Top, cancellation);
        FoundImage[] page = [.. found.Best.Skip(request.Offset).Take(request.Top)];
        var pageSizes = await sizes.FindAsync([.. page.Select(static image => image.Ranked.File)], cancellation);
        return Results.Json(
            new SearchResponse(
                [.. page.Zip(pageSizes, (image, size) => Describe(image, size, terms))],
                found.Total,
                found.Likely,
                found.Likely == 0
            ),
            Answers.Json
        );
    }

    /// <summary>What is in the index.</summary>
    public async Task<IResult> DescribeAsync(HttpContext context)
    {
        LibraryDescription library = await index.DescribeAsync(context.RequestAborted);
        return Results.Json(
            new IndexResponse(
                library.Images,
                library.Roots,
                library.Cameras,
                settings.ModelName,
                settings.Precision.ToString().ToLowerInvariant()
            ),
            Answers.Json
        );
    }

    /// <summary>A filter by a folder tells nothing of what lies outside the index.</summary>
    private static string? Folder(string? folder) =>
        string.IsNullOrEmpty(folder) ? null
        : folder.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(folder)
            ? throw RequestException.Bad(
                "'in' is the full path of a folder of the index; GET /v1/index lists those it covers.",
                "in"
            )
        : folder;

    /// <summary>A store may have no text with the zero character, and no camera has one in its name.</summary>
    private static string? Camera(string? camera) =>
        string.IsNullOrEmpty(camera) ? null
        : camera.Contains('\0', StringComparison.Ordinal)
            ? throw RequestException.Bad("'camera' is part of a camera's name; GET /v1/index lists those there are.", "camera")
        : camera;

    private static string Key(SearchRequest request, IReadOnlyList<SearchTermRequest> terms) =>
        string.Join(
            '\n',
            [
                .. terms.Select(static term =>
                    Invariant($"{term.Weight}:{term.Id}:{term.Text?.Length}:{term.Text}:{Hash(term.Image)}")
                ),
                request.In,
                request.After,
                request.Before,
                request.Camera,
                request.Threshold?.ToString(CultureInfo.InvariantCulture),
            ]
        );

    private static string? Hash(string? image) =>
        image is null ? null : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(image)));

    private async Task<SearchTerm[]> EmbedAsync(IReadOnlyList<SearchTermRequest> terms, CancellationToken cancellation)
    {
        float[][] words = await queue.EmbedTextsAsync([.. terms.Select(static term => term.Text).OfType<string>()], cancellation);
        float[][] pictures = await images.EmbedAsync(
            [.. terms.Select(static term => term.Image).OfType<string>()],
            _ => "terms.image",
            cancellation
        );
        int next = 0,
            nextPicture = 0;
        List<SearchTerm> embedded = [];
        foreach (SearchTermRequest term in terms)
        {
            embedded.Add(
                term.Text is not null ? new(SearchTermKind.Words, term.Text, term.Weight) { Vector = words[next++] }
                : term.Id is { } id
                    ? new(SearchTermKind.Number, Invariant($"{id}"), term.Weight)
                    {
                        Vector = await index.VectorAsync(id, cancellation),
                    }
                : new(SearchTermKind.Image, "image", term.Weight) { Vector = pictures[nextPicture++] }
            );
        }

        return [.. embedded];
    }

    private static SearchResult Describe(FoundImage image, (int Width, int Height)? size, IReadOnlyList<SearchTermRequest> terms)
    {
        KnownFile file = image.Ranked.File;
        return new(
            image.Number,
            image.Path,
            image.Score,
            image.Cosine,
            image.IsLikely,
            size?.Width,
            size?.Height,
            file.Metadata.Taken,
            file.Metadata.Camera,
            [
                .. terms.Select(
                    (term, place) =>
                    {
                        double cosine = image.Ranked.Cosines[place];
                        return new TermScore(
                            SearchTerms.Name(term),
                            term.Weight,
                            cosine,
                            image.Ranked.Scales?[place].Standardize(cosine)
                        );
                    }
                ),
            ]
        );
    }
}
