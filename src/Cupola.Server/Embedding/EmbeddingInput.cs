using System.Text.Json;
using Cupola.Server.Requests;
using static System.FormattableString;

namespace Cupola.Server.Embedding;

/// <summary>One thing to embed: a text, or an image as a text of JSON.</summary>
/// <param name="Text">The text; null for an image.</param>
/// <param name="Image">The image; null for a text.</param>
/// <param name="Parameter">Where it stands in the request.</param>
internal sealed record EmbeddingInput(string? Text, string? Image, string Parameter)
{
    /// <summary>What a request wants embedded, in its order.</summary>
    /// <exception cref="RequestException">There is nothing, or something that is neither a text nor an image.</exception>
    public static IReadOnlyList<EmbeddingInput> Read(EmbeddingsRequest request, ServiceLimits limits)
    {
        bool areImages = request.Modality switch
        {
            null or "text" => false,
            "image" => true,
            _ => throw RequestException.Bad($"The modality is 'text' or 'image', and not '{request.Modality}'.", "modality"),
        };
        JsonElement input = request.Input;
        if (input.ValueKind != JsonValueKind.Array)
        {
            return [Read(input, "input", areImages)];
        }

        int count = input.GetArrayLength();
        if (count == 0 || count > limits.Texts)
        {
            throw count == 0
                ? RequestException.Bad("The input is empty; send at least one text or image.", "input")
                : RequestException.TooLarge(
                    Invariant($"The input has {count} entries; at most {limits.Texts} are taken at once."),
                    "input"
                );
        }

        return [.. input.EnumerateArray().Select((item, index) => Read(item, Invariant($"input[{index}]"), areImages))];
    }

    private static EmbeddingInput Read(JsonElement item, string parameter, bool isImage) =>
        item.ValueKind switch
        {
            JsonValueKind.String when item.GetString()! is var text => isImage || ImageText.IsImage(text)
                ? new(null, text, parameter)
                : new(text, null, parameter),
            JsonValueKind.Object => ReadObject(item, parameter),
            // What OpenAI's clients cut into tokens is cut by another vocabulary than the model's.
            JsonValueKind.Number or JsonValueKind.Array => throw RequestException.Bad(
                "The input is tokens, and this model reads texts; send the text itself (in LangChain, "
                    + "check_embedding_ctx_length=False).",
                parameter
            ),
            _ => throw RequestException.Bad("'input' is a text, or a list of texts and images.", parameter),
        };

    private static EmbeddingInput ReadObject(JsonElement item, string parameter)
    {
        EmbeddingInput[] found =
        [
            .. item.EnumerateObject()
                .Where(static part => part.Name is "text" or "image" or "url" && part.Value.ValueKind == JsonValueKind.String)
                .Select(part =>
                    part.Name == "text"
                        ? new EmbeddingInput(part.Value.GetString(), null, $"{parameter}.text")
                        : new EmbeddingInput(null, part.Value.GetString(), $"{parameter}.{part.Name}")
                ),
        ];
        return found is [var only]
            ? only
            : throw RequestException.Bad("An entry of the input has one of 'text', 'image' and 'url'.", parameter);
    }
}
