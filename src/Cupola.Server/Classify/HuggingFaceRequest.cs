using System.Text.Json;
using Cupola.Server.Requests;

namespace Cupola.Server.Classify;

/// <summary>
/// Hugging Face's form of zero-shot image classification: <c>{"inputs": image, "parameters": {"candidate_labels": […]}}</c>, the
/// older <c>{"inputs": {"image", "candidateLabels"}}</c>, and labels as one text with commas.
/// </summary>
internal static class HuggingFaceRequest
{
    /// <summary>The same request in the service's own form.</summary>
    /// <exception cref="RequestException">It names no image or no labels.</exception>
    public static ClassifyRequest Read(ClassifyRequest request)
    {
        JsonElement inputs = request.Inputs!.Value;
        JsonElement parameters = request.Parameters ?? default;
        JsonElement image = inputs.ValueKind == JsonValueKind.Object ? Find(inputs, "image", "inputs") : inputs;
        JsonElement labels = Find(parameters, "candidate_labels", "candidateLabels");
        if (labels.ValueKind == JsonValueKind.Undefined)
        {
            labels = Find(inputs, "candidate_labels", "candidateLabels");
        }

        JsonElement template = Find(parameters, "hypothesis_template", "hypothesisTemplate");
        return new()
        {
            Image =
                image.ValueKind == JsonValueKind.String
                    ? image.GetString()
                    : throw RequestException.Bad("'inputs' is the image, as base64.", "inputs"),
            Labels = labels.ValueKind switch
            {
                JsonValueKind.Array when labels.EnumerateArray().All(static label => label.ValueKind == JsonValueKind.String) =>
                [
                    .. labels.EnumerateArray().Select(static label => label.GetString()!),
                ],
                JsonValueKind.String =>
                [
                    .. labels.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                ],
                _ => throw RequestException.Bad(
                    "'parameters.candidate_labels' is the list of labels to choose from.",
                    "parameters.candidate_labels"
                ),
            },
            Templates = template.ValueKind switch
            {
                JsonValueKind.String => [template.GetString()!],
                JsonValueKind.Undefined or JsonValueKind.Null => ["This is a photo of {}."],
                _ => throw RequestException.Bad(
                    "'parameters.hypothesis_template' is a text with {} in it.",
                    "parameters.hypothesis_template"
                ),
            },
            Top = int.MaxValue,
        };
    }

    private static JsonElement Find(JsonElement value, string name, string otherName) =>
        value.ValueKind == JsonValueKind.Object
        && (value.TryGetProperty(name, out JsonElement found) || value.TryGetProperty(otherName, out found))
            ? found
            : default;
}
