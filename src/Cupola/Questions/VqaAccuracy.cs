namespace Cupola.Questions;

/// <summary>
/// VQA accuracy of an answer, given those of the annotators: the mean, over the annotators, of min(1, n / 3), where n of the
/// others agree with the answer. Answers are normalized only where the annotators' differ, as in VQA's evaluation code.
/// </summary>
internal static class VqaAccuracy
{
    // Three of the others who agree make an answer fully right.
    private const double EnoughAgree = 3;

    /// <summary>The accuracy of an answer: from 0 to 1.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="annotators">The annotators' answers: ten in VQA; with one there are no others, and it counts itself.</param>
    public static double Compute(string answer, IReadOnlyList<string> annotators)
    {
        string[] given = [.. annotators.Select(VqaAnswer.Trim)];
        string said = VqaAnswer.Trim(answer);
        if (given.Length == 1)
        {
            return VqaAnswer.Normalize(said) == VqaAnswer.Normalize(given[0]) ? 1 : 0;
        }

        if (given.Distinct(StringComparer.Ordinal).Count() > 1)
        {
            given = [.. given.Select(VqaAnswer.Normalize)];
            said = VqaAnswer.Normalize(said);
        }

        int agree = given.Count(each => each == said);
        // Whoever agrees is not among the others.
        return given.Average(each => Math.Min(1, (agree - (each == said ? 1 : 0)) / EnoughAgree));
    }
}
