using System.Globalization;
using System.Text.RegularExpressions;
using Cupola.Prompts;

namespace Cupola.Questions;

/// <summary>
/// The form in which answers are compared, exactly that of VQA's evaluation code (GT-Vision-Lab/VQA, <c>vqaEval.py</c>), with its
/// oddities: a full stop is removed wherever no digit follows it, also after a digit; "none" is 0; and a comma between two digits
/// changes what happens to every mark.
/// </summary>
internal static partial class VqaAnswer
{
    private const string Marks = ";/[]\"{}()=+\\_-><@`,?!";

    // The code gives the regex's flags (re.UNICODE, 32) where the number of replacements goes.
    private const int MostPeriods = 32;

    private static readonly string[] Numbers =
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
    ];

    private static readonly Dictionary<string, string> Contractions = WordLists
        .Read("Questions", "vqa-contractions.json")
        .List("contractions")
        .Select(static pair => pair.Split(':'))
        .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);

    /// <summary>White space of one kind, and none at the ends: what is done to every answer.</summary>
    public static string Trim(string answer) => answer.Replace('\n', ' ').Replace('\t', ' ').Trim();

    /// <summary>Without marks, articles and capitals, numbers as digits, contractions with their apostrophes.</summary>
    public static string Normalize(string answer)
    {
        string trimmed = Trim(answer);
        bool hasComma = CommaInNumber().IsMatch(trimmed);
        string text = trimmed;
        foreach (char mark in Marks)
        {
            bool isDropped =
                hasComma
                || trimmed.Contains($"{mark} ", StringComparison.Ordinal)
                || trimmed.Contains($" {mark}", StringComparison.Ordinal);
            text = text.Replace(mark.ToString(), isDropped ? "" : " ", StringComparison.Ordinal);
        }

        text = Period().Replace(text, "", MostPeriods);
        IEnumerable<string> words = text.ToLowerInvariant()
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(Digits)
            .Where(static word => word is not ("a" or "an" or "the"))
            .Select(static word => Contractions.GetValueOrDefault(word, word));
        return string.Join(' ', words);
    }

    private static string Digits(string word) =>
        word == "none" ? "0"
        : Array.IndexOf(Numbers, word) is >= 0 and int number ? number.ToString(CultureInfo.InvariantCulture)
        : word;

    // "(?!<=" is written so there, where "(?<!" may have been meant: it is always true before a full stop.
    [GeneratedRegex(@"(?!<=\d)\.(?!\d)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Period();

    [GeneratedRegex(@"\d,\d", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommaInNumber();
}
