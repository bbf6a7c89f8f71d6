using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>Data that is part of the library.</summary>
internal static class EmbeddedJson
{
    /// <summary>Reads a file of this room that the library carries in it.</summary>
    public static T Read<T>(string file, Func<JsonElement, T> read)
    {
        using Stream stream = typeof(EmbeddedJson).Assembly.GetManifestResourceStream($"Cupola.Prompts.{file}")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return read(document.RootElement);
    }
}
