namespace Cupola.Questions;

/// <summary>A question that names its two answers: "Is the bus red or green?".</summary>
/// <param name="Before">The words before "or": "is the bus red".</param>
/// <param name="Second">The words behind it: "green".</param>
internal sealed record ChoiceQuestion(string Before, string Second)
{
    private static readonly string[] Beginnings = ["is", "are", "was", "were", "do", "does", "did", "can"];

    /// <summary>The first answer: as many words before "or" as stand behind it.</summary>
    public string First => string.Join(' ', Before.Split(' ')[^Second.Split(' ').Length..]);

    /// <summary>The two answers of a question, or null where it names none.</summary>
    public static ChoiceQuestion? Find(string question)
    {
        string[] words = question.Split(' ');
        int or = Array.FindIndex(words, static word => word.Equals("or", StringComparison.OrdinalIgnoreCase));
        return Beginnings.Contains(words[0])
            && or > 0
            && words.Length - or - 1 is > 0 and int behind
            && or - behind >= 2
            && behind <= 3
            ? new(string.Join(' ', words[..or]), string.Join(' ', words[(or + 1)..]))
            : null;
    }

    /// <summary>The question whose answer is yes where the answer is this one: "is the bus green"; null where it is neither.</summary>
    public string? AsYesQuestion(string answer)
    {
        string bare = Bare(answer);
        string[] words = Before.Split(' ');
        return bare.Equals(Bare(Second), StringComparison.OrdinalIgnoreCase)
                ? string.Join(' ', [.. words[..^Second.Split(' ').Length], Second])
            : Before.EndsWith($" {bare}", StringComparison.OrdinalIgnoreCase) ? Before
            : null;
    }

    private static string Bare(string answer) =>
        answer.Split(' ') is ["a" or "an" or "the", _, ..] words ? string.Join(' ', words[1..]) : answer;
}
