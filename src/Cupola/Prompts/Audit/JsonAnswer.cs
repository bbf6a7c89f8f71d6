using System.Text;
using System.Text.Json;

namespace Cupola.Prompts.Audit;

/// <summary>
/// An answer that a language model gave as JSON: a list of sentences, or an object that has them, whole or cut, perhaps in a
/// fence of code.
/// </summary>
internal static class JsonAnswer
{
    // {"class": "tree frog", "caption": "…"}: two words are rather a name.
    private const int FewestWords = 3;

    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The first text that may be a sentence, or else the first; nothing where the answer is no JSON.</summary>
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
            // What was cut is read as far as it goes.
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
            // Behind the texts, if there were any, stands something else.
        }

        return first;
    }
}
