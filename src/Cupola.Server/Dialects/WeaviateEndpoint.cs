using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Dialects;

/// <summary><c>POST /vectorize</c> and <c>GET /meta</c>, as Weaviate asks its multi2vec-clip container.</summary>
internal sealed class WeaviateEndpoint(
    ClipEmbedder embedder,
    EmbeddingQueue queue,
    RequestImages images,
    RequestBody body,
    ServiceSettings settings
)
{
    /// <summary>Embeds texts and images.</summary>
    public async Task<IResult> VectorizeAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        VectorizeRequest request = await body.ReadJsonAsync<VectorizeRequest>(context, cancellation);
        if (request.Texts?.Count > settings.Limits.Texts)
        {
            throw RequestException.TooLarge(Invariant($"At most {settings.Limits.Texts} texts are taken at once."), "texts");
        }

        string[] texts = images.Check((request.Texts ?? []).Select(static (text, place) => (text, Invariant($"texts[{place}]"))));
        Task<float[][]> ofTexts = queue.EmbedTextsAsync(texts, cancellation);
        Task<float[][]> ofImages = images.EmbedAsync(
            request.Images ?? [],
            static place => Invariant($"images[{place}]"),
            cancellation
        );
        await Task.WhenAll(ofTexts, ofImages);
        return Results.Json(new VectorizeResponse(ofTexts.Result, ofImages.Result), Answers.Json);
    }

    /// <summary>What the model is.</summary>
    public IResult Meta() =>
        Results.Json(new WeaviateMeta("clip", settings.ModelName, embedder.Config.EmbeddingDimension), Answers.Json);
}

/// <summary>Texts and images in Weaviate's form.</summary>
/// <param name="Texts">Texts.</param>
/// <param name="Images">Images in base64.</param>
internal sealed record VectorizeRequest(IReadOnlyList<string?>? Texts, IReadOnlyList<string?>? Images);

/// <summary>Embeddings in Weaviate's form.</summary>
/// <param name="TextVectors">Those of the texts.</param>
/// <param name="ImageVectors">Those of the images.</param>
internal sealed record VectorizeResponse(IReadOnlyList<float[]> TextVectors, IReadOnlyList<float[]> ImageVectors);

/// <summary>What the model is.</summary>
/// <param name="ModelType">"clip".</param>
/// <param name="Model">Its name.</param>
/// <param name="Dimensions">Numbers of an embedding.</param>
internal sealed record WeaviateMeta(string ModelType, string Model, int Dimensions);
