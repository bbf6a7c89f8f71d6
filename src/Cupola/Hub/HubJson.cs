using System.Text.Json;
using Cupola.Files;

namespace Cupola.Hub;

/// <summary>Reads JSON that somebody else wrote, in bounded memory.</summary>
internal static class HubJson
{
    /// <summary>No file but weights is larger: the largest tokenizers have some 20 MB.</summary>
    public const int SizeLimit = 64 << 20;

    private const int QuoteLength = 80;

    /// <summary>Reads a file that holds one JSON object.</summary>
    public static T Read<T>(string path, Func<JsonElement, T> read)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > SizeLimit)
        {
            throw new InvalidDataException($"'{path}' has {stream.Length} bytes, and no configuration is that large.");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes, $"'{path}'", read);
    }

    /// <summary>Reads bytes that hold one JSON object; <paramref name="what"/> names them in the sentence of an error.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string what, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new InvalidDataException($"{what} holds no JSON object.");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // JsonElement says InvalidOperationException of a text that is no Unicode.
            throw new InvalidDataException($"{what} is not JSON.", problem);
        }
    }

    /// <summary>A text of somebody else's in a sentence of ours: short, and without control characters.</summary>
    public static string Quote(string text) => $"'{ForeignText.OneLine(text, QuoteLength)}'";
}
