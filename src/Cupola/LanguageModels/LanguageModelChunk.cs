using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Cupola.LanguageModels;

/// <summary>
/// The few fields of a chat completion that are needed: <c>choices[0].delta.content</c>, or <c>message.content</c> where the
/// answer comes at once, and <c>finish_reason</c>. The rest is passed over, whatever it holds.
/// </summary>
/// <param name="Text">What the model says.</param>
/// <param name="IsMessage">Whether that is the whole answer, and not a piece more of it.</param>
/// <param name="IsThinking">Whether the model thinks, in a field of its own.</param>
/// <param name="Finish">Why the model ended, once it has.</param>
internal sealed record LanguageModelChunk(string Text, bool IsMessage, bool IsThinking, ChatFinishReason? Finish)
{
    private static readonly string[] LengthReasons =
    [
        "length",
        "maxtoken",
        "maxoutput",
        "maxcompletion",
        "maxnewtoken",
        "tokenlimit",
        "truncat",
        "incomplete",
        "contextwindow",
    ];

    private static readonly string[] FilterReasons =
    [
        "filter",
        "safety",
        "recitation",
        "blocklist",
        "prohibited",
        "sensitive",
        "refusal",
        "spii",
        "guardrail",
    ];

    // Gemini's dialect has had either.
    private static readonly string[] FinishFields = ["finish_reason", "finishReason"];

    private static readonly string[] ThinkingFields =
    [
        "reasoning_content",
        "reasoning",
        "thinking",
        "thought",
        "reasoning_text",
        "reasoning_details",
    ];

    /// <summary>Whether the server gave up, and would answer another time.</summary>
    public bool IsBroken { get; private init; }

    /// <summary>Reads a chunk, or nothing where it is none.</summary>
    public static LanguageModelChunk? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("choices", out JsonElement choices))
        {
            return null;
        }

        JsonElement choice =
            choices.ValueKind == JsonValueKind.Array
                ? choices.EnumerateArray().FirstOrDefault(static each => each.ValueKind == JsonValueKind.Object)
                : default;
        if (choice.ValueKind != JsonValueKind.Object)
        {
            return new("", IsMessage: false, IsThinking: false, Finish: null);
        }

        bool hasDelta = choice.TryGetProperty("delta", out JsonElement said) && said.ValueKind == JsonValueKind.Object;
        bool hasMessage = !hasDelta && choice.TryGetProperty("message", out said) && said.ValueKind == JsonValueKind.Object;
        StringBuilder text = new();
        bool isThinking = false;
        if (hasDelta || hasMessage)
        {
            isThinking = said.TryGetProperty("content", out JsonElement content) && Append(content, text);
            isThinking |= ThinkingFields.Any(field =>
                said.TryGetProperty(field, out JsonElement thought)
                && thought.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
                && !(thought.ValueKind == JsonValueKind.String && thought.ValueEquals(""))
            );
        }

        // The older completions have it beside.
        if (text.Length == 0 && !hasMessage && choice.TryGetProperty("text", out JsonElement plain))
        {
            Append(plain, text);
        }

        string? reason = FinishFields
            .Select(field => choice.TryGetProperty(field, out JsonElement finish) ? Reason(finish) : null)
            .FirstOrDefault(static each => each is not null);
        return new(text.ToString(), hasMessage, isThinking, reason is null ? null : Meaning(reason))
        {
            IsBroken = reason is "error" or "networkerror" or "abort" or "insufficientsystemresource",
        };
    }

    /// <summary>The letters of a reason; servers say that there is none yet by null, by nothing or by an empty text.</summary>
    private static string? Reason(JsonElement finish) =>
        finish.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => null,
            _ when string.IsNullOrWhiteSpace(finish.ToString()) => null,
            _ => string.Concat(finish.ToString().Where(char.IsLetter)).ToLowerInvariant(),
        };

    /// <summary>
    /// What ends an answer: its limit of tokens, something that is not allowed to be said, or the model itself.
    /// </summary>
    private static ChatFinishReason Meaning(string reason) =>
        LengthReasons.Any(reason.Contains) || reason is "limit" ? ChatFinishReason.Length
        : FilterReasons.Any(reason.Contains) ? ChatFinishReason.ContentFilter
        : ChatFinishReason.Stop;

    /// <summary>
    /// Adds what is text in a content: a text, or a list of parts; says whether there is a part that is thinking.
    /// </summary>
    private static bool Append(JsonElement content, StringBuilder text)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                text.Append(Characters(content));
                return false;
            case JsonValueKind.Array:
                return content.EnumerateArray().Aggregate(seed: false, (isThinking, part) => Append(part, text) || isThinking);
            case JsonValueKind.Object:
                bool isOther =
                    content.TryGetProperty("type", out JsonElement type)
                    && type.ValueKind == JsonValueKind.String
                    && !(type.ValueEquals("text") || type.ValueEquals("output_text") || type.ValueEquals("text_delta"));
                return isOther
                    ? content.EnumerateObject().Any(static field => field.Name is "thinking" or "reasoning")
                    : (content.TryGetProperty("text", out JsonElement inner) || content.TryGetProperty("value", out inner))
                        && Append(inner, text);
            default:
                return false;
        }
    }

    /// <summary>
    /// The characters of a JSON text, also where it ends within an emoji, whose other half is in the next chunk.
    /// </summary>
    private static string Characters(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            string raw = text.GetRawText()[1..^1];
            StringBuilder characters = new();
            for (int index = 0; index < raw.Length; index++)
            {
                bool isEscape = raw[index] == '\\';
                index += isEscape ? 1 : 0;
                characters.Append(
                    !isEscape
                        ? raw[index]
                        : raw[index] switch
                        {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            'b' => '\b',
                            'f' => '\f',
                            'u' => (char)
                                ushort.Parse(raw.AsSpan(index + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                            char other => other,
                        }
                );
                index += isEscape && raw[index] == 'u' ? 4 : 0;
            }

            return characters.ToString();
        }
    }
}
