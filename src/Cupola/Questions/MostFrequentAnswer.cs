namespace Cupola.Questions;

/// <summary>
/// Answers by what is most often right for a type of question, without looking: the answer that was given most often to the other
/// questions of the type, or to all others where there are none. A question's own answers are never counted for it.
/// </summary>
internal sealed class MostFrequentAnswer
{
    private readonly Dictionary<string, List<(string Answer, int Times)>> _byType;
    private readonly List<(string Answer, int Times)> _overall;

    public MostFrequentAnswer(IReadOnlyList<VisualQuestion> questions)
    {
        _overall = Counts(questions);
        _byType = questions
            .GroupBy(static question => question.QuestionType, StringComparer.Ordinal)
            .ToDictionary(static type => type.Key, static type => Counts(type), StringComparer.Ordinal);
    }

    /// <summary>The answer to a question of the list; empty where there is no other question.</summary>
    public string For(VisualQuestion question) =>
        Best(_byType[question.QuestionType], question.MostGiven) ?? Best(_overall, question.MostGiven) ?? "";

    private static List<(string Answer, int Times)> Counts(IEnumerable<VisualQuestion> questions) =>
        [
            .. questions
                .CountBy(static question => question.MostGiven, StringComparer.Ordinal)
                .OrderByDescending(static count => count.Value)
                .ThenBy(static count => count.Key, StringComparer.Ordinal)
                .Select(static count => (count.Key, count.Value)),
        ];

    /// <summary>The best of the counts, the question's own taken off; only the first two and its own can be it.</summary>
    private static string? Best(List<(string Answer, int Times)> counts, string own) =>
        counts
            .Take(2)
            .Select(count => (count.Answer, Times: count.Answer == own ? count.Times - 1 : count.Times))
            .Where(static count => count.Times > 0)
            .OrderByDescending(static count => count.Times)
            .ThenBy(static count => count.Answer, StringComparer.Ordinal)
            .Select(static count => count.Answer)
            .FirstOrDefault();
}
