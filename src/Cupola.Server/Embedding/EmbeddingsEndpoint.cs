using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Cupola.Server.Requests;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Embedding;

/// <summary><c>POST /v1/embeddings</c> and <c>GET /v1/models</c>, as OpenAI's clients ask.</summary>
internal sealed class EmbeddingsEndpoint(
    ClipEmbedder embedder,
    EmbeddingQueue queue,
    RequestImages images,
    RequestBody body,
    ServiceSettings settings
)
{
    /// <summary>Embeds texts and images.</summary>
    public async Task<IResult> EmbedAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        EmbeddingsRequest request = await body.ReadJsonAsync<EmbeddingsRequest>(context, cancellation);
        bool isBase64 = Check(request);
        IReadOnlyList<EmbeddingInput> inputs = EmbeddingInput.Read(request, settings.Limits);
        string[] texts = images.Check(
            inputs.Where(static input => input.Image is null).Select(static input => (input.Text, input.Parameter))
        );
        EmbeddingInput[] pictures = [.. inputs.Where(static input => input.Image is not null)];
        int tokens = texts.Sum(text => embedder.Tokenizer.Encode(text).Ids.Length);

        // Both go into the queue at once, and so into batches with what others ask for.
        Task<float[][]> ofImages = images.EmbedAsync(
            [.. pictures.Select(static picture => picture.Image)],
            place => pictures[place].Parameter,
            cancellation
        );
        Task<float[][]> ofTexts = queue.EmbedTextsAsync(texts, cancellation);
        await Task.WhenAll(ofTexts, ofImages);
        Queue<float[]> nextText = new(ofTexts.Result),
            nextImage = new(ofImages.Result);
        return Results.Json(
            new EmbeddingsResponse(
                "list",
                [
                    .. inputs.Select(
                        (input, index) =>
                        {
                            float[] vector = (input.Image is null ? nextText : nextImage).Dequeue();
                            return new EmbeddingItem("embedding", index, isBase64 ? Base64(vector) : vector);
                        }
                    ),
                ],
                settings.ModelName,
                new(tokens, tokens)
            ),
            Answers.Json
        );
    }

    /// <summary>The one model.</summary>
    public IResult Models() =>
        Results.Json(new ModelsResponse("list", [new(settings.ModelName, "model", 0, "cupola")]), Answers.Json);

    /// <summary>Refuses what is not given; says whether base64 is wanted.</summary>
    private bool Check(EmbeddingsRequest request)
    {
        if (request.Model is { Length: > 0 } model && !settings.IsModel(model))
        {
            throw RequestException.NotFound(
                $"The model here is '{settings.ModelName}', and not '{model}'; name that or none, or start the service with "
                    + "--any-model.",
                "model"
            );
        }

        int dimension = embedder.Config.EmbeddingDimension;
        if (request.Dimensions is { } wanted && wanted != 0 && wanted != dimension)
        {
            throw RequestException.Bad(
                Invariant(
                    $"This model's embeddings have {dimension} dimensions and cannot be cut to {wanted}; omit 'dimensions'."
                ),
                "dimensions"
            );
        }

        if (request.Normalized == false)
        {
            throw RequestException.Bad("Embeddings have the length 1 here; omit 'normalized'.", "normalized");
        }

        return (request.EncodingFormat ?? request.EmbeddingType) switch
        {
            null or "float" => false,
            "base64" => true,
            var other => throw RequestException.Bad(
                $"The encoding is 'float' or 'base64', and not '{other}'.",
                request.EncodingFormat is null ? "embedding_type" : "encoding_format"
            ),
        };
    }

    /// <summary>float32 numbers, the lowest byte first.</summary>
    private static string Base64(float[] vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            return Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector));
        }

        byte[] bytes = new byte[vector.Length * sizeof(float)];
        for (int index = 0; index < vector.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), vector[index]);
        }

        return Convert.ToBase64String(bytes);
    }
}
