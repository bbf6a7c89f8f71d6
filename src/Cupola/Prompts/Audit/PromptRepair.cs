using Cupola.Text;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Repairs prompts: strips markup, corrects articles, removes evasions before a description and cut ends. Prompts that then say
/// nothing (refusals, program code, cut sentences, duplicates) are dropped. Other faults are a matter of taste: their prompts are
/// dropped only on request, and never the last ones of a class.
/// </summary>
internal static class PromptRepair
{
    // One repair may reveal another fault, such as an evasion after a list marker. A text that needs more rounds is not a
    // sentence.
    private const int MostRounds = 4;

    public static RepairedPrompts Run(PromptAudit audit, IReadOnlyCollection<PromptFault> alsoDrop)
    {
        HashSet<(string, int)> faulty = [.. audit.Findings.Select(static finding => (finding.ClassName, finding.Position))];
        List<(string ClassName, List<Remaining> Prompts)> classes = [];
        foreach (string className in audit.Prompts.ClassNames)
        {
            ClassWords name = new(className);
            List<Remaining> remaining = [];
            foreach ((int position, Prompt prompt) in audit.Prompts[className].Index())
            {
                string? text = faulty.Contains((className, position))
                    ? RepairText(prompt.Text, name, audit.NeedsEndMarkOf(prompt), audit.Settings.Tokenizer)
                    : prompt.Text;
                if (text is not null)
                {
                    remaining.Add(new(position, text == prompt.Text ? prompt : prompt with { Text = text }));
                }
            }

            classes.Add((className, WithoutDuplicates(remaining)));
        }

        PromptAudit after = Audit(audit, classes);
        if (alsoDrop.Count > 0)
        {
            classes = DropAsked(classes, after, [.. alsoDrop]);
            after = Audit(audit, classes);
        }

        return Report(audit, after, classes);
    }

    /// <summary>The repaired text, or null if no sentence remains.</summary>
    private static string? RepairText(string text, ClassWords name, bool needsEndMark, TextTokenizer? tokenizer)
    {
        if (text.Length > PromptAudit.LongestText)
        {
            text = Shorten(text, tokenizer);
            if (text.Length > PromptAudit.LongestText)
            {
                return text;
            }
        }

        for (int round = 0; round < MostRounds; round++)
        {
            string before = text;
            text = ThinkingAloud.Remove(text);
            if (ProgramCode.Problem(text) is not null)
            {
                return null;
            }

            text = StrayMarkup.Strip(LostBreaks.Restore(text, name), line => LostBreaks.BeginsSentence(line, name));
            if (EvasiveSentence.Problem(text) is not null)
            {
                if (EvasiveSentence.Rest(text) is not { } rest)
                {
                    return null;
                }

                text = rest;
            }

            if (CutSentence.WholePart(text, name, needsEndMark) is not { } whole)
            {
                return null;
            }

            text = Shorten(ArticleMistakes.Correct(whole, name), tokenizer);
            if (text == before)
            {
                return text;
            }
        }

        return PromptAudit
            .FaultsOf(text, FoldedWord.AllOf(text), name, needsEndMark)
            .Any(static each => each.Fault != PromptFault.WrongArticle)
            ? null
            : text;
    }

    /// <summary>As many complete sentences as fit the model, or the text unchanged if not even one fits.</summary>
    private static string Shorten(string text, TextTokenizer? tokenizer)
    {
        if (PromptAudit.TooLong(text, tokenizer) is null)
        {
            return text;
        }

        string beginning = text[..Math.Min(text.Length, PromptAudit.LongestText)];
        string[] fitting =
        [
            .. CutSentence
                .SentenceEnds(beginning)
                .SkipLast(1)
                .Select(end => text[..end])
                .TakeWhile(part => PromptAudit.TooLong(part, tokenizer) is null),
        ];
        return fitting.Length > 0 ? fitting[^1] : text;
    }

    private static List<Remaining> WithoutDuplicates(List<Remaining> prompts)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        return [.. prompts.Where(remaining => seen.Add(FoldedWord.Key(remaining.Prompt.Text)))];
    }

    private static List<(string, List<Remaining>)> DropAsked(
        List<(string ClassName, List<Remaining> Prompts)> classes,
        PromptAudit after,
        HashSet<PromptFault> faults
    )
    {
        ILookup<string, int> asked = after
            .Findings.Where(finding => faults.Contains(finding.Fault))
            .ToLookup(static finding => finding.ClassName, static finding => finding.Position);
        return
        [
            .. classes.Select(each =>
            {
                HashSet<int> dropped = [.. asked[each.ClassName]];
                List<Remaining> left =
                [
                    .. each.Prompts.Index().Where(prompt => !dropped.Contains(prompt.Index)).Select(static prompt => prompt.Item),
                ];
                return (each.ClassName, left.Count > 0 ? left : each.Prompts);
            }),
        ];
    }

    private static PromptAudit Audit(PromptAudit before, List<(string ClassName, List<Remaining> Prompts)> classes) =>
        PromptAudit.Create(
            new PromptSet(
                classes.Select(static each =>
                    KeyValuePair.Create(each.ClassName, each.Prompts.Select(static remaining => remaining.Prompt))
                )
            ),
            before.Settings
        );

    private static RepairedPrompts Report(
        PromptAudit before,
        PromptAudit after,
        List<(string ClassName, List<Remaining> Prompts)> classes
    )
    {
        HashSet<(string, int, PromptFault)> still =
        [
            .. after.Findings.Select(static finding => (finding.ClassName, finding.Position, finding.Fault)),
        ];
        Dictionary<(string, int), (int Position, string Text)> now = [];
        foreach ((string className, List<Remaining> prompts) in classes)
        {
            foreach ((int position, Remaining remaining) in prompts.Index())
            {
                now.Add((className, remaining.Position), (position, remaining.Prompt.Text));
            }
        }

        RepairedFinding[] findings =
        [
            .. before.Findings.Select(finding =>
                !now.TryGetValue((finding.ClassName, finding.Position), out (int Position, string Text) prompt)
                    ? new RepairedFinding(finding, PromptRemedy.Dropped, Text: null)
                    : new(
                        finding,
                        still.Contains((finding.ClassName, prompt.Position, finding.Fault))
                            ? PromptRemedy.Kept
                            : PromptRemedy.Repaired,
                        prompt.Text
                    )
            ),
        ];
        int repaired = classes.Sum(each =>
            each.Prompts.Count(remaining => remaining.Prompt != before.Prompts[each.ClassName][remaining.Position])
        );
        return new(
            after.Prompts,
            findings,
            repaired,
            before.Prompts.PromptCount - after.Prompts.PromptCount,
            [.. before.Prompts.ClassNames.Where(name => before.Prompts[name].Length > 0 && after.Prompts[name].Length == 0)]
        );
    }

    /// <summary>A prompt that remains, and its index before the repair.</summary>
    private sealed record Remaining(int Position, Prompt Prompt);
}
