using System.Text.Json;
using Cupola.Files;

namespace Cupola.Hub;

/// <summary>Reads JSON from the hub in bounded memory.</summary>
internal static class HubJson
{
    /// <summary>The largest file other than weights; the largest tokenizers have some 20 MB.</summary>
    public const int SizeLimit = 64 << 20;

    private const int QuoteLength = 80;

    /// <summary>Reads a file that contains one JSON object.</summary>
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

    /// <summary>Reads bytes that contain one JSON object; <paramref name="what"/> names them in error messages.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string what, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new InvalidDataException($"{what} is not a JSON object.");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // JsonElement throws InvalidOperationException for a text that is not Unicode.
            throw new InvalidDataException($"{what} is not JSON.", problem);
        }
    }

    /// <summary>Quotes a text from the hub in a message: shortened, and without control characters.</summary>
    public static string Quote(string text) => $"'{ForeignText.OneLine(text, QuoteLength)}'";
}
