using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Cupola.LanguageModels;

/// <summary>What a server sends at a time.</summary>
/// <param name="Json">An object or a list.</param>
/// <param name="Text">What can be read as neither; nothing for a comment, which says that the server is alive.</param>
/// <param name="IsError">Whether it is marked as an error.</param>
/// <param name="IsEnd">Whether it says that nothing follows.</param>
internal readonly record struct LanguageModelEvent(
    JsonElement? Json = null,
    string? Text = null,
    bool IsError = false,
    bool IsEnd = false
);

/// <summary>
/// Reads an answer as it comes: a stream of events, one JSON object a line, or one object in all, whatever its content type says.
/// Lines are read leniently, because servers differ: <c>error:</c> in place of <c>data:</c>, events without an empty line between
/// them. Nothing is kept beyond <see cref="LongestEvent"/>.
/// </summary>
internal static class LanguageModelEvents
{
    public const int LongestEvent = 1 << 20;

    private const int LongestAnswer = 1 << 24;
    private const int MostLines = 1000;

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The events of a body, in order.</summary>
    /// <exception cref="InvalidDataException">The body is longer than any answer.</exception>
    public static async IAsyncEnumerable<LanguageModelEvent> ReadAsync(
        Stream body,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        StringBuilder pending = new();
        int lines = 0;
        bool isRaw = false,
            isError = false;
        await foreach (string line in LinesAsync(body, cancellationToken).ConfigureAwait(false))
        {
            (string? field, string value) = Field(line);
            if (field == "event")
            {
                isError = value.Equals("error", StringComparison.OrdinalIgnoreCase);
            }

            if (field is "" or "event" or "id" or "retry")
            {
                yield return default;
            }
            else if (field is null && line.Length == 0)
            {
                if (pending.Length > 0 && !isRaw)
                {
                    yield return new(Text: pending.ToString(), IsError: isError);
                    pending.Clear();
                    lines = 0;
                }

                isError &= isRaw;
            }
            else if (value.Trim() is "[DONE]" or "\"[DONE]\"")
            {
                yield return new(IsEnd: true);
            }
            else
            {
                if (pending.Length > 0 && isRaw != (field is null))
                {
                    yield return new(Text: pending.ToString());
                    pending.Clear();
                    lines = 0;
                }

                isError |= field == "error";
                isRaw = field is null;
                pending.Append(pending.Length > 0 ? "\n" : "").Append(value);
                lines++;
                if (Parse(pending, lines) is { } json)
                {
                    yield return new(json, IsError: isError);
                    pending.Clear();
                    lines = 0;
                }
                else if (pending.Length > LongestEvent)
                {
                    throw new InvalidDataException();
                }
            }
        }

        if (pending.Length > 0)
        {
            yield return new(Text: pending.ToString(), IsError: isError);
        }
    }

    /// <summary>
    /// A line's field and value; of a comment the field is empty, and of a line of anything else there is none.
    /// </summary>
    private static (string? Field, string Value) Field(string line)
    {
        string text = line.TrimStart();
        foreach (string field in (string[])["", "data", "error", "event", "id", "retry"])
        {
            if (text.StartsWith(field + ":", StringComparison.Ordinal))
            {
                string value = text[(field.Length + 1)..].TrimStart();
                // Some proxies put the field in front of what has it already.
                return field == "data" && value.StartsWith("data:", StringComparison.Ordinal) ? Field(value) : (field, value);
            }
        }

        return (null, line);
    }

    private static JsonElement? Parse(StringBuilder pending, int lines)
    {
        // One that goes over so many lines is none of an answer's, and would be parsed as often.
        if (lines > MostLines || LastSign(pending) is not ('}' or ']'))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(pending.ToString(), Lenient);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static char LastSign(StringBuilder text)
    {
        int last = text.Length - 1;
        while (last >= 0 && char.IsWhiteSpace(text[last]))
        {
            last--;
        }

        return last < 0 ? ' ' : text[last];
    }

    /// <summary>Lines that end with a line feed, a carriage return, both, or the body.</summary>
    private static async IAsyncEnumerable<string> LinesAsync(
        Stream body,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using StreamReader reader = new(body, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        char[] block = new char[4096];
        StringBuilder line = new();
        long total = 0;
        bool wasReturn = false;
        while (await reader.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            total += count;
            for (int index = 0; index < count; index++)
            {
                char sign = block[index];
                if (sign is '\n' or '\r')
                {
                    if (!(sign == '\n' && wasReturn))
                    {
                        yield return line.ToString();
                        line.Clear();
                    }
                }
                else
                {
                    line.Append(sign);
                }

                wasReturn = sign == '\r';
            }

            if (line.Length > LongestEvent || total > LongestAnswer)
            {
                throw new InvalidDataException();
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }
}
