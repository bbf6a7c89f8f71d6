using System.Text.Encodings.Web;
using System.Text.Json;
using Cupola.Files;

namespace Cupola.Embedding.Shards;

/// <summary>The JSON files in a folder of outputs: written beside and renamed, read with limits.</summary>
internal static class ShardJson
{
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        // Names stay readable; nothing here goes into a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonRules Rules = new()
    {
        MaximumBytes = 256 << 20,
        TooLarge = "cannot be read: it has more than 256 MB",
    };

    /// <summary>An object of JSON as bytes.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Format))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a file.</summary>
    public static JsonElement Read(string path) => BoundedJson.Read(path, Rules);

    /// <summary>A property that is a text, or null.</summary>
    public static string? Text(JsonElement fields, string name) =>
        fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A property that is a whole number of at least 0, or null.</summary>
    public static long? Number(JsonElement fields, string name) =>
        fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out long number)
        && number >= 0
            ? number
            : null;

    /// <summary>A property that is a list, or an empty one.</summary>
    public static JsonElement[] List(JsonElement fields, string name) =>
        fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : [];
}
