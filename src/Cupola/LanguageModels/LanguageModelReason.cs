using System.Text;
using System.Text.Json;

namespace Cupola.LanguageModels;

/// <summary>Finds the reason, the codes and all other words in an error, whatever form a server gives it.</summary>
internal static class LanguageModelReason
{
    // Errors within errors, as routers and proxies pass them on.
    private const int MostLevels = 6;
    private const int MostReasons = 3;

    /// <summary>Where the reason stands, the most telling first.</summary>
    private static readonly string[] Fields =
    [
        "message",
        "msg",
        "detail",
        "reason",
        "error_description",
        "error_message",
        "errorMessage",
        "status_msg",
        "faultstring",
        "title",
        "description",
        "error",
        "errors",
        "fault",
        "base_resp",
        "details",
    ];

    private static readonly string[] CodeFields =
    [
        "code",
        "status",
        "status_code",
        "statusCode",
        "http_code",
        "type",
        "error_type",
    ];

    /// <summary>Why, in the server's words; nothing where it does not say.</summary>
    public static string? In(JsonElement error) => In(error, level: 0);

    /// <summary>
    /// Whether an object that is no chunk of an answer is an error by its words alone: FastAPI's <c>detail</c>, or
    /// <c>{"code": 1002, "msg": "…"}</c>.
    /// </summary>
    public static bool StandsAlone(JsonElement error) =>
        Fields.Any(field => field is not ("description" or "title") && IsSaid(error, field)) && In(error) is not null;

    /// <summary>
    /// All codes and words of an error. What was asked may be repeated under <c>input</c> or <c>body</c>, and is none of them.
    /// </summary>
    public static (IReadOnlyList<string> Codes, string Words) Collect(JsonElement error)
    {
        List<string> codes = [];
        StringBuilder words = new();
        Collect(error, codes, words, level: 0);
        return (codes, words.ToString());
    }

    /// <summary>Whether a field holds something.</summary>
    public static bool IsSaid(JsonElement element, string field)
    {
        JsonElement value = element.TryGetProperty(field, out JsonElement found) ? found : default;
        return value.ValueKind switch
        {
            JsonValueKind.String => !string.IsNullOrWhiteSpace(Text(value)),
            JsonValueKind.Object => value.EnumerateObject().Any(),
            JsonValueKind.Array => value.GetArrayLength() > 0,
            JsonValueKind.True => true,
            _ => false,
        };
    }

    private static string? In(JsonElement element, int level) =>
        element.ValueKind switch
        {
            JsonValueKind.String => string.IsNullOrWhiteSpace(Text(element))
                ? null
                : InText(Text(element), level) ?? Text(element),
            JsonValueKind.Array when level < MostLevels => InList(element, level),
            JsonValueKind.Object when level < MostLevels => InObject(element, level),
            _ => null,
        };

    private static string? InList(JsonElement list, int level)
    {
        IEnumerable<string?> reasons = list.EnumerateArray().Take(MostReasons).Select(each => In(each, level + 1));
        return string.Join("; ", reasons.OfType<string>()) is { Length: > 0 } all ? all : null;
    }

    private static string? InObject(JsonElement element, int level)
    {
        // An object under "error" is the error; a text there is rather its name, where a message stands beside it.
        bool hasInner =
            element.TryGetProperty("error", out JsonElement inner)
            && inner.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        string? reason = (hasInner ? In(inner, level + 1) : null)
            ?? Fields
                .Select(field => element.TryGetProperty(field, out JsonElement value) ? In(value, level + 1) : null)
                .FirstOrDefault(static text => text is not null);
        return reason is null ? null : Place(element) + reason + Upstream(element, level);
    }

    /// <summary>The reason in a text that is an error of its own: <c>"{\"error\": {\"message\": …}}"</c>.</summary>
    private static string? InText(string text, int level)
    {
        if (level >= MostLevels || text.TrimStart() is not ['{' or '[', ..])
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return In(document.RootElement, level + 1);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>FastAPI's <c>loc</c>: "body.seed: ".</summary>
    private static string Place(JsonElement element)
    {
        if (!element.TryGetProperty("loc", out JsonElement place) || place.ValueKind != JsonValueKind.Array)
        {
            return "";
        }

        IEnumerable<JsonElement> steps = place
            .EnumerateArray()
            .Where(static step => step.ValueKind is JsonValueKind.String or JsonValueKind.Number);
        return $"{string.Join('.', steps.Select(Text))}: ";
    }

    /// <summary>What the server behind a router said: " (…)".</summary>
    private static string Upstream(JsonElement element, int level) =>
        element.TryGetProperty("metadata", out JsonElement more)
        && more.ValueKind == JsonValueKind.Object
        && more.TryGetProperty("raw", out JsonElement raw)
        && In(raw, level + 1) is { } said
            ? $" ({said})"
            : "";

    private static void Collect(JsonElement element, List<string> codes, StringBuilder words, int level)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            words.Append(words.Length > 0 ? " " : "").Append(Text(element));
        }
        else if (element.ValueKind == JsonValueKind.Array && level < MostLevels)
        {
            foreach (JsonElement each in element.EnumerateArray())
            {
                Collect(each, codes, words, level + 1);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object && level < MostLevels)
        {
            foreach (JsonProperty field in element.EnumerateObject())
            {
                if (
                    field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    && CodeFields.Contains(field.Name, StringComparer.Ordinal)
                )
                {
                    codes.Add(Text(field.Value));
                }

                if (field.Name is not ("input" or "body" or "request" or "choices"))
                {
                    Collect(field.Value, codes, words, level + 1);
                }
            }
        }
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.ToString();
        }
        catch (InvalidOperationException)
        {
            // Half of an emoji.
            return element.GetRawText();
        }
    }
}
