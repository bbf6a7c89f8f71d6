using System.Text.Json;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Questions;

/// <summary>
/// Reads VQA's files: <c>{"questions": [{"image_id", "question", "question_id"}]}</c> and <c>{"annotations": [{"question_id",
/// "question_type", "answer_type", "answers": [{"answer"}]}]}</c>.
/// </summary>
internal static class VqaFiles
{
    // The annotations of the training set have 190 MB.
    private static readonly JsonRules Rules = new()
    {
        MaximumBytes = 1L << 30,
        TooLarge = "has more than 1 GB, and VQA's files are not that large",
    };

    /// <summary>Reads both files.</summary>
    public static QuestionDataset Read(QuestionImages images, string questions, string annotations)
    {
        if (!File.Exists(annotations))
        {
            throw new FileNotFoundException($"There is no file {TextFile.Quote(annotations)}.");
        }

        Dictionary<string, Annotation> answers = BoundedJson.Read(annotations, Rules, root => ReadAnnotations(root, annotations));
        return BoundedJson.Read(questions, Rules, root => ReadQuestions(root, questions, images, answers, annotations));
    }

    private static QuestionDataset ReadQuestions(
        JsonElement root,
        string path,
        QuestionImages images,
        Dictionary<string, Annotation> answers,
        string annotations
    )
    {
        List<VisualQuestion> questions = [];
        List<string> unanswered = [];
        int count = 0;
        foreach (JsonElement entry in List(root, "questions", path))
        {
            count++;
            string id = Text(entry, "question_id", path, "questions"),
                image = Text(entry, "image_id", path, "questions");
            if (!answers.TryGetValue(id, out Annotation? annotation))
            {
                unanswered.Add(id);
            }
            else if (images.Find(image) is { } file)
            {
                string text = Text(entry, "question", path, "questions");
                questions.Add(
                    new(file, text, annotation.QuestionType, annotation.AnswerType, annotation.Answers, Choices(entry))
                );
            }
        }

        if (unanswered.Count == count && count > 0)
        {
            throw new InvalidDataException(
                $"{annotations} has annotations of other questions than {path}: none of its question_id is there; name the two "
                    + "files of one set."
            );
        }

        List<string> skipped = [.. images.NotFound];
        if (unanswered.Count > 0)
        {
            skipped.Add(
                Invariant($"{unanswered.Count} of {count} questions have no answers in {annotations}, and are left out: ")
                    + $"{ShortList.Join(unanswered)}."
            );
        }

        return new(questions, skipped);
    }

    private static Dictionary<string, Annotation> ReadAnnotations(JsonElement root, string path)
    {
        Dictionary<string, Annotation> annotations = new(StringComparer.Ordinal);
        foreach (JsonElement entry in List(root, "annotations", path))
        {
            string id = Text(entry, "question_id", path, "annotations");
            string[] answers =
                entry.TryGetProperty("answers", out JsonElement list) && list.ValueKind == JsonValueKind.Array
                    ? [.. list.EnumerateArray().Select(answer => Text(answer, "answer", path, "answers"))]
                    : [];
            if (answers.Length == 0)
            {
                throw new InvalidDataException($"{path} has no answers to the question {id}.");
            }

            annotations[id] = new(Optional(entry, "question_type"), Optional(entry, "answer_type"), answers);
        }

        return annotations;
    }

    private static JsonElement.ArrayEnumerator List(JsonElement root, string name, string path) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty(name, out JsonElement list)
        && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw new InvalidDataException(
                $"{path} has no list of {name}, as VQA's files have it: {{\"{name}\": [{{\"question_id\": …}}]}}."
            );

    private static string Text(JsonElement entry, string name, string path, string list) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty(name, out JsonElement value)
        && QuestionImages.NameOf(value) is { } text
            ? text
            : throw new InvalidDataException($"{path} has something among its {list} without {name}.");

    private static string Optional(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "not given";

    /// <summary>The answers to choose from, which VQA's first version has.</summary>
    private static string[]? Choices(JsonElement entry) =>
        entry.TryGetProperty("multiple_choices", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(QuestionImages.NameOf).OfType<string>().Distinct(StringComparer.Ordinal)]
            : null;

    private sealed record Annotation(string QuestionType, string AnswerType, IReadOnlyList<string> Answers);
}
