using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>Reads JSON data that is embedded in the library.</summary>
internal static class EmbeddedJson
{
    /// <summary>Reads an embedded file of this room, or of another one.</summary>
    public static T Read<T>(string file, Func<JsonElement, T> read, string room = "Prompts")
    {
        using Stream stream = typeof(EmbeddedJson).Assembly.GetManifestResourceStream($"Cupola.{room}.{file}")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return read(document.RootElement);
    }
}
