using System.Text.Json;

namespace Cupola.Embedding;

/// <summary>What made the embeddings of a file, by which an index tells whether they are its own model's.</summary>
/// <param name="Model">The model's fingerprint.</param>
/// <param name="IsOriented">Whether images were turned as their EXIF orientation says; null of texts.</param>
internal sealed record EmbeddingOrigin(string Model, bool? IsOriented)
{
    /// <summary>As it is written in JSON.</summary>
    public IReadOnlyDictionary<string, object> Fields =>
        IsOriented is { } oriented
            ? new Dictionary<string, object> { ["model"] = Model, ["oriented"] = oriented }
            : new Dictionary<string, object> { ["model"] = Model };

    /// <summary>Reads it; null where it is not there.</summary>
    public static EmbeddingOrigin? Read(JsonElement fields) =>
        fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty("model", out JsonElement model)
        && model.ValueKind == JsonValueKind.String
            ? new(
                model.GetString()!,
                fields.TryGetProperty("oriented", out JsonElement oriented)
                && oriented.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? oriented.ValueKind == JsonValueKind.True
                    : null
            )
            : null;
}
