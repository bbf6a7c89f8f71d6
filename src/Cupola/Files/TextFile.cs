using System.Text;
using System.Text.Json;
using static System.FormattableString;

namespace Cupola.Files;

/// <summary>Reads small text files: lists of lines, and JSON.</summary>
internal static class TextFile
{
    private const int QuoteLength = 120;

    // CuPL's largest file has 3 MB.
    private static readonly JsonRules Rules = new()
    {
        MaximumBytes = 64 << 20,
        TooLarge = "has more than 64 MB, and lists of texts are not that large",
        NotJson = "is not valid JSON",
        NotUnicode = "contains text that is not Unicode",
    };

    /// <summary>
    /// Reads a JSON list of texts, or one text per line; white space around texts and empty texts are dropped. Of a JSON object
    /// of lists, <c>FILE#NAME</c> names one.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="what">The kind of the texts, for error messages: "labels".</param>
    /// <param name="unquote">Whether quotation marks around a line are removed, as in CSV with one column.</param>
    /// <param name="entersOnlyList">Whether the only list of a JSON object is used without its name.</param>
    public static IReadOnlyList<string> ReadList(string path, string what, bool unquote = false, bool entersOnlyList = false)
    {
        NamedEntry file = NamedEntry.Read(path);
        string content = Read(file.File);
        string start = content.TrimStart();
        bool isJson =
            file.Entry is not null
            || start.StartsWith('[')
            || start.StartsWith('{')
            || Path.GetExtension(file.File).Equals(".json", StringComparison.OrdinalIgnoreCase);
        IEnumerable<string> texts = isJson
            ? ReadJson(file.File, content, root => List(Enter(file, root, what, entersOnlyList), file.File, what))
            : content.Split(['\r', '\n']).Select(line => unquote ? DelimitedFields.Unquote(line.Trim()) : line);
        string[] list = [.. texts.Select(text => text.Trim()).Where(text => text.Length > 0)];
        return list.Length > 0 ? list : throw new InvalidDataException($"'{path}' contains no {what}.");
    }

    /// <summary>Reads a whole file as JSON.</summary>
    public static T ReadJson<T>(string path, Func<JsonElement, T> read) => ReadJson(path, Read(path), read);

    /// <summary>Quotes a text of a file or command line in a message: shortened, and on one line.</summary>
    public static string Quote(string text) => $"'{ForeignText.OneLine(text, QuoteLength)}'";

    private static JsonElement Enter(NamedEntry file, JsonElement root, string what, bool entersOnlyList)
    {
        bool isLists =
            root.ValueKind == JsonValueKind.Object
            && root.EnumerateObject().Any()
            && root.EnumerateObject().All(static entry => entry.Value.ValueKind == JsonValueKind.Array);
        return entersOnlyList && file.Entry is null && isLists ? file.EnterOnly(root, what) : file.Enter(root);
    }

    private static List<string> List(JsonElement root, string path, string what)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"'{path}' contains no JSON list; {what} are a JSON list of texts, or one per line.");
        }

        List<string> texts = new(root.GetArrayLength());
        foreach (JsonElement element in root.EnumerateArray())
        {
            texts.Add(
                element.ValueKind == JsonValueKind.String
                    ? element.GetString()!
                    : throw new InvalidDataException(
                        Invariant($"'{path}' has something that is not a text at position {texts.Count + 1} of its {what}.")
                    )
            );
        }

        return texts;
    }

    private static T ReadJson<T>(string path, string content, Func<JsonElement, T> read) =>
        BoundedJson.Read(Encoding.UTF8.GetBytes(content), $"'{path}'", Rules, read);

    private static string Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                Directory.Exists(path) ? $"'{path}' is a folder, and a file is needed." : $"There is no file '{path}'."
            );
        }

        return UnicodeText.Decode(BoundedJson.ReadBytes(path, $"'{path}'", Rules).Span)
            ?? throw new InvalidDataException($"'{path}' is not text in UTF-8.");
    }
}
