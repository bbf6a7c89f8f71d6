using System.Text.Json;

namespace Cupola.Checkpoints;

/// <summary>JSON may hold half a surrogate pair behind an escape, which is no text, and is only seen when the text is asked for.</summary>
internal static class UnicodeJson
{
    /// <summary>Parses a file's bytes, whose names and texts are all Unicode.</summary>
    /// <exception cref="JsonException">It is no JSON, or a text in it is not Unicode.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, JsonDocumentOptions options)
    {
        JsonDocument document = JsonDocument.Parse(bytes, options);
        try
        {
            Require(document.RootElement);
            return document;
        }
        catch (InvalidOperationException problem)
        {
            document.Dispose();
            throw new JsonException("A text is not Unicode.", problem);
        }
    }

    private static void Require(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement each in element.EnumerateArray())
                {
                    Require(each);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Require(property.Value);
                }

                break;
        }
    }
}
