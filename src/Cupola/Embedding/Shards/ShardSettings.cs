using System.Text.Json;

namespace Cupola.Embedding.Shards;

/// <summary>What all embeddings of a folder of outputs have in common.</summary>
/// <param name="Content">What is embedded.</param>
/// <param name="Origin">The model, and how images are turned.</param>
/// <param name="Precision">In what numbers the model runs; the model's fingerprint depends on it too.</param>
/// <param name="Dimension">How many numbers an embedding has.</param>
internal sealed record ShardSettings(ShardContent Content, EmbeddingOrigin Origin, string Precision, int Dimension)
{
    /// <summary>What a model makes.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="content">What is embedded.</param>
    /// <param name="orient">Whether images are turned as their EXIF orientation says.</param>
    public static ShardSettings Of(ClipEmbedder embedder, ShardContent content, bool orient) =>
        new(
            content,
            new(embedder.Fingerprint, content == ShardContent.Images ? orient : null),
            embedder.Engine.Precision.ToString().ToLowerInvariant(),
            embedder.Config.EmbeddingDimension
        );

    /// <summary>What they embed, as it stands in files and sentences.</summary>
    public static string NameOf(ShardContent content) => content == ShardContent.Images ? "images" : "texts";

    /// <summary>In what others differ from these, as what is said of a file; null where they do not.</summary>
    public string? DifferenceOf(ShardSettings other) =>
        other.Content != Content ? $"holds embeddings of {NameOf(other.Content)}, and not of {NameOf(Content)}"
        : other.Precision != Precision ? $"was made in {other.Precision}, and not in {Precision}"
        : other.Origin.Model != Origin.Model || other.Dimension != Dimension
            ? $"was made by another model ({Start(other.Origin.Model)}…, and not {Start(Origin.Model)}…)"
        : other.Origin.IsOriented == Origin.IsOriented ? null
        : other.Origin.IsOriented == true ? "holds images turned as their EXIF says"
        : "holds images as they are stored";

    /// <summary>Writes them into an object of JSON, the fields that <see cref="EmbeddingOrigin"/> reads among them.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("content", NameOf(Content));
        foreach ((string name, object value) in Origin.Fields)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }

        json.WriteString("precision", Precision);
        json.WriteNumber("dimension", Dimension);
    }

    /// <summary>Reads them; null where something is missing.</summary>
    public static ShardSettings? Read(JsonElement fields) =>
        EmbeddingOrigin.Read(fields) is { } origin
        && ShardJson.Text(fields, "content") is { } content
        && (content is "images" or "texts")
        && ShardJson.Text(fields, "precision") is { } precision
        && ShardJson.Number(fields, "dimension") is > 0 and <= int.MaxValue and long dimension
            ? new(content == "images" ? ShardContent.Images : ShardContent.Texts, origin, precision, (int)dimension)
            : null;

    private static string Start(string fingerprint) => fingerprint[..Math.Min(8, fingerprint.Length)];
}
