using System.Text.Json;
using Cupola.Files;

namespace Cupola.Models;

/// <summary>
/// An object of a configuration file; what is asked for and is of another kind is a sentence that names the file and the key.
/// </summary>
internal sealed class ConfigJson
{
    private static readonly JsonRules Rules = new()
    {
        // The largest configuration known takes a few kilobytes.
        MaximumBytes = 4 << 20,
        TooLarge = "is too large for a configuration",
        Options = new() { MaxDepth = 32, AllowTrailingCommas = true },
    };

    private readonly string _source;
    private readonly JsonElement _object;

    private ConfigJson(string source, JsonElement value)
    {
        _source = source;
        _object =
            value.ValueKind == JsonValueKind.Object
                ? value
                : throw new InvalidDataException($"{source} cannot be read: it is not a JSON object.");
    }

    /// <summary>Where it was read, with the path of keys to here.</summary>
    public string Source => _source;

    public IEnumerable<string> Keys => _object.EnumerateObject().Select(property => property.Name);

    public static ConfigJson Read(string path) => new(path, BoundedJson.Read(path, Rules));

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    public ConfigJson? Object(string key) => Find(key) is { } value ? new($"{_source}: {key}", value) : null;

    public ConfigJson RequiredObject(string key) => Object(key) ?? throw Missing(key);

    public int Integer(string key, int? otherwise = null) =>
        Find(key) switch
        {
            null => otherwise ?? throw Missing(key),
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) => number,
            { ValueKind: JsonValueKind.Number } value when Math.Abs(value.GetDouble()) > int.MaxValue => throw Wrong(
                key,
                value,
                "a number that a size can be"
            ),
            { } value => throw Wrong(key, value, "a whole number"),
        };

    public double Number(string key, double otherwise) =>
        Find(key) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out double number) && double.IsFinite(number) =>
                number,
            { } value => throw Wrong(key, value, "a number"),
        };

    public bool Flag(string key, bool otherwise) =>
        Find(key) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } value => throw Wrong(key, value, "true or false"),
        };

    public string? Text(string key) =>
        Find(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => value.GetString(),
            { } value => throw Wrong(key, value, "a text"),
        };

    /// <summary>A list of whole numbers, or none where the key is not there or is one number.</summary>
    public int[]? Integers(string key) =>
        Find(key) is { ValueKind: JsonValueKind.Array } value
            ?
            [
                .. value
                    .EnumerateArray()
                    .Select(entry =>
                        entry.ValueKind == JsonValueKind.Number && entry.TryGetInt32(out int number)
                            ? number
                            : throw Wrong(key, value, "a list of whole numbers")
                    ),
            ]
            : null;

    /// <summary>Three numbers, one a channel.</summary>
    public float[]? Channels(string key) =>
        Find(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } value
                when value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.Number)
                    && value.GetArrayLength() == 3 => [.. value.EnumerateArray().Select(entry => entry.GetSingle())],
            { } value => throw Wrong(key, value, "three numbers"),
        };

    public bool IsObject(string key) => Find(key)?.ValueKind == JsonValueKind.Object;

    public InvalidDataException Wrong(string key, string why) =>
        new($"{_source} cannot be used: '{ForeignText.Shown(key)}' {ForeignText.Shown(why)}.");

    private JsonElement? Find(string key) =>
        _object.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private InvalidDataException Missing(string key) => new($"{_source} cannot be used: '{key}' is missing.");

    private InvalidDataException Wrong(string key, JsonElement value, string wanted)
    {
        string text = value.GetRawText();
        return Wrong(key, $"is {(text.Length > 40 ? text[..40] + "…" : text)}, not {wanted}");
    }
}
