using System.Text.Json;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Cupola.Server.Search;
using Cupola.ZeroShot;
using Microsoft.AspNetCore.Http;
using static System.FormattableString;

namespace Cupola.Server.Classify;

/// <summary><c>POST /v1/classify</c> and <c>GET /v1/classifiers</c>.</summary>
/// <param name="classifiers">Makes classifiers from prompts.</param>
/// <param name="images">Reads and embeds images.</param>
/// <param name="body">Reads requests.</param>
/// <param name="files">Images of the index; null where there is none.</param>
/// <param name="settings">What can be named, and the limits.</param>
internal sealed class ClassifyEndpoint(
    ClassifierCache classifiers,
    RequestImages images,
    RequestBody body,
    ServedIndex? files,
    ServiceSettings settings
)
{
    /// <summary>Labels that an answer lists of each set.</summary>
    private const int MostListed = 2000;

    /// <summary>Says what images show.</summary>
    public async Task<IResult> ClassifyAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        ClassifyRequest request = await body.ReadJsonAsync<ClassifyRequest>(context, cancellation);
        bool isHuggingFace = request.Inputs is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };
        request = isHuggingFace ? HuggingFaceRequest.Read(request) : request;
        if (request.Top < 1)
        {
            throw RequestException.Bad("'top' is at least 1.", "top");
        }

        // What is cheap to refuse is refused before an image is decoded.
        Func<CancellationToken, Task<ImageClassifier>> create = Classifier(request);
        float[][] vectors = await EmbedAsync(request, cancellation);
        ImageClassifier classifier = await create(cancellation);
        ImageLabels[] labels = [.. vectors.Select(vector => classifier.Classify(vector))];
        return isHuggingFace
            ? Results.Json(
                labels[0].Predictions.Select(static each => new HuggingFaceLabel(each.Label, each.Probability)),
                Answers.Json
            )
            : Results.Json(
                new ClassifyResponse([.. labels.Select(each => Describe(each, request.Top))], settings.ModelName),
                Answers.Json
            );
    }

    /// <summary>What requests can name.</summary>
    public IResult List() =>
        Results.Json(
            new ClassifiersResponse(
                [.. settings.Classifiers.Labels.Select(static each => Describe(each.Key, each.Value, null))],
                [
                    .. settings.Classifiers.Prompts.Select(static each =>
                        Describe(
                            each.Key,
                            each.Value.Written?.ClassNames ?? [],
                            [.. each.Value.Templates.Select(static template => template.Text)]
                        )
                    ),
                ],
                [.. settings.Classifiers.Saved.Select(static each => Describe(each.Key, each.Value.Labels, null))]
            ),
            Answers.Json
        );

    private static NamedLabels Describe(string name, IReadOnlyList<string> labels, IReadOnlyList<string>? templates) =>
        new(name, [.. labels.Take(MostListed)], labels.Count, templates);

    private static ClassifyResult Describe(ImageLabels labels, int top) =>
        new(
            [.. labels.Predictions.Take(top).Select(static each => new LabelScore(each.Label, each.Probability, each.Score))],
            labels.Answer,
            labels.Answers
        );

    private Func<CancellationToken, Task<ImageClassifier>> Classifier(ClassifyRequest request)
    {
        if (request.Classifier is null)
        {
            PromptSet prompts = new RequestedPrompts(settings.Classifiers, settings.Limits).Read(request);
            return cancellation => classifiers.FindAsync(prompts, request.MultiLabel, request.Threshold, cancellation);
        }

        if (request.MultiLabel || request.Labels is not null || request.LabelSet is not null || request.Prompts is not null)
        {
            throw RequestException.Bad(
                "A saved classifier has its labels and prompts, and chooses one label; send nothing else beside 'classifier'.",
                "classifier"
            );
        }

        SingleLabelAnswers saved = new(
            RequestedPrompts.Find(settings.Classifiers.Saved, request.Classifier, "classifier"),
            request.Threshold
        );
        return _ => Task.FromResult<ImageClassifier>(saved);
    }

    private async Task<float[][]> EmbedAsync(ClassifyRequest request, CancellationToken cancellation)
    {
        if (new object?[] { request.Image, request.Images, request.Id }.Count(static part => part is not null) != 1)
        {
            throw RequestException.Bad("Send one of 'image', 'images' and 'id'.", "image");
        }

        if (request.Id is { } id)
        {
            return files is null
                ? throw RequestException.NotFound("This service has no index; send the image.", "id")
                : [await files.VectorAsync(id, cancellation)];
        }

        IReadOnlyList<string?> sent = request.Images is null ? [request.Image] : [.. request.Images];
        return sent.Count == 0
            ? throw RequestException.Bad("There are no images.", "images")
            : await images.EmbedAsync(
                sent,
                place => request.Images is null ? "image" : Invariant($"images[{place}]"),
                cancellation
            );
    }
}
