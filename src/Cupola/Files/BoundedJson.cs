using System.Text.Json;
using static System.FormattableString;

namespace Cupola.Files;

/// <summary>
/// Reads JSON that somebody else wrote: in bounded memory, and every problem is a sentence that begins with the file's name.
/// </summary>
internal static class BoundedJson
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rules">What it may be.</param>
    /// <param name="read">Takes what is needed; the element is gone afterwards.</param>
    /// <exception cref="InvalidDataException">It breaks the rules.</exception>
    public static T Read<T>(string path, JsonRules rules, Func<JsonElement, T> read) =>
        Read(ReadBytes(path, path, rules), path, rules, read);

    /// <summary>Reads a file whole, so that no text in it can fail later.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rules">What it may be.</param>
    /// <exception cref="InvalidDataException">It breaks the rules.</exception>
    public static JsonElement Read(string path, JsonRules rules) =>
        Read(path, rules, root =>
            UnicodeJson.IsReadable(root) ? root.Clone() : throw new InvalidDataException($"{path} {rules.NotUnicode}.")
        );

    /// <summary>Reads bytes.</summary>
    /// <param name="bytes">UTF-8, or what a byte order mark names.</param>
    /// <param name="name">What a sentence calls them.</param>
    /// <param name="rules">What they may be.</param>
    /// <param name="read">Takes what is needed; the element is gone afterwards.</param>
    /// <exception cref="InvalidDataException">They break the rules.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string name, JsonRules rules, Func<JsonElement, T> read)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(UnicodeText.ToUtf8(bytes), rules.Options);
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException(Invariant($"{name} {rules.NotJson} (line {problem.LineNumber + 1})."), problem);
        }

        using (document)
        {
            try
            {
                return read(document.RootElement);
            }
            catch (InvalidOperationException problem) when (!UnicodeJson.IsReadable(document.RootElement))
            {
                throw new InvalidDataException($"{name} {rules.NotUnicode}.", problem);
            }
        }
    }

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What a sentence calls it.</param>
    /// <param name="rules">What it may be.</param>
    /// <exception cref="InvalidDataException">It is too large.</exception>
    public static ReadOnlyMemory<byte> ReadBytes(string path, string name, JsonRules rules) =>
        BoundedFile.Read(path, rules.MaximumBytes) ?? throw new InvalidDataException($"{name} {rules.TooLarge}.");
}

/// <summary>What a kind of JSON file may be, and the sentences for what it may not; each follows the file's name.</summary>
internal sealed record JsonRules
{
    /// <summary>The largest file that is read.</summary>
    public required long MaximumBytes { get; init; }

    /// <summary>What is said of a larger one.</summary>
    public required string TooLarge { get; init; }

    /// <summary>What is said of a file that breaks JSON's rules, or these; the line follows.</summary>
    public string NotJson { get; init; } = "cannot be read: it is not JSON";

    /// <summary>What is said of a file with half a surrogate pair or bytes that are not UTF-8.</summary>
    public string NotUnicode { get; init; } = "cannot be read: it contains text that is not Unicode";

    /// <summary>The depth, and whether comments, trailing commas and equal names are allowed.</summary>
    public JsonDocumentOptions Options { get; init; }
}
