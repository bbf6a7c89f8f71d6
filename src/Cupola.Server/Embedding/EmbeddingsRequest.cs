using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cupola.Server.Embedding;

/// <summary>A request for embeddings as OpenAI's clients send it, with the two dialects in use for images.</summary>
internal sealed record EmbeddingsRequest
{
    /// <summary>The model's name (GET /v1/models), or nothing.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// A text, or a list of texts, of data addresses of images, and of Jina's objects: {"text": …}, {"image": …} with a data
    /// address or base64, {"url": …}.
    /// </summary>
    public JsonElement Input { get; init; }

    /// <summary>
    /// Infinity's: "image" makes each text of the input an image (a data address or base64); "text" is the usual.
    /// </summary>
    public string? Modality { get; init; }

    /// <summary>"float" (the usual), or "base64" for the bytes of float32 numbers, the lowest first.</summary>
    [JsonPropertyName("encoding_format")]
    public string? EncodingFormat { get; init; }

    /// <summary>Jina's name of the same.</summary>
    [JsonPropertyName("embedding_type")]
    public string? EmbeddingType { get; init; }

    /// <summary>The model's own number of dimensions, or 0, or nothing.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Jina's: vectors have the length 1 anyway, and false is refused.</summary>
    public bool? Normalized { get; init; }
}

/// <summary>Embeddings in OpenAI's form.</summary>
/// <param name="Object">"list".</param>
/// <param name="Data">The embeddings, in the input's order.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Usage">What it took.</param>
internal sealed record EmbeddingsResponse(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, Usage Usage);

/// <summary>One embedding.</summary>
/// <param name="Object">"embedding".</param>
/// <param name="Index">Which of the inputs it is of.</param>
/// <param name="Embedding">A list of numbers, or a text of base64.</param>
internal sealed record EmbeddingItem(string Object, int Index, object Embedding);

/// <summary>What a request took: the tokens of its texts, as the model cuts them. An image counts none.</summary>
/// <param name="PromptTokens">Tokens.</param>
/// <param name="TotalTokens">The same.</param>
internal sealed record Usage(
    [property: JsonPropertyName("prompt_tokens")] int PromptTokens,
    [property: JsonPropertyName("total_tokens")] int TotalTokens
);

/// <summary>The models that there are.</summary>
/// <param name="Object">"list".</param>
/// <param name="Data">The one model.</param>
internal sealed record ModelsResponse(string Object, IReadOnlyList<ModelItem> Data);

/// <summary>A model in OpenAI's form.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Object">"model".</param>
/// <param name="Created">0.</param>
/// <param name="OwnedBy">"cupola".</param>
internal sealed record ModelItem(string Id, string Object, long Created, [property: JsonPropertyName("owned_by")] string OwnedBy);
