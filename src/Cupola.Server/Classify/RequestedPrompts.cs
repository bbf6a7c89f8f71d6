using System.Text.Json;
using Cupola.Prompts;
using Cupola.Server.Requests;
using static System.FormattableString;

namespace Cupola.Server.Classify;

/// <summary>Which prompts a request asks to classify by, within the service's limits.</summary>
internal sealed class RequestedPrompts(NamedClassifiers named, ServiceLimits limits)
{
    /// <summary>What is said of each label.</summary>
    /// <exception cref="RequestException">A name is unknown, something is missing, or there is too much.</exception>
    public PromptSet Read(ClassifyRequest request)
    {
        IReadOnlyList<string>? labels = Labels(request);
        PromptSource source = Source(request);
        labels ??= source.Written?.ClassNames;
        if (labels is null || labels.Count == 0)
        {
            throw RequestException.Bad("There is nothing to choose from; send 'labels', or name a 'labelSet'.", "labels");
        }

        if (labels.Count > limits.Labels)
        {
            throw RequestException.TooLarge(Invariant($"There are {labels.Count} labels; at most {limits.Labels} are taken."));
        }

        long filled = (long)labels.Count * source.Templates.Count;
        // A named set is the operator's own, however large it is.
        int written = request.Prompts is { ValueKind: JsonValueKind.Object } ? source.Written?.PromptCount ?? 0 : 0;
        if (filled + written > limits.Prompts)
        {
            throw RequestException.TooLarge(
                Invariant($"There are more than {limits.Prompts} prompts; send fewer labels or templates."),
                "prompts"
            );
        }

        try
        {
            return source.CreateSet(labels, logger: null);
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidDataException)
        {
            throw RequestException.Bad(problem.Message, "labels");
        }
    }

    /// <summary>Something by its name.</summary>
    /// <exception cref="RequestException">There is none of that name.</exception>
    public static T Find<T>(IReadOnlyDictionary<string, T> known, string name, string parameter) =>
        known.TryGetValue(name, out T? found)
            ? found
            : throw RequestException.NotFound(
                $"There is no {parameter} of the name '{name}'; GET /v1/classifiers lists what there is.",
                parameter
            );

    private IReadOnlyList<string>? Labels(ClassifyRequest request)
    {
        if (request.LabelSet is not null)
        {
            return request.Labels is null
                ? Find(named.Labels, request.LabelSet, "labelSet")
                : throw RequestException.Bad("Send either 'labels' or a 'labelSet'.", "labels");
        }

        foreach ((int place, string? label) in (request.Labels ?? []).Index())
        {
            if (string.IsNullOrWhiteSpace(label) || label.Length > limits.LabelLength)
            {
                throw RequestException.Bad(
                    Invariant($"A label is a text of at most {limits.LabelLength} characters."),
                    Invariant($"labels[{place}]")
                );
            }
        }

        return request.Labels;
    }

    private PromptSource Source(ClassifyRequest request)
    {
        PromptTemplate[] templates;
        try
        {
            templates = [.. (request.Templates ?? []).Select(static text => new PromptTemplate(text ?? ""))];
        }
        catch (ArgumentException problem)
        {
            throw RequestException.Bad(problem.Message, "templates");
        }

        if (Array.Exists(templates, template => template.Text.Length > limits.LabelLength))
        {
            throw RequestException.TooLarge(
                Invariant($"A template is a text of at most {limits.LabelLength} characters."),
                "templates"
            );
        }

        PromptSource? prompts = request.Prompts is { ValueKind: not JsonValueKind.Null } value ? Prompts(value) : null;
        return prompts is null
            ? templates.Length == 0
                ? PromptSource.Simple
                : new("templates", templates, null)
            : new(prompts.Name, [.. prompts.Templates, .. templates], prompts.Written);
    }

    private PromptSource Prompts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return Find(named.Prompts, value.GetString()!, "prompts");
        }

        if (value.ValueKind != JsonValueKind.Object || !value.EnumerateObject().All(IsClass))
        {
            throw RequestException.Bad(
                "'prompts' is the name of a prompt set, or an object as {\"cat\": [\"a cat on a sofa\"]}.",
                "prompts"
            );
        }

        try
        {
            return new(
                "the prompts",
                [],
                new(
                    value
                        .EnumerateObject()
                        .Select(static each =>
                            KeyValuePair.Create(
                                each.Name,
                                each.Value.EnumerateArray().Select(static text => new Prompt(text.GetString()!, "request"))
                            )
                        )
                )
            );
        }
        catch (ArgumentException problem)
        {
            throw RequestException.Bad(problem.Message, "prompts");
        }
    }

    private bool IsClass(JsonProperty each) =>
        each.Value.ValueKind == JsonValueKind.Array
        && each.Value.EnumerateArray()
            .All(text =>
                text.ValueKind == JsonValueKind.String
                && text.GetString()!.Length is > 0 and var length
                && length <= limits.TextLength
            );
}
