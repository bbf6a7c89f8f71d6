using Cupola.Prompts;

namespace Cupola.Questions;

/// <summary>The English words by which questions and answers are told apart (<c>question-words.json</c>).</summary>
internal static class QuestionWords
{
    private static readonly WordLists Lists = WordLists.Read("Questions", "question-words.json");

    /// <summary>Words that are looked up whole, whatever their case; a hyphen in the file stands for a space.</summary>
    public static HashSet<string> Set(string name) => new(List(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The words in the file's order.</summary>
    public static IEnumerable<string> List(string name) => Lists.List(name).Select(static word => word.Replace('-', ' '));

    /// <summary>Words and what stands for them: <c>people:person</c>.</summary>
    public static Dictionary<string, string> Pairs(string name) =>
        Lists
            .List(name)
            .Select(static pair => pair.Split(':'))
            .ToDictionary(static pair => pair[0], static pair => pair[1].Replace('_', ' '), StringComparer.OrdinalIgnoreCase);
}
