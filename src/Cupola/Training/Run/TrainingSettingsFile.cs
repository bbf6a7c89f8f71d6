using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Run;

/// <summary>Settings as JSON: a file says only what it wants otherwise.</summary>
internal static class TrainingSettingsFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    private static readonly JsonRules Rules = new()
    {
        // A settings file has some dozens of lines.
        MaximumBytes = 1 << 20,
        TooLarge = "is too large for settings",
        NotJson = "cannot be read: it is not JSON, or says something twice",
        Options = new()
        {
            AllowTrailingCommas = true,
            AllowDuplicateProperties = false,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = 8,
        },
    };

    /// <summary>The groups of settings; a file names their members without the group.</summary>
    private static readonly string[] Groups = ["optimizer", "augmentation", "memory", "run"];

    /// <summary>The group of each setting that is in one.</summary>
    public static readonly IReadOnlyDictionary<string, string> GroupOf = Groups
        .SelectMany(static group => Nested(new())[group]!.AsObject().Select(setting => (setting.Key, group)))
        .ToDictionary(static entry => entry.Key, static entry => entry.group, StringComparer.Ordinal);

    /// <summary>All settings, as they are written into a run.</summary>
    public static JsonObject ToJson(TrainingSettings settings)
    {
        JsonObject flat = [];
        foreach ((string name, JsonNode? value) in Nested(settings))
        {
            if (!Groups.Contains(name))
            {
                flat[name] = value?.DeepClone();
                continue;
            }

            foreach ((string setting, JsonNode? each) in value!.AsObject())
            {
                flat[setting] = each?.DeepClone();
            }
        }

        return flat;
    }

    /// <summary>Reads a file of settings; comments and trailing commas are allowed.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There are no settings {path}.", path);
        }

        JsonElement settings = BoundedJson.Read(path, Rules);
        return settings.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(settings)!
            : throw new InvalidDataException($"{path} cannot be used: settings are a JSON object, as in {{ \"batch\": 256 }}.");
    }

    /// <summary>Settings with some of them otherwise.</summary>
    /// <param name="settings">What holds where nothing else is said.</param>
    /// <param name="changes">What is said.</param>
    /// <param name="source">Who says it, for errors.</param>
    /// <param name="logger">Receives a sentence for each former name.</param>
    /// <exception cref="InvalidDataException">
    /// A name is unknown, or a value is of another kind; the message says which.
    /// </exception>
    public static TrainingSettings Merge(TrainingSettings settings, JsonObject changes, string source, ILogger? logger = null)
    {
        changes = FormerSettings.Rename(changes, source, logger);
        JsonObject merged = ToJson(settings);
        Merge(merged, changes, source, within: "");
        try
        {
            return Grouped(merged).Deserialize<TrainingSettings>(Json)!;
        }
        catch (JsonException exception)
        {
            string path = WithoutGroup(exception.Path?.TrimStart('$', '.') ?? "");
            JsonNode? given = Find(changes, path);
            throw new InvalidDataException(
                $"{source} cannot be used: '{path}' is {Short(given)}; it takes {SettingKinds.KindOf(path, given)} "
                    + $"({Short(Find(ToJson(new()), path))} by default).",
                exception
            );
        }
    }

    private static JsonObject Nested(TrainingSettings settings) => (JsonObject)JsonSerializer.SerializeToNode(settings, Json)!;

    /// <summary>Settings as a file has them, each put into its group.</summary>
    private static JsonObject Grouped(JsonObject flat)
    {
        JsonObject nested = [];
        foreach ((string name, JsonNode? value) in flat)
        {
            JsonObject target = nested;
            if (GroupOf.TryGetValue(name, out string? group))
            {
                nested.TryAdd(group, new JsonObject());
                target = nested[group]!.AsObject();
            }

            target[name] = value?.DeepClone();
        }

        return nested;
    }

    private static string WithoutGroup(string path) =>
        Array.Find(Groups, group => path.StartsWith($"{group}.", StringComparison.Ordinal)) is { } group
            ? path[(group.Length + 1)..]
            : path;

    private static void Merge(JsonObject target, JsonObject changes, string source, string within)
    {
        foreach ((string name, JsonNode? value) in changes)
        {
            if (!target.TryGetPropertyValue(name, out JsonNode? known))
            {
                throw new InvalidDataException(
                    $"{source} cannot be used: there is no setting '{within}{ForeignText.Shown(name)}'; there are "
                        + $"{string.Join(", ", target.Select(static entry => entry.Key))}"
                        + $"{(within.Length == 0 ? "" : $" in '{within.TrimEnd('.')}'")}."
                );
            }

            if (IsBeyondNumbers(value))
            {
                throw new InvalidDataException(
                    $"{source} cannot be used: '{within}{name}' is {Short(value)}, and no setting is so large."
                );
            }

            if (known is JsonObject inner && value is JsonObject more)
            {
                Merge(inner, more, source, $"{within}{name}.");
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>What a setting is, as a file of settings has it.</summary>
    public static string ValueOf(TrainingSettings settings, string name) => Short(Find(ToJson(settings), name));

    /// <summary>Such a number would be read as infinite.</summary>
    private static bool IsBeyondNumbers(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number
        && !(Math.Abs(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)) <= float.MaxValue);

    private static JsonNode? Find(JsonNode? node, string path) =>
        path.Split('.', '[').Aggregate(node, static (found, name) => found is JsonObject inner ? inner[name] : found);

    private static string Short(JsonNode? value)
    {
        string text = value?.ToJsonString() ?? "null";
        return text.Length > 40 ? text[..40] + "…" : text;
    }
}
