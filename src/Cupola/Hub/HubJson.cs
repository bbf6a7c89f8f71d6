using System.Text.Json;
using Cupola.Files;

namespace Cupola.Hub;

/// <summary>Reads JSON from the hub in bounded memory.</summary>
internal static class HubJson
{
    /// <summary>The largest file other than weights; the largest tokenizers have some 20 MB.</summary>
    public const int SizeLimit = 64 << 20;

    private const int QuoteLength = 80;

    private static readonly JsonRules Rules = new()
    {
        MaximumBytes = SizeLimit,
        TooLarge = "is too large for a configuration",
        NotJson = "is not JSON",
    };

    /// <summary>Reads a file that holds one JSON object.</summary>
    public static T Read<T>(string path, Func<JsonElement, T> read) =>
        Read(BoundedJson.ReadBytes(path, $"'{path}'", Rules), $"'{path}'", read);

    /// <summary>Reads bytes that contain one JSON object; <paramref name="what"/> names them in error messages.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string what, Func<JsonElement, T> read)
    {
        try
        {
            return BoundedJson.Read(bytes, what, Rules, root =>
                root.ValueKind == JsonValueKind.Object
                    ? read(root)
                    : throw new InvalidDataException($"{what} is not a JSON object.")
            );
        }
        catch (InvalidOperationException problem)
        {
            // JsonElement throws InvalidOperationException for a value of another kind.
            throw new InvalidDataException($"{what} has a value of the wrong kind.", problem);
        }
    }

    /// <summary>Quotes a text from the hub in a message: shortened, and without control characters.</summary>
    public static string Quote(string text) => $"'{ForeignText.OneLine(text, QuoteLength)}'";
}
