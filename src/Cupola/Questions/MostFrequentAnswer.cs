namespace Cupola.Questions;

/// <summary>
/// Answers by what is most often right for a type of question, without looking: the most frequent answer of the type, or of all
/// questions where a type has few. A question's own answer counts among them, which rather helps this baseline: left out, the
/// answer to each question of a balanced set would be the one that it does not have.
/// </summary>
internal sealed class MostFrequentAnswer
{
    /// <summary>Of fewer questions, one answer alone would be most of what is known.</summary>
    public const int LeastOfType = 10;

    private readonly Dictionary<string, string> _byType;
    private readonly string _overall;

    public MostFrequentAnswer(IReadOnlyCollection<VisualQuestion> questions)
    {
        _overall = Best(questions);
        _byType = questions
            .GroupBy(static question => question.QuestionType, StringComparer.Ordinal)
            .Where(static type => type.Count() >= LeastOfType)
            .ToDictionary(static type => type.Key, static type => Best(type), StringComparer.Ordinal);
    }

    /// <summary>The answer to a question of this type.</summary>
    public string For(string questionType) => _byType.GetValueOrDefault(questionType, _overall);

    private static string Best(IEnumerable<VisualQuestion> questions) =>
        questions
            .CountBy(static question => question.MostGiven, StringComparer.Ordinal)
            .OrderByDescending(static count => count.Value)
            .ThenBy(static count => count.Key, StringComparer.Ordinal)
            .Select(static count => count.Key)
            .FirstOrDefault("");
}
