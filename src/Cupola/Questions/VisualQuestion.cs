namespace Cupola.Questions;

/// <summary>A question about an image, and what people answered.</summary>
/// <param name="Image">The image's file.</param>
/// <param name="Text">The question.</param>
/// <param name="QuestionType">Its first words, as VQA groups questions: "what color is the".</param>
/// <param name="AnswerType">yes/no, number or other.</param>
/// <param name="Annotators">The annotators' answers; ten in VQA.</param>
/// <param name="Choices">The answers to choose from; null where a vocabulary says.</param>
internal sealed record VisualQuestion(
    string Image,
    string Text,
    string QuestionType,
    string AnswerType,
    IReadOnlyList<string> Annotators,
    IReadOnlyList<string>? Choices
)
{
    /// <summary>The answer that most annotators gave, normalized; the first of several.</summary>
    public string MostGiven { get; } =
        Annotators
            .Select(VqaAnswer.Normalize)
            .CountBy(static answer => answer, StringComparer.Ordinal)
            .MaxBy(static count => count.Value)
            .Key;
}
