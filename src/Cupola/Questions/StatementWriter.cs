using Cupola.Prompts;
using Cupola.Prompts.Writing;
using Microsoft.Extensions.AI;

namespace Cupola.Questions;

/// <summary>Statements by a language model.</summary>
/// <param name="Statements">The statements of each answer, with their provenance.</param>
/// <param name="ByRules">The answers that no statement of the model held; theirs are made by rules.</param>
internal sealed record WrittenStatements(PromptSet Statements, IReadOnlyList<string> ByRules);

/// <summary>
/// Has a language model state each answer to a question, by the same writer and journal as prompts. A statement must hold its
/// answer; where it does not, the next answer of the model is asked for.
/// </summary>
/// <param name="client">The language model.</param>
/// <param name="settings">Which it is, and how it is asked.</param>
internal sealed class StatementWriter(IChatClient client, PromptWriterSettings settings)
{
    /// <summary>A model that leaves the answer out three times will do so again.</summary>
    public const int MostAttempts = 3;

    /// <summary>Asks what the journal does not answer yet.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answers">The answers.</param>
    /// <param name="journal">The file that keeps what the model said.</param>
    /// <param name="cancellationToken">Stops asking; what was said is kept.</param>
    public async Task<WrittenStatements> WriteAsync(
        string question,
        IReadOnlyList<string> answers,
        string journal,
        CancellationToken cancellationToken
    )
    {
        PromptSet byRules = QuestionRanker.State(question, answers);
        Dictionary<string, Prompt> found = new(StringComparer.Ordinal);
        for (int attempt = 1; attempt <= MostAttempts && found.Count < answers.Count; attempt++)
        {
            string[] missing = [.. answers.Where(answer => !found.ContainsKey(answer))];
            PromptWriter writer = new(client, new PromptQuestions([new PromptQuestion(Request(question), attempt)]), settings);
            WrittenPrompts written = await writer
                .WriteAsync(missing, journal, progress: null, cancellationToken)
                .ConfigureAwait(false);
            foreach (string answer in missing)
            {
                if (written.Prompts[answer].FirstOrDefault(prompt => Holds(prompt.Text, answer)) is { } statement)
                {
                    found[answer] = statement;
                }
            }

            // Equal statements cannot tell yes from no.
            foreach (
                string same in found
                    .GroupBy(static pair => pair.Value.Text, StringComparer.OrdinalIgnoreCase)
                    .Where(static group => group.Count() > 1)
                    .SelectMany(static group => group.Select(static pair => pair.Key))
                    .ToArray()
            )
            {
                found.Remove(same);
            }
        }

        return new(
            new PromptSet(
                answers.Select(answer =>
                    KeyValuePair.Create(
                        answer,
                        found.TryGetValue(answer, out Prompt? statement) ? [statement] : byRules[answer].AsEnumerable()
                    )
                )
            ),
            [.. answers.Where(answer => !found.ContainsKey(answer))]
        );
    }

    /// <summary>
    /// Whether a statement holds an answer, whatever its case, article or way to write numbers; yes and no need not be in it.
    /// </summary>
    internal static bool Holds(string statement, string answer) =>
        QuestionKinds.OfAnswer(answer) == QuestionKind.YesNo
        || $" {VqaAnswer.Normalize(statement)} ".Contains($" {VqaAnswer.Normalize(answer)} ", StringComparison.Ordinal)
        || $" {Words(statement)} ".Contains($" {Words(answer)} ", StringComparison.Ordinal);

    /// <summary>Letters and digits alone, in small letters.</summary>
    private static string Words(string text)
    {
        string plain = string.Concat(
            text.Select(static letter => char.IsLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' ')
        );
        return string.Join(' ', plain.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Request(string question) =>
        "Rewrite the question and its answer about a photo as one short plain statement that contains the answer word for word. "
        + "Write only the statement. "
        + $"Question: \"{QuestionText.Normalize(question)}?\" Answer: \"{{}}\"";
}
