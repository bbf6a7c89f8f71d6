using System.Text.Json;
using Cupola.Files;

namespace Cupola.Hub;

/// <summary>Reads JSON that somebody else wrote, in bounded memory.</summary>
internal static class HubJson
{
    /// <summary>No file but weights is larger: the largest tokenizers have some 20 MB.</summary>
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

    /// <summary>Reads bytes that hold one JSON object; <paramref name="what"/> names them in the sentence of an error.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string what, Func<JsonElement, T> read)
    {
        try
        {
            return BoundedJson.Read(bytes, what, Rules, root =>
                root.ValueKind == JsonValueKind.Object
                    ? read(root)
                    : throw new InvalidDataException($"{what} holds no JSON object.")
            );
        }
        catch (InvalidOperationException problem)
        {
            throw new InvalidDataException($"{what} is not what it should be: a value in it is of another kind.", problem);
        }
    }

    /// <summary>A text of somebody else's in a sentence of ours: short, and without control characters.</summary>
    public static string Quote(string text) => $"'{ForeignText.OneLine(text, QuoteLength)}'";
}
