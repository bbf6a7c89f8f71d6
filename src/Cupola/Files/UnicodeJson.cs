using System.Text.Json;

namespace Cupola.Files;

/// <summary>
/// Parses JSON and checks its text. JSON may contain bytes that are not UTF-8 and halves of surrogate pairs; .NET's parser
/// accepts both and fails only when a text is read.
/// </summary>
internal static class UnicodeJson
{
    /// <summary>Parses a file's bytes, whose names and texts are all Unicode.</summary>
    /// <exception cref="JsonException">It is not JSON, or a text in it is not Unicode.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, JsonDocumentOptions options)
    {
        JsonDocument document = JsonDocument.Parse(bytes, options);
        if (IsReadable(document.RootElement))
        {
            return document;
        }

        document.Dispose();
        throw new JsonException("A text is not Unicode.");
    }

    /// <summary>Whether every name and every text of a value can be read.</summary>
    public static bool IsReadable(JsonElement value)
    {
        try
        {
            ReadTexts(value);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void ReadTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement element in value.EnumerateArray())
                {
                    ReadTexts(element);
                }

                break;
            case JsonValueKind.String:
                _ = value.GetString();
                break;
        }
    }
}
