using System.Text.Json;
using Cupola.Files;
using Cupola.Prompts;

namespace Cupola.Questions;

/// <summary>Answers to choose from where a question names none: a list, of which the question's kind takes a part.</summary>
internal sealed class AnswerVocabulary
{
    private readonly string _name;
    private readonly ILookup<QuestionKind, string> _answers;

    private AnswerVocabulary(string name, IEnumerable<string> answers)
    {
        _name = name;
        _answers = answers
            .Select(static answer => answer.Trim())
            .Where(static answer => answer.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToLookup(QuestionKinds.OfAnswer);
    }

    /// <summary>The list that comes along: some 140 common answers.</summary>
    public static AnswerVocabulary Common { get; } =
        new(
            "the list that comes along",
            EmbeddedJson.Read(
                "answers.json",
                static root => root.EnumerateArray().Select(static answer => answer.GetString()!).ToArray(),
                "Questions"
            )
        );

    /// <summary>
    /// Reads a list: one answer a line, a JSON list, or the JSON object of answers and numbers that models of VQA have
    /// (<c>{"0": "net"}</c> or <c>{"net": 0}</c>).
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It has no answers.</exception>
    public static AnswerVocabulary Read(string path) =>
        new(
            TextFile.Quote(path),
            Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
            && TextFile.ReadJson(path, ReadNumbered) is { Length: > 0 } numbered
                ? numbered
                : TextFile.ReadList(path, "answers", unquote: true)
        );

    /// <summary>The texts of an object of texts and numbers; nothing of anything else.</summary>
    private static string[] ReadNumbered(JsonElement root) =>
        root.ValueKind != JsonValueKind.Object
            ? []
            :
            [
                .. root.EnumerateObject()
                    .Select(static entry =>
                        entry.Value.ValueKind switch
                        {
                            JsonValueKind.String => entry.Value.GetString(),
                            JsonValueKind.Number => entry.Name,
                            _ => null,
                        }
                    )
                    .OfType<string>(),
            ];

    /// <summary>
    /// The answers that a question can have: those that it names itself, or those of its kind; there may be none.
    /// </summary>
    public IReadOnlyList<string> Find(string question)
    {
        if (ChoiceQuestion.Find(QuestionText.Normalize(question)) is { } choice)
        {
            return [choice.First, choice.Second];
        }

        QuestionKind kind = QuestionKinds.Of(question);
        return kind == QuestionKind.YesNo ? ["yes", "no"] : [.. _answers[kind]];
    }

    /// <summary>Says that there are none, and what to do.</summary>
    public string NoneFor(string question) =>
        $"There are no answers {Words(QuestionKinds.Of(question))} in {_name} for the question {TextFile.Quote(question)}; name "
        + "the answers to choose from, or another list.";

    private static string Words(QuestionKind kind) =>
        kind switch
        {
            QuestionKind.Number => "that are numbers",
            QuestionKind.Color => "that are colors",
            _ => "that are neither numbers, colors, yes nor no",
        };
}
