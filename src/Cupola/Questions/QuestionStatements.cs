namespace Cupola.Questions;

/// <summary>A question, read once, and the statements that it and its answers make.</summary>
internal sealed class QuestionStatements
{
    private readonly string _question;
    private readonly IReadOnlyList<(StatementRule Rule, Dictionary<string, string> Values)> _fitting;

    public QuestionStatements(string question)
    {
        _question = QuestionText.Normalize(question);
        _fitting = StatementRules.Fitting(_question);
        Choices = ChoiceQuestion.Find(_question);
    }

    /// <summary>The two answers that the question itself names (is it red or green), or null.</summary>
    public ChoiceQuestion? Choices { get; }

    /// <summary>The statements of an answer, as sentences, the plainest first; at least one.</summary>
    public IReadOnlyList<string> Of(string answer)
    {
        string text = string.Join(' ', answer.Replace('’', '\'').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (
            Choices?.AsYesQuestion(text) is { } chosen
            && new QuestionStatements(chosen).State("yes", fallsBack: false) is { } stated
        )
        {
            return Sentences(stated);
        }

        return Sentences(State(text, fallsBack: true)!);
    }

    private static IReadOnlyList<string> Sentences(IEnumerable<string> statements) =>
        [.. statements.Select(QuestionText.Sentence).Distinct(StringComparer.Ordinal)];

    private string[]? State(string answer, bool fallsBack)
    {
        string[] kinds = [.. KindsOf(answer)];
        foreach ((StatementRule rule, Dictionary<string, string> values) in _fitting)
        {
            if (!fallsBack && StatementRules.IsLast(rule))
            {
                break;
            }

            if (kinds.FirstOrDefault(rule.Statements.ContainsKey) is not { } kind)
            {
                continue;
            }

            Dictionary<string, string> known = new(values, StringComparer.Ordinal) { ["answer"] = answer };
            string[] statements = [.. rule.Statements[kind].Select(template => template.Fill(known, Affirm)).OfType<string>()];
            if (statements.Length > 0)
            {
                return statements;
            }
        }

        return null;
    }

    /// <summary>The statement of another question that is answered by yes, without its full stop.</summary>
    private static string? Affirm(string question) =>
        new QuestionStatements(question).State("yes", fallsBack: false)?[0].TrimEnd('.').Trim();

    /// <summary>What an answer is, the narrowest first; yes and no are of no other kind where a rule has them.</summary>
    private static IEnumerable<string> KindsOf(string answer)
    {
        string word = answer.ToLowerInvariant();
        if (word is "yes" or "no")
        {
            yield return word;
        }

        if (AnswerPhrase.Count(answer) is not null)
        {
            yield return "number";
            yield return "lone";
        }

        bool isDegree = word is "very" or "not very" or "too" or "extremely";
        if (isDegree || (char.IsAsciiDigit(answer[0]) && answer.Contains(' ', StringComparison.Ordinal)))
        {
            yield return "measure";
        }

        if (AnswerPhrase.IsQuality(answer))
        {
            yield return "side";
        }

        if (answer.Split(' ')[0].EndsWith("ing", StringComparison.OrdinalIgnoreCase))
        {
            yield return "ing";
        }

        yield return "any";
    }
}
