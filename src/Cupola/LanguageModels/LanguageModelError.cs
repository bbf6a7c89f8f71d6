using System.Globalization;
using System.Text.Json;

namespace Cupola.LanguageModels;

/// <summary>What a server says in place of an answer, by a status with a body or within a stream.</summary>
internal sealed record LanguageModelError
{
    // Parts of the names of errors; whatever the status, asking again does not help.
    private static readonly string[] Lasting =
    [
        "insufficientquota",
        "contextlength",
        "exceedcontext",
        "contextwindow",
        "invalidrequest",
        "invalidapikey",
        "authentication",
        "unauthorized",
        "permission",
        "notfound",
        "billing",
        "payment",
        "credit",
        "contentfilter",
        "contentpolicy",
        "badrequest",
        "invalidargument",
        "unsupported",
        "accountdeactivated",
        "accessdenied",
        "forbidden",
        "validation",
        "moderation",
    ];

    private static readonly string[] Passing =
    [
        "ratelimit",
        "overload",
        "servererror",
        "internalerror",
        "internalserver",
        "unavailable",
        "timeout",
        "timedout",
        "resourceexhausted",
        "deadlineexceeded",
        "apierror",
        "throttl",
        "toomanyrequests",
        "capacity",
        "busy",
        "engine",
        "badgateway",
    ];

    private static readonly string[] PassingWords =
    [
        "overloaded",
        "try again",
        "rate limit",
        "too many requests",
        "timed out",
        "temporarily",
        "loading",
        "unavailable",
        "at capacity",
        "server is busy",
    ];

    /// <summary>The status, or the code within a stream where it is one.</summary>
    public int? Status { get; private init; }

    /// <summary>Why, in the server's words; nothing where it does not say.</summary>
    public string? Reason { get; private init; }

    /// <summary>Whether the server says so itself, and not a page or a text of whatever stands before it.</summary>
    public bool IsTold { get; private init; }

    /// <summary>All words of the error, in which the names of fields are looked for.</summary>
    public string Words { get; private init; } = "";

    /// <summary>Whether the account is empty.</summary>
    public bool HasNoCredit { get; private init; }

    /// <summary>Whether the same question may be answered in a moment.</summary>
    public bool IsTransient { get; private init; }

    /// <summary>Whether the address is none that takes questions.</summary>
    public bool IsWrongAddress { get; private init; }

    /// <summary>An answer that has a status of its own.</summary>
    public static LanguageModelError Read(int status, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return Read(status, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Nothing is to be learned from a proxy's page but its status.
            string text = body.TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
            return Read(status, text.StartsWith('<') ? "" : text, codes: []);
        }
    }

    /// <summary>An error within a stream that is no JSON.</summary>
    public static LanguageModelError Read(string text) => Read(status: null, text, codes: []);

    /// <summary>
    /// The error in an event of a stream, or nothing where it is none. A chunk may have <c>"error": null</c>, and an answer may
    /// speak of errors.
    /// </summary>
    public static LanguageModelError? In(JsonElement root, bool isMarked)
    {
        JsonElement sent = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[0] : root;
        if (isMarked || sent.ValueKind != JsonValueKind.Object)
        {
            return isMarked ? Read(status: null, sent) : null;
        }

        if (!sent.TryGetProperty("choices", out JsonElement choices))
        {
            bool isNamed = LanguageModelReason.IsSaid(sent, "error") || Is(sent, "object", "error") || Is(sent, "type", "error");
            return isNamed || LanguageModelReason.StandsAlone(sent) ? Read(status: null, sent) : null;
        }

        JsonElement first = choices.ValueKind == JsonValueKind.Array ? choices.EnumerateArray().FirstOrDefault() : default;
        return LanguageModelReason.IsSaid(sent, "error") ? Read(status: null, sent)
            : first.ValueKind == JsonValueKind.Object && LanguageModelReason.IsSaid(first, "error")
                ? Read(status: null, first.GetProperty("error"))
            : null;
    }

    private static LanguageModelError Read(int? status, JsonElement root)
    {
        (IReadOnlyList<string> codes, string words) = LanguageModelReason.Collect(root);
        int? code = codes
            .Select(static text => int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Where(static number => number is >= 400 and < 600)
            .Select(static number => (int?)number)
            .FirstOrDefault();
        return Read(status ?? code, words, codes) with { Reason = LanguageModelReason.In(root), IsTold = true };
    }

    private static LanguageModelError Read(int? status, string words, IReadOnlyList<string> codes)
    {
        string[] names = [.. codes.Select(static name => string.Concat(name.Where(char.IsLetter)).ToLowerInvariant())];
        bool hasNoCredit = status == 402 || Names("insufficientquota", "credit");
        bool isLasting = Names(Lasting),
            isPassing = Names(Passing);
        return new LanguageModelError
        {
            Status = status,
            Reason = string.IsNullOrWhiteSpace(words) ? null : words,
            Words = words,
            HasNoCredit = hasNoCredit,
            // A name says more than a number: 429 for an empty account does not pass, and 400 for throttling does.
            IsTransient =
                !hasNoCredit
                && status switch
                {
                    408 or 425 or 429 => !Names("billing", "payment"),
                    400 => Names("throttl", "ratelimit", "toomanyrequests", "overload"),
                    501 or 505 => false,
                    >= 500 => !isLasting || isPassing,
                    null => isPassing || (!isLasting && Says(PassingWords)),
                    _ => false,
                },
            IsWrongAddress = status is 404 or 405 || Says("unexpected endpoint"),
        };

        bool Names(params string[] parts) => names.Any(name => parts.Any(name.Contains));

        bool Says(params string[] phrases) => phrases.Any(phrase => words.Contains(phrase, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Is(JsonElement element, string field, string value) =>
        element.TryGetProperty(field, out JsonElement found)
        && found.ValueKind == JsonValueKind.String
        && found.ValueEquals(value);
}
