using System.Text.Json;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>A table with a JSON object per line, whose properties are its columns; a line may contain a list of texts.</summary>
internal sealed class JsonLines : ImageTable
{
    public JsonLines(string path, TableColumn subject, TableColumn texts, bool fetch)
        : base(path, subject, texts, fetch)
    {
        string[] columns = TextLines
            .Read(Path, MaximumLineLength)
            .Select(static line =>
                Parse(line, static root => root.EnumerateObject().Select(static column => column.Name).ToArray())
            )
            .FirstOrDefault(static names => names is not null)
            ?? throw new InvalidDataException($"{path} is not a table of images: no line of it is a JSON object.");
        subject.IndexAmong(columns, path);
        texts.IndexAmong(columns, path);
    }

    public override IEnumerable<TableRow> Read(ILogger? logger)
    {
        foreach ((int index, string? line) in TextLines.Read(Path, MaximumLineLength).Index())
        {
            if (line is not null && string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (line is null)
            {
                PassOver(index + 1, $"it is longer than {MaximumLineLength} characters", logger);
            }
            else if (Parse(line, root => Fields(root)) is not { } fields)
            {
                PassOver(index + 1, "it is not a JSON object", logger);
            }
            else if (Row(index + 1, fields.Subject, fields.Texts, logger) is { } row)
            {
                yield return row;
            }
        }
    }

    private static T? Parse<T>(string? line, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line ?? "");
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair causes an InvalidOperationException when the text is read.
            return null;
        }
    }

    private LineFields Fields(JsonElement root) =>
        new(Texts(root, SubjectColumn).FirstOrDefault(""), [.. Texts(root, TextColumn)]);

    /// <summary>A text, the texts of a list, or a number as written.</summary>
    private static IEnumerable<string> Texts(JsonElement root, TableColumn column)
    {
        JsonProperty[] properties = [.. root.EnumerateObject()];
        int index = column.Find([.. properties.Select(static property => property.Name)]);
        JsonElement value = index < 0 ? default : properties[index].Value;
        return (
            value.ValueKind == JsonValueKind.Array && column.AllowsLists ? value.EnumerateArray() : Enumerable.Repeat(value, 1)
        )
            .Select(Text)
            .Where(static text => text.Length <= MaximumFieldLength);
    }

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };

    private sealed record LineFields(string Subject, IReadOnlyList<string> Texts);
}
