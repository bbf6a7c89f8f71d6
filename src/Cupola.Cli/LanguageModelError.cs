using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cupola.Cli;

/// <summary>What a server says in place of an answer, as a status with a body or within a stream; every server has a form of its own.</summary>
internal sealed record LanguageModelError
{
    // Errors within errors, as routers and proxies pass them on.
    private const int MostLevels = 6;
    private const int MostReasons = 3;

    /// <summary>Where the reason stands, the most telling first.</summary>
    private static readonly string[] ReasonFields =
    [
        "message", "msg", "detail", "reason", "error_description", "error_message", "errorMessage", "status_msg", "faultstring", "title", "description", "error", "errors", "fault", "base_resp", "details",
    ];

    private static readonly string[] CodeFields = ["code", "status", "status_code", "statusCode", "http_code", "type", "error_type"];

    // Whatever the status: asking again does not help.
    private static readonly string[] Lasting =
    [
        "insufficientquota", "contextlength", "exceedcontext", "contextwindow", "invalidrequest", "invalidapikey", "authentication", "unauthorized", "permission", "notfound", "billing", "payment",
        "credit", "contentfilter", "contentpolicy", "badrequest", "invalidargument", "unsupported", "accountdeactivated", "accessdenied", "forbidden", "validation", "moderation",
    ];

    private static readonly string[] Passing =
    [
        "ratelimit", "overload", "servererror", "internalerror", "internalserver", "unavailable", "timeout", "timedout", "resourceexhausted", "deadlineexceeded", "apierror", "throttl", "toomanyrequests",
        "capacity", "busy", "engine", "badgateway",
    ];

    private static readonly string[] PassingWords = ["overloaded", "try again", "rate limit", "too many requests", "timed out", "temporarily", "loading", "unavailable", "at capacity", "server is busy"];

    /// <summary>The status, or the code within a stream where it is one.</summary>
    public int? Status { get; private init; }

    /// <summary>Why, in the server's words; nothing where it does not say.</summary>
    public string? Reason { get; private init; }

    /// <summary>All words of the error, in which the names of fields are looked for.</summary>
    public string Words { get; private init; } = "";

    /// <summary>Whether the account is empty.</summary>
    public bool HasNoCredit { get; private init; }

    /// <summary>Whether the same question may be answered in a moment.</summary>
    public bool IsPassing { get; private init; }

    /// <summary>Whether the address is none that takes questions.</summary>
    public bool IsWrongAddress { get; private init; }

    /// <summary>An answer that has a status of its own.</summary>
    public static LanguageModelError Of(int status, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return Of(status, document.RootElement);
        }
        catch (JsonException)
        {
            // Nothing is to be learned from a proxy's page but its status.
            string text = body.TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
            return Of(status, text.StartsWith('<') ? "" : text, code: null);
        }
    }

    /// <summary>An error within a stream that is no JSON.</summary>
    public static LanguageModelError Of(string text) => Of(status: null, text, code: null);

    /// <summary>The error in an event of a stream, or nothing where it is none. A chunk may have <c>"error": null</c>, and an answer may speak of errors.</summary>
    public static LanguageModelError? In(JsonElement root, bool isMarked)
    {
        JsonElement error = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[0] : root;
        if (error.ValueKind != JsonValueKind.Object)
        {
            return isMarked ? Of(status: null, error) : null;
        }

        bool isChunk = error.TryGetProperty("choices", out JsonElement choices);
        if (IsSaid(error, "error") || isMarked || (!isChunk && (Is(error, "object", "error") || Is(error, "type", "error") || IsReason(error))))
        {
            return Of(status: null, error);
        }

        return isChunk && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0 && choices[0].ValueKind == JsonValueKind.Object && IsSaid(choices[0], "error")
            ? Of(status: null, choices[0].GetProperty("error"))
            : null;
    }

    /// <summary>An object that is no chunk and has a reason in it: FastAPI's <c>detail</c>, <c>{"code": 1002, "msg": "…"}</c>.</summary>
    private static bool IsReason(JsonElement error) => ReasonFields.Any(field => field is not ("description" or "title") && IsSaid(error, field)) && ReasonOf(error, level: 0) is not null;

    private static LanguageModelError Of(int? status, JsonElement root)
    {
        List<string> codes = [];
        StringBuilder words = new();
        Collect(root, codes, words, level: 0);
        int? code = status ?? codes.Select(static text => int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number is >= 400 and < 600 ? number : (int?)null)
            .FirstOrDefault(static number => number is not null);
        return Of(code, words.ToString(), string.Join(' ', codes)) with { Reason = ReasonOf(root, level: 0) };
    }

    private static LanguageModelError Of(int? status, string words, string? code)
    {
        string[] names = [.. (code ?? "").Split(' ').Select(static name => string.Concat(name.Where(char.IsLetter)).ToLowerInvariant())];
        bool hasNoCredit = status == 402 || Names("insufficientquota", "credit");
        bool isLasting = Names(Lasting), isPassing = Names(Passing);
        return new LanguageModelError
        {
            Status = status,
            Reason = string.IsNullOrWhiteSpace(words) ? null : words,
            Words = words,
            HasNoCredit = hasNoCredit,
            // A name says more than a number: 429 for an empty account does not pass, and 400 for throttling does.
            IsPassing = !hasNoCredit && status switch
            {
                408 or 425 or 429 => !Names("billing", "payment"),
                400 => Names("throttl", "ratelimit", "toomanyrequests", "overload"),
                501 or 505 => false,
                >= 500 => !isLasting || isPassing,
                null => isPassing || (!isLasting && PassingWords.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase))),
                _ => false,
            },
            IsWrongAddress = status is 404 or 405 || words.Contains("unexpected endpoint", StringComparison.OrdinalIgnoreCase),
        };

        bool Names(params string[] parts) => names.Any(name => parts.Any(name.Contains));
    }

    /// <summary>All codes and words of an error. What was asked may be repeated under <c>input</c> or <c>body</c>, and is none of them.</summary>
    private static void Collect(JsonElement element, List<string> codes, StringBuilder words, int level)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when level < MostLevels:
                foreach (JsonProperty field in element.EnumerateObject().Where(static field => field.Name is not ("input" or "body" or "request" or "choices")))
                {
                    if (CodeFields.Contains(field.Name, StringComparer.Ordinal) && field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                    {
                        codes.Add(Text(field.Value).Replace(' ', '_'));
                    }

                    Collect(field.Value, codes, words, level + 1);
                }

                break;
            case JsonValueKind.Array when level < MostLevels:
                foreach (JsonElement each in element.EnumerateArray())
                {
                    Collect(each, codes, words, level + 1);
                }

                break;
            case JsonValueKind.String:
                words.Append(words.Length > 0 ? " " : "").Append(Text(element));
                break;
            default:
                break;
        }
    }

    private static string? ReasonOf(JsonElement element, int level)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return Text(element) is { } text && !string.IsNullOrWhiteSpace(text) ? Inner(text, level) ?? text : null;
            case JsonValueKind.Array when level < MostLevels:
                string[] reasons = [.. element.EnumerateArray().Take(MostReasons).Select(each => ReasonOf(each, level + 1)).OfType<string>()];
                return reasons.Length > 0 ? string.Join("; ", reasons) : null;
            case JsonValueKind.Object when level < MostLevels:
                // An object under "error" is the error; a text there is rather its name, where a message stands beside it.
                JsonElement inner = element.TryGetProperty("error", out JsonElement error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? error : default;
                string? reason = (inner.ValueKind != JsonValueKind.Undefined ? ReasonOf(inner, level + 1) : null)
                    ?? ReasonFields.Select(field => element.TryGetProperty(field, out JsonElement value) ? ReasonOf(value, level + 1) : null).FirstOrDefault(static text => text is not null);
                return reason is null ? null : Place(element) + reason + Upstream(element, level);
            default:
                return null;
        }
    }

    /// <summary>The reason in a text that is an error of its own: <c>"{\"error\": {\"message\": …}}"</c>.</summary>
    private static string? Inner(string text, int level)
    {
        if (level >= MostLevels || text.TrimStart() is not ['{' or '[', ..])
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return ReasonOf(document.RootElement, level + 1);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>FastAPI's <c>loc</c>: "body.seed: ".</summary>
    private static string Place(JsonElement element) => element.TryGetProperty("loc", out JsonElement place) && place.ValueKind == JsonValueKind.Array
        ? string.Join('.', place.EnumerateArray().Where(static each => each.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(Text)) + ": "
        : "";

    /// <summary>What the server behind a router said: " (…)".</summary>
    private static string Upstream(JsonElement element, int level) =>
        element.TryGetProperty("metadata", out JsonElement more) && more.ValueKind == JsonValueKind.Object && more.TryGetProperty("raw", out JsonElement raw) && ReasonOf(raw, level + 1) is { } said
            ? $" ({said})"
            : "";

    private static bool Is(JsonElement element, string field, string value) =>
        element.TryGetProperty(field, out JsonElement found) && found.ValueKind == JsonValueKind.String && found.ValueEquals(value);

    /// <summary>Whether a field holds something.</summary>
    private static bool IsSaid(JsonElement element, string field) => element.TryGetProperty(field, out JsonElement value) && value.ValueKind switch
    {
        JsonValueKind.String => !string.IsNullOrWhiteSpace(Text(value)),
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.True => true,
        _ => false,
    };

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
