using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Cupola.LanguageModels;

/// <summary>
/// What a server is asked. A field that the answer does not need and that the server refuses is left out from then on; the limit
/// of tokens has two names, of which it knows one.
/// </summary>
internal sealed partial class LanguageModelRequest(Uri endpoint, string model)
{
    private const RegexOptions Options =
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private const string OldLimit = "max_tokens";
    private const string NewLimit = "max_completion_tokens";

    // OpenAI renamed the limit for its reasoning models, and the others know the old name.
    private readonly string _firstLimit =
        LanguageModelAddress.IsOpenAi(endpoint) || LanguageModelAddress.IsAzure(endpoint) ? NewLimit : OldLimit;

    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);

    /// <summary>Whether the server refuses to be told a temperature, as OpenAI's reasoning models do.</summary>
    public bool RefusesTemperature => _refused.ContainsKey("temperature");

    private string Limit =>
        !_refused.ContainsKey(_firstLimit) ? _firstLimit
        : _firstLimit == OldLimit ? NewLimit
        : OldLimit;

    /// <summary>The question in the server's words.</summary>
    public JsonObject Body(string question, ChatOptions? options)
    {
        JsonObject body = new()
        {
            ["model"] = options?.ModelId ?? model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
        };
        Add("stream", true);
        Add("temperature", options?.Temperature);
        Add(Limit, options?.MaxOutputTokens);
        Add("seed", options?.Seed);
        return body;

        void Add(string name, JsonNode? value)
        {
            if (value is not null && (name == Limit || !_refused.ContainsKey(name)))
            {
                body[name] = value;
            }
        }
    }

    /// <summary>
    /// Whether a refusal is about a field of the question that can be left out or named otherwise; the next body is without it.
    /// </summary>
    public bool CanDoWithout(LanguageModelError error, string question, JsonObject asked)
    {
        if (error.Status is 401 or 402 or 403 or 408 or 429)
        {
            return false;
        }

        // Words of the question, as in "pumpkin seed", are no field's name.
        string words = error.Words.Replace(question, "", StringComparison.Ordinal);
        bool saysUnknown = Unknown().IsMatch(words),
            saysRange = OutOfRange().IsMatch(words);
        bool isRefusal = error.Status is null or 400 or 422;
        string[] refused =
        [
            .. asked
                .Select(static field => field.Key)
                .Where(Names)
                .Where(name =>
                    name switch
                    {
                        "seed" => isRefusal || saysUnknown,
                        "stream" => saysUnknown,
                        "temperature" => saysUnknown && !saysRange,
                        _ => name == _firstLimit && !saysRange && (saysUnknown || NamesOtherLimit(name)),
                    }
                ),
        ];
        foreach (string name in refused)
        {
            _refused[name] = true;
        }

        return refused.Length > 0;

        bool Names(string name) =>
            name switch
            {
                "seed" => Seed().IsMatch(words),
                "stream" => Stream().IsMatch(words),
                "temperature" => Temperature().IsMatch(words),
                OldLimit or NewLimit => words.Contains(name, StringComparison.OrdinalIgnoreCase),
                _ => false,
            };

        bool NamesOtherLimit(string name) =>
            words.Contains(name == OldLimit ? NewLimit : OldLimit, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"\bseed\b", Options)]
    private static partial Regex Seed();

    [GeneratedRegex(@"\bstream(ing)?\b", Options)]
    private static partial Regex Stream();

    [GeneratedRegex(@"\btemperature\b", Options)]
    private static partial Regex Temperature();

    /// <summary>How servers say that they do not take a field at all, or no value but their own.</summary>
    [GeneratedRegex(
        @"unsupported|not? support|n't support|unknown|unrecogni[sz]ed|unexpected|\bextra\b|extra_forbidden|additional propert"
            + @"|deprecated|cannot find|can't find|no such|removed|incompatible|forbidden|disallowed|instead"
            + @"|not (be )?(currently )?(permitted|allowed|accepted|available|recogni[sz]ed|valid|implemented|specified|used|"
            + @"set|enabled)"
            + @"|only \S+ is (allowed|supported|accepted)|only (the )?default|not a valid (field|parameter|argument)"
            + @"|invalid (parameter|argument|field|key)|does not accept|doesn't accept|must be (removed|omitted|unset)",
        Options
    )]
    private static partial Regex Unknown();

    /// <summary>How they say that a value is too large or too small, which a person should hear.</summary>
    [GeneratedRegex(
        @"between|\brange\b|at most|at least|(less|greater|larger|smaller) than|too (large|high|small|low)|[<>]=?\s*\d"
            + @"|maximum|minimum|context length|context window",
        Options
    )]
    private static partial Regex OutOfRange();
}
