namespace Cupola.Questions;

/// <summary>A question that names its two answers: "Is the bus red or green?".</summary>
/// <param name="Before">The words before "or": "is the bus red".</param>
/// <param name="Second">The words behind it: "green".</param>
internal sealed record ChoiceQuestion(string Before, string Second)
{
    private static readonly string[] Beginnings = ["is", "are", "was", "were", "do", "does", "did", "can"];

    /// <summary>The first answer: as many words before "or" as stand behind it.</summary>
    public string First => string.Join(' ', Before.Split(' ')[^Width(Second)..]);

    /// <summary>The two answers of a question, or null where it does not name two that differ.</summary>
    public static ChoiceQuestion? Find(string question)
    {
        string[] words = question.Split(' ');
        int or = Array.FindIndex(words, static word => word.Equals("or", StringComparison.OrdinalIgnoreCase));
        return
            Beginnings.Contains(words[0])
            && or > 0
            && or < words.Length - 1
            && Width(string.Join(' ', words[(or + 1)..])) is >= 1 and <= 3 and int behind
            && or - behind >= 2
            && new ChoiceQuestion(string.Join(' ', words[..or]), string.Join(' ', words[(or + 1)..])) is var choice
            && !Bare(choice.First).Equals(Bare(choice.Second), StringComparison.OrdinalIgnoreCase)
            ? choice
            : null;
    }

    /// <summary>The question to which an answer says yes: "is the bus green"; null where it is neither of the two.</summary>
    /// <param name="answer">The answer.</param>
    public string? AsYesQuestion(string answer)
    {
        string bare = Bare(answer);
        string[] words = Before.Split(' ');
        return bare.Equals(Bare(Second), StringComparison.OrdinalIgnoreCase)
                ? string.Join(' ', [.. words[..^Width(Second)], Second])
            : Before.EndsWith($" {bare}", StringComparison.OrdinalIgnoreCase) ? Before
            : null;
    }

    /// <summary>How many words an answer counts for; "black and white" is as one.</summary>
    private static int Width(string answer)
    {
        string[] words = answer.Split(' ');
        return words.Length - (2 * words.Count(static word => word == "and"));
    }

    private static string Bare(string answer) =>
        answer.Split(' ') is ["a" or "an" or "the", _, ..] words ? string.Join(' ', words[1..]) : answer;
}
