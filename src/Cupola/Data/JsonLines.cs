using System.Text;
using System.Text.Json;

namespace Cupola.Data;

/// <summary>A table with a JSON object a line, whose properties are its columns; a line may hold a list of texts.</summary>
internal sealed class JsonLines : PictureTable
{
    /// <summary>Some fields of the greatest length; a file without line ends would otherwise be read as one line.</summary>
    private const int MaximumLineLength = 16 * MaximumFieldLength;

    public JsonLines(string path, TableColumn texts)
        : base(path, texts)
    {
        string[] columns = Lines().Select(static line => Parse(line, static root => root.EnumerateObject().Select(static property => property.Name).ToArray())).FirstOrDefault(static names => names is not null)
            ?? throw new InvalidDataException($"{path} is no table of pictures: no line of it is a JSON object.");
        TableColumn.Picture.IndexAmong(columns, path);
        texts.IndexAmong(columns, path);
    }

    public override IEnumerable<TableRow> Read(Action<string>? broken)
    {
        foreach ((int index, string? line) in Lines().Index())
        {
            if (line is not null && string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (line is null)
            {
                PassOver(index + 1, $"it is longer than {MaximumLineLength} characters", broken);
            }
            else if (Parse(line, root => Fields(root)) is not { } fields)
            {
                PassOver(index + 1, "it is no JSON object", broken);
            }
            else if (Row(index + 1, fields.Picture, fields.Texts, broken) is { } row)
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
            // Half a surrogate pair is an InvalidOperationException, once the text is asked for.
            return null;
        }
    }

    private LineFields Fields(JsonElement root) => new(Texts(root, TableColumn.Picture).FirstOrDefault(""), [.. Texts(root, TextColumn)]);

    /// <summary>A text, the texts of a list, or a number as it is written.</summary>
    private static IEnumerable<string> Texts(JsonElement root, TableColumn column)
    {
        JsonProperty[] properties = [.. root.EnumerateObject()];
        JsonElement value = column.Names.SelectMany(name => properties.Where(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .Select(static property => property.Value).FirstOrDefault();
        return (value.ValueKind == JsonValueKind.Array && column.AllowsLists ? value.EnumerateArray() : Enumerable.Repeat(value, 1)).Select(Text).Where(static text => text.Length <= MaximumFieldLength);
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => "",
    };

    /// <summary>The lines of the file; null where one is too long to be one.</summary>
    private IEnumerable<string?> Lines()
    {
        using StreamReader reader = new(Path);
        StringBuilder line = new();
        char[] block = new char[1 << 14];
        while (reader.Read(block) is > 0 and int count)
        {
            for (ReadOnlyMemory<char> rest = block.AsMemory(0, count); rest.Length > 0;)
            {
                int end = rest.Span.IndexOf('\n');
                ReadOnlyMemory<char> part = end < 0 ? rest : rest[..end];
                if (line.Length <= MaximumLineLength)
                {
                    line.Append(part);
                }

                if (end >= 0)
                {
                    yield return line.Length <= MaximumLineLength ? line.ToString() : null;
                    line.Clear();
                }

                rest = rest[(end < 0 ? rest.Length : end + 1)..];
            }
        }

        if (line.Length > 0)
        {
            yield return line.Length <= MaximumLineLength ? line.ToString() : null;
        }
    }

    private sealed record LineFields(string Picture, IReadOnlyList<string> Texts);
}
