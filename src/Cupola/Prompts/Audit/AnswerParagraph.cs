using System.Text.RegularExpressions;

namespace Cupola.Prompts.Audit;

/// <summary>
/// A part of a language model's answer, on one line: a paragraph or a list item. Headings, rules and code fences are omitted
/// unless the answer has nothing else.
/// </summary>
/// <param name="Text">The text of the part.</param>
/// <param name="IsItem">Whether it is a list item, and so is complete by itself.</param>
internal readonly partial record struct AnswerParagraph(string Text, bool IsItem)
{
    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    /// <summary>The parts of an answer, in order.</summary>
    public static IReadOnlyList<AnswerParagraph> AllOf(string answer)
    {
        List<AnswerParagraph> parts = [];
        List<string> headings = [];
        bool isOpen = false;
        foreach (string line in answer.ReplaceLineEndings("\n").Split('\n').Select(OnOneLine))
        {
            Match item = Marker().Match(line);
            if (line.Length == 0 || Apart().IsMatch(line))
            {
                isOpen = false;
            }
            else if (Heading().IsMatch(line) && FirstSentence.End(line.Trim('*'), isWhole: true) is null)
            {
                headings.Add(line.Trim('#', '*', ' '));
                isOpen = false;
            }
            else if (item.Success)
            {
                parts.Add(new(line[item.Length..], IsItem: true));
                isOpen = true;
            }
            else if (isOpen && !Announces(parts[^1].Text))
            {
                parts[^1] = parts[^1] with { Text = $"{parts[^1].Text} {line}" };
            }
            else
            {
                parts.Add(new(line, IsItem: false));
                isOpen = true;
            }
        }

        return parts.Count > 0
            ? Joined(parts)
            :
            [
                .. headings
                    .Where(static heading => heading.Length > 0)
                    .Select(static heading => new AnswerParagraph(heading, IsItem: false)),
            ];
    }

    /// <summary>Joins "A tree frog has:" and the items after it into one sentence where the items are not sentences.</summary>
    private static List<AnswerParagraph> Joined(List<AnswerParagraph> parts)
    {
        List<AnswerParagraph> joined = [];
        for (int index = 0; index < parts.Count; index++)
        {
            bool mayGoOn = !parts[index].IsItem && parts[index].Text[^1] is ':' or '：' && !Announces(parts[index].Text);
            string[] items = mayGoOn
                ? [.. parts.Skip(index + 1).TakeWhile(static part => part.IsItem).Select(static part => part.Text)]
                : [];
            bool goesOn = items.Length > 0 && items.All(static item => FirstSentence.End(item, isWhole: true) is null);
            joined.Add(goesOn ? new($"{parts[index].Text} {string.Join(", ", items)}", IsItem: false) : parts[index]);
            index += goesOn ? items.Length : 0;
        }

        return joined;
    }

    /// <summary>Whether a line only says that a description follows.</summary>
    private static bool Announces(string line) =>
        line[^1] is ':' or '：' && line.Length <= PromptAudit.LongestText && EvasiveSentence.Problem(line) is not null;

    private static string OnOneLine(string line) => WhiteSpace().Replace(Quotation().Replace(line, ""), " ").Trim();

    [GeneratedRegex(@"\s+", Options)]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"^\s*(>\s*)+", Options)]
    private static partial Regex Quotation();

    /// <summary>A code fence or a horizontal rule.</summary>
    [GeneratedRegex(@"^(```.*|~~~.*|([-*_=]\s*){3,})$", Options)]
    private static partial Regex Apart();

    [GeneratedRegex(@"^(#{1,6}\s.*|\*\*[^*]+\*\*\s*:?)$", Options)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(([-–—*+]|\(?\d{1,3}[.)]|\(?[A-Za-z]\))\s+|[•·▪‣●]\s*)", Options)]
    private static partial Regex Marker();
}
