using System.Text.Encodings.Web;
using System.Text.Json;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Prompts;

/// <summary>
/// Reads and writes the two formats of prompt files. CuPL's: <c>{"tree frog": ["A tree frog is…", …], …}</c>. Cupola's, which
/// keeps sources:
/// <c>{"format": "cupola-prompts-1", "classes": {"tree frog": [{"text": "A tree frog is…", "question": …}, …], …}}</c>. The bytes
/// written depend on the prompts alone, so equal sets give equal files.
/// </summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="IsCupl">Whether the format is CuPL's.</param>
internal sealed record PromptSetFile(PromptSet Prompts, bool IsCupl)
{
    private const string Format = "cupola-prompts-1";

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        NewLine = "\n",
        // Names and sentences stay readable; these files are never part of a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static PromptSetFile Read(string path)
    {
        NamedEntry file = NamedEntry.Read(path);
        return TextFile.ReadJson(file.File, root => Read(path, Enter(file, root)));
    }

    public static bool IsFile(string path)
    {
        NamedEntry file = NamedEntry.Read(path);
        if (!File.Exists(file.File))
        {
            return false;
        }

        if (file.Entry is not null)
        {
            return TextFile.ReadJson(file.File, root => file.Enter(root).ValueKind == JsonValueKind.Object);
        }

        // The first character is enough, and a list of templates need not be JSON.
        using StreamReader reader = new(file.File);
        int letter = reader.Read();
        while (letter >= 0 && char.IsWhiteSpace((char)letter))
        {
            letter = reader.Read();
        }

        return letter == '{';
    }

    public static void Write(string path, PromptSet set) => WriteObject(path, json =>
        {
            json.WriteString("format", Format);
            json.WriteStartObject("classes");
            WriteClasses(json, set, WritePrompt);
            json.WriteEndObject();
        });

    public static void WriteCupl(string path, PromptSet set) =>
        WriteObject(path, json => WriteClasses(json, set, static (json, prompt) => json.WriteStringValue(prompt.Text)));

    /// <summary>Writes prompts in the format of this file.</summary>
    public void WriteAlike(string path, PromptSet set)
    {
        if (IsCupl)
        {
            WriteCupl(path, set);
        }
        else
        {
            Write(path, set);
        }
    }

    /// <summary>In a file of several data sets, the classes of the named one, or of the only one.</summary>
    private static JsonElement Enter(NamedEntry file, JsonElement root)
    {
        bool isNested =
            file.Entry is null
            && root.ValueKind == JsonValueKind.Object
            && root.EnumerateObject().Any()
            && root.EnumerateObject().All(static entry => IsOfDataSet(entry.Value));
        return isNested ? file.EnterOnly(root, "prompts") : file.Enter(root);
    }

    private static bool IsOfDataSet(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && (
            entry.TryGetProperty("format", out _)
            || entry.EnumerateObject().All(static label => label.Value.ValueKind == JsonValueKind.Array)
        );

    private static PromptSetFile Read(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"'{path}' does not contain a JSON object of class names and lists of prompts.");
        }

        JsonElement classes = root;
        bool isCupl = true;
        if (root.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String)
        {
            isCupl = false;
            classes =
                format.GetString() == Format
                && root.TryGetProperty("classes", out JsonElement listed)
                && listed.ValueKind == JsonValueKind.Object
                    ? listed
                    : throw new InvalidDataException(
                        $"'{path}' gives its format as {TextFile.Quote(format.GetString()!)}, and contains no prompts in the "
                            + $"format {Format}."
                    );
        }

        try
        {
            PromptSet set = new(
                classes
                    .EnumerateObject()
                    .Select(entry => KeyValuePair.Create(entry.Name, ReadPrompts(entry, path).AsEnumerable()))
            );
            return set.ClassNames.Count > 0 ? new(set, isCupl) : throw new InvalidDataException($"'{path}' contains no classes.");
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"'{path}': {problem.Message}", problem);
        }
    }

    private static void WriteObject(string path, Action<Utf8JsonWriter> content) => AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream, Indented);
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        });

    private static void WriteClasses(Utf8JsonWriter json, PromptSet set, Action<Utf8JsonWriter, Prompt> write)
    {
        foreach (string className in set.ClassNames)
        {
            json.WriteStartArray(className);
            foreach (Prompt prompt in set[className])
            {
                write(json, prompt);
            }

            json.WriteEndArray();
        }
    }

    private static void WritePrompt(Utf8JsonWriter json, Prompt prompt)
    {
        json.WriteStartObject();
        json.WriteString("text", prompt.Text);
        if (prompt.Provenance is { } provenance)
        {
            json.WriteString("question", provenance.Question);
            json.WriteNumber("answer", provenance.Answer);
            json.WriteString("model", provenance.Model);
            json.WriteNumber("temperature", provenance.Temperature);
            json.WriteNumber("maxTokens", provenance.MaxTokens);
            json.WriteString("rawAnswer", provenance.RawAnswer);
            json.WriteString("rawAnswerSha256", provenance.RawAnswerHash);
        }

        json.WriteEndObject();
    }

    private static Prompt[] ReadPrompts(JsonProperty entry, string path)
    {
        if (string.IsNullOrWhiteSpace(entry.Name))
        {
            throw new InvalidDataException($"'{path}' has a class without a name.");
        }

        if (entry.Value.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"'{path}' has no list of prompts for {TextFile.Quote(entry.Name)}.");
        }

        Prompt[] prompts = new Prompt[entry.Value.GetArrayLength()];
        int index = 0;
        foreach (JsonElement element in entry.Value.EnumerateArray())
        {
            string name = Invariant($"prompt {index + 1} of {TextFile.Quote(entry.Name)}");
            string? text =
                element.ValueKind == JsonValueKind.Object ? Text(element, "text")
                : element.ValueKind == JsonValueKind.String ? element.GetString()
                : null;
            prompts[index++] = string.IsNullOrWhiteSpace(text)
                ? throw new InvalidDataException($"'{path}' has something that is not a sentence as {name}.")
                : new Prompt(text, path, ReadProvenance(element, path, name));
        }

        return prompts;
    }

    private static PromptProvenance? ReadProvenance(JsonElement element, string path, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "question") is not { } question)
        {
            return null;
        }

        return
            Text(element, "model") is { } model
            && Text(element, "rawAnswer") is { } rawAnswer
            && Number(element, "answer") is { } answer
            && Number(element, "temperature") is { } temperature
            && Number(element, "maxTokens") is { } maxTokens
            ? new(question, (int)answer, model, (float)temperature, (int)maxTokens, rawAnswer)
            : throw new InvalidDataException(
                $"'{path}' names the question that {name} answers, but not all of answer, model, temperature, maxTokens and "
                    + "rawAnswer."
            );
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
