using System.Text.Json;
using Cupola.Prompts;

namespace Cupola.Questions;

/// <summary>A form of questions, and what is stated for each kind of answer.</summary>
/// <param name="Question">The form of questions.</param>
/// <param name="Statements">Kind of answer ► statements, the plainest first.</param>
internal sealed record StatementRule(
    QuestionPattern Question,
    IReadOnlyDictionary<string, IReadOnlyList<StatementTemplate>> Statements
);

/// <summary>
/// Makes statements of English questions and answers by rules (<c>statement-rules.json</c>): of the rules that fit a question,
/// the first with statements for the kind of answer counts. The last one fits every question.
/// </summary>
internal static class StatementRules
{
    private static readonly IReadOnlyList<StatementRule> Rules = EmbeddedJson.Read(
        "statement-rules.json",
        static root => root.EnumerateArray().Select(Read).ToArray(),
        "Questions"
    );

    /// <summary>The rules that fit a question, in order, each with what stands at its names.</summary>
    public static IReadOnlyList<(StatementRule Rule, Dictionary<string, string> Values)> Fitting(string question) =>
        [
            .. Rules
                .Select(rule => (rule, Values: rule.Question.Match(question)))
                .Where(static fit => fit.Values is not null)
                .Select(static fit => (fit.rule, fit.Values!)),
        ];

    /// <summary>Whether a rule is the one for questions of every form.</summary>
    public static bool IsLast(StatementRule rule) => ReferenceEquals(rule, Rules[^1]);

    private static StatementRule Read(JsonElement rule) =>
        new(
            new QuestionPattern(rule.GetProperty("question").GetString()!),
            rule.EnumerateObject()
                .Where(static property => property.Name != "question")
                .ToDictionary(
                    static property => property.Name,
                    static property =>
                        (IReadOnlyList<StatementTemplate>)
                            [.. property.Value.EnumerateArray().Select(static text => new StatementTemplate(text.GetString()!))],
                    StringComparer.Ordinal
                )
        );
}
