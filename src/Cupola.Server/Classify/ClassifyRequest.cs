using System.Text.Json;

namespace Cupola.Server.Classify;

/// <summary>What is to be classified, and by what. Hugging Face's form has <c>inputs</c> and <c>parameters</c> alone.</summary>
internal sealed record ClassifyRequest
{
    /// <summary>An image: a data address or base64.</summary>
    public string? Image { get; init; }

    /// <summary>Several images.</summary>
    public IReadOnlyList<string>? Images { get; init; }

    /// <summary>The number of an image of the index.</summary>
    public long? Id { get; init; }

    /// <summary>The labels to choose from.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The name of a list of labels (GET /v1/classifiers).</summary>
    public string? LabelSet { get; init; }

    /// <summary>Templates with {} for the label; "a photo of a {}." where there is nothing else.</summary>
    public IReadOnlyList<string>? Templates { get; init; }

    /// <summary>The name of a prompt set, or an object of each label's prompts.</summary>
    public JsonElement? Prompts { get; init; }

    /// <summary>The name of a saved classifier, in place of labels and prompts.</summary>
    public string? Classifier { get; init; }

    /// <summary>Whether any number of labels may be in an image.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>The probability below which a label is no answer.</summary>
    public float? Threshold { get; init; }

    /// <summary>How many labels to give.</summary>
    public int Top { get; init; } = 5;

    /// <summary>Hugging Face's image, or an object with <c>image</c> and <c>candidateLabels</c>.</summary>
    public JsonElement? Inputs { get; init; }

    /// <summary>Hugging Face's parameters: <c>candidate_labels</c> and <c>hypothesis_template</c>, in camel case too.</summary>
    public JsonElement? Parameters { get; init; }
}

/// <summary>What images show.</summary>
/// <param name="Results">One an image, in order.</param>
/// <param name="Model">The model's name.</param>
internal sealed record ClassifyResponse(IReadOnlyList<ClassifyResult> Results, string Model);

/// <summary>What an image shows.</summary>
/// <param name="Predictions">The labels, the best first.</param>
/// <param name="Answer">The one label, or "none of these", where there is a threshold.</param>
/// <param name="Answers">The labels that are in the image, where there may be several.</param>
internal sealed record ClassifyResult(IReadOnlyList<LabelScore> Predictions, string? Answer, IReadOnlyList<string>? Answers);

/// <summary>A label for an image.</summary>
/// <param name="Label">The label.</param>
/// <param name="Probability">How likely it is.</param>
/// <param name="Cosine">What its prompts' cosines come to.</param>
internal sealed record LabelScore(string Label, float Probability, float Cosine);

/// <summary>A label for an image, in Hugging Face's form.</summary>
/// <param name="Label">The label.</param>
/// <param name="Score">How likely it is.</param>
internal sealed record HuggingFaceLabel(string Label, float Score);

/// <summary>What requests can name.</summary>
/// <param name="Labels">Lists of labels.</param>
/// <param name="Prompts">Prompt sets.</param>
/// <param name="Classifiers">Saved classifiers.</param>
internal sealed record ClassifiersResponse(
    IReadOnlyList<NamedLabels> Labels,
    IReadOnlyList<NamedLabels> Prompts,
    IReadOnlyList<NamedLabels> Classifiers
);

/// <summary>Something that requests can name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Labels">Its labels, as many as an answer has room for; none of templates.</param>
/// <param name="Count">How many labels it has.</param>
/// <param name="Templates">Its templates.</param>
internal sealed record NamedLabels(string Name, IReadOnlyList<string> Labels, int Count, IReadOnlyList<string>? Templates);
