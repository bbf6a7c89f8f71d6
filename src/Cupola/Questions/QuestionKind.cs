namespace Cupola.Questions;

/// <summary>Which answers a question can have.</summary>
internal enum QuestionKind
{
    /// <summary>Yes or no.</summary>
    YesNo,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A color.</summary>
    Color,

    /// <summary>Everything else.</summary>
    Other,
}

/// <summary>Tells the kind of a question by its first words.</summary>
internal static class QuestionKinds
{
    private static readonly string[] YesNoBeginnings =
    [
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "can",
        "could",
        "has",
        "have",
        "had",
        "will",
        "would",
        "should",
        "may",
        "might",
        "am",
    ];

    private static readonly string[] NumberBeginnings = ["how many", "how much", "how old", "what number", "what is the number"];

    private static readonly string[] ColorBeginnings = ["what color", "what colors", "which color", "what is the color"];

    /// <summary>The kind of a question.</summary>
    public static QuestionKind Of(string question)
    {
        string text = QuestionText.Normalize(question);
        return YesNoBeginnings.Contains(text.Split(' ')[0], StringComparer.OrdinalIgnoreCase) ? QuestionKind.YesNo
            : Begins(NumberBeginnings) ? QuestionKind.Number
            : Begins(ColorBeginnings) ? QuestionKind.Color
            : QuestionKind.Other;

        bool Begins(string[] beginnings) =>
            beginnings.Any(beginning => text.StartsWith($"{beginning} ", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The kind of question that an answer belongs to.</summary>
    public static QuestionKind OfAnswer(string answer) =>
        answer.Equals("yes", StringComparison.OrdinalIgnoreCase) || answer.Equals("no", StringComparison.OrdinalIgnoreCase)
            ? QuestionKind.YesNo
        : AnswerPhrase.Count(answer) is not null ? QuestionKind.Number
        : AnswerPhrase.IsColor(answer) ? QuestionKind.Color
        : QuestionKind.Other;
}
