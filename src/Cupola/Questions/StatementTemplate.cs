using System.Text.RegularExpressions;

namespace Cupola.Questions;

/// <summary>
/// A statement with gaps: <c>{thing}</c> is what stood in the question, <c>{answer}</c> the answer, and a word before them says
/// in which form: <c>{a answer}</c>, <c>{s verb thing}</c>, <c>{count answer noun}</c>, <c>{yes rest}</c>.
/// </summary>
/// <param name="text">The statement.</param>
internal sealed partial class StatementTemplate(string text)
{
    /// <summary>The statement about an answer, not yet a sentence; null where a part of it cannot be stated.</summary>
    /// <param name="values">What stood in the question, and <c>answer</c>.</param>
    /// <param name="affirm">States a question that is answered by yes; null where no rule does.</param>
    public string? Fill(IReadOnlyDictionary<string, string> values, Func<string, string?> affirm)
    {
        bool isWhole = true;
        string filled = Gaps()
            .Replace(text, gap =>
            {
                string? part = Part(gap.Groups["gap"].Value.Split(' '), values, affirm);
                isWhole &= part is not null;
                return part ?? "";
            });
        return isWhole ? filled : null;
    }

    private static string? Part(string[] words, IReadOnlyDictionary<string, string> values, Func<string, string?> affirm)
    {
        if (words is [{ } name])
        {
            return values[name];
        }

        // A word that is no name stands for itself.
        string[] parts =
        [
            .. words[1..].Select(word => values.GetValueOrDefault(word, word)).Where(static part => part.Length > 0),
        ];
        string joined = string.Join(' ', parts);
        string be = values.GetValueOrDefault("be", "is");
        bool isPast = be is "was" or "were";
        return words[0] switch
        {
            "a" => AnswerPhrase.WithArticle(joined),
            "kind" => AnswerPhrase.OfKind(parts[0], parts[1]),
            "the" => AnswerPhrase.WithThe(joined),
            "is" => Be(NounNumber.IsPlural(joined), isPast),
            "are" => Be(AnswerPhrase.Count(joined) != 1, isPast),
            "this" => be is "are" or "were" ? "These" : "This",
            "count" => AnswerPhrase.Several(parts[0], parts[1]),
            "amount" => $"{AnswerPhrase.Amount(parts[0])} {parts[1]}",
            "place" => AnswerPhrase.Place(joined),
            "to" => AnswerPhrase.Destination(joined),
            "time" => AnswerPhrase.Time(joined),
            "reason" => AnswerPhrase.Reason(joined),
            "indefinite" => be is "is" or "was" ? AnswerPhrase.WithArticle(parts[1]) : parts[1],
            "s" when values.GetValueOrDefault("do") == "did" => $"did {parts[0]}",
            "s" => NounNumber.IsPlural(parts[1]) ? parts[0] : NounNumber.ThirdPerson(parts[0]),
            "agree" => parts[1] == "does" || AnswerPhrase.Count(parts[1]) == 1 ? NounNumber.ThirdPerson(parts[0]) : parts[0],
            "yes" => affirm(joined),
            _ => throw new InvalidDataException($"There is no form '{words[0]}' of statements."),
        };
    }

    private static string Be(bool isPlural, bool isPast) =>
        (isPlural, isPast) switch
        {
            (true, true) => "were",
            (true, false) => "are",
            (false, true) => "was",
            _ => "is",
        };

    [GeneratedRegex(@"\{(?<gap>[^}]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gaps();
}
