using System.Text;
using System.Text.Json;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Reads a language model's answer in JSON: a list of sentences or an object that contains them, complete or cut, with or without
/// a code fence.
/// </summary>
internal static class JsonAnswer
{
    // {"class": "tree frog", "caption": "…"}: one or two words are probably a name.
    private const int FewestWords = 3;

    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The first text that may be a sentence, or else the first text; null if the answer is not JSON.</summary>
    public static string? FirstText(string answer)
    {
        string json = answer.Trim();
        if (json.StartsWith("```", StringComparison.Ordinal))
        {
            json = json[(json.IndexOf('\n', StringComparison.Ordinal) + 1)..].TrimStart();
        }

        return json.Length > 0 && json[0] is '[' or '{' ? Read(Encoding.UTF8.GetBytes(json)) : null;
    }

    private static string? Read(ReadOnlySpan<byte> json)
    {
        string? first = null;
        try
        {
            // JSON that was cut is read as far as it goes.
            Utf8JsonReader reader = new(json, isFinalBlock: false, new JsonReaderState(Lenient));
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text)
                {
                    first ??= text;
                    if (FoldedWord.AllOf(text).Count >= FewestWords)
                    {
                        return text;
                    }
                }
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Something that is not JSON follows the texts, if there are any.
        }

        return first;
    }
}
