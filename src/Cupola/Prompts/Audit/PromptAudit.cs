using System.Collections.Immutable;
using System.Globalization;
using Cupola.Files;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola.Prompts.Audit;

/// <summary>
/// Finds faults in the prompts of a set, and says why (docs/audit.md): language models repeat themselves, evade, are cut at a
/// token limit and forget the name of what they describe. The audit works by spelling and English word lists, without
/// understanding, so it can be wrong; a person should review its findings.
/// </summary>
public sealed class PromptAudit
{
    /// <summary>
    /// The longest text that is examined, in characters; so many never fit into a model's 77 tokens. A longer text is reported as
    /// too long and not examined further, so the cost of a hostile file is linear in its length.
    /// </summary>
    internal const int LongestText = 4000;

    /// <summary>
    /// A name in the sentences of more other classes than this, and than one in fifty of them, is a common word.
    /// </summary>
    private const int OthersAtLeast = 3;
    private const int OneOtherOf = 50;

    private PromptAudit(PromptSet prompts, PromptAuditSettings settings)
    {
        Prompts = prompts;
        Settings = settings;
        NeedsEndMarks =
            prompts.ClassNames.Sum(name => prompts[name].Count(static prompt => CutSentence.HasEndMark(prompt.Text))) * 2
            >= prompts.PromptCount;
        ClassNames names = new(prompts.ClassNames, settings.Synonyms);
        OtherNames others = new(names);
        List<PromptFinding> findings = [];
        List<Mention> mentions = [];
        for (int index = 0; index < names.Count; index++)
        {
            AuditClass(index, names, others, findings, mentions);
        }

        Dictionary<OtherNames.KnownName, int> spread = mentions
            .GroupBy(static mention => mention.Name)
            .ToDictionary(
                static group => group.Key,
                static group => group.Select(static mention => mention.Class).Distinct().Count()
            );
        int mostOthers = Math.Max(OthersAtLeast, names.Count / OneOtherOf);
        CommonNames =
        [
            .. spread
                .Where(name => name.Value > mostOthers)
                .OrderByDescending(static name => name.Value)
                .Select(static name => name.Key.Text),
        ];
        IEnumerable<IGrouping<(int Class, int Position, bool IsBesideOwn), Mention>> byPrompt = mentions
            .Where(mention => spread[mention.Name] <= mostOthers)
            .GroupBy(static mention => (mention.Class, mention.Position, mention.IsBesideOwn));
        findings.AddRange(
            byPrompt.Select(group => new PromptFinding(
                names[group.Key.Class],
                group.Key.Position,
                prompts[names[group.Key.Class]][group.Key.Position],
                PromptFault.OtherClass,
                $"names {string.Join(" and ", group.Select(static mention => TextFile.Quote(mention.Name.Text)))} "
                    + $"{(group.Key.IsBesideOwn ? "beside" : "and not")} its own class"
            ))
        );
        Dictionary<string, int> order = prompts
            .ClassNames.Index()
            .ToDictionary(static name => name.Item, static name => name.Index, StringComparer.Ordinal);
        Findings =
        [
            .. findings
                .OrderBy(finding => order[finding.ClassName])
                .ThenBy(static finding => finding.Position)
                .ThenBy(static finding => finding.Fault),
        ];
    }

    /// <summary>The prompts that were examined.</summary>
    public PromptSet Prompts { get; }

    /// <summary>The settings of the audit.</summary>
    public PromptAuditSettings Settings { get; }

    /// <summary>The faults, in the order of classes and prompts. A prompt may have several, each kind once.</summary>
    public IReadOnlyList<PromptFinding> Findings { get; }

    /// <summary>
    /// Class names that occur in the sentences of so many other classes ("table", "orange", "can") that they are common words in
    /// this set and not reported; the most common first.
    /// </summary>
    public IReadOnlyList<string> CommonNames { get; }

    /// <summary>
    /// Whether the set's sentences have end marks, so that one without is incomplete. Captions often have none.
    /// </summary>
    internal bool NeedsEndMarks { get; }

    /// <summary>Examines all prompts of a set.</summary>
    public static PromptAudit Create(PromptSet prompts, PromptAuditSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        return new(prompts, settings ?? new());
    }

    /// <summary>Repairs the prompts that can be repaired, and drops those that cannot.</summary>
    /// <param name="alsoDrop">
    /// Faults whose prompts are dropped as well, though by default they are only reported: near duplicates, prompts that name
    /// another class or do not name theirs, prompts that are too long. The last prompts of a class are kept even then.
    /// </param>
    internal RepairedPrompts Repair(IReadOnlyCollection<PromptFault>? alsoDrop = null) => PromptRepair.Run(this, alsoDrop ?? []);

    /// <summary>The faults that can be seen in one sentence alone.</summary>
    internal static IEnumerable<(PromptFault Fault, string Detail)> FaultsOf(
        string text,
        IReadOnlyList<FoldedWord> words,
        ClassWords name,
        bool needsEndMark
    )
    {
        if (ProgramCode.Problem(text) is { } code)
        {
            yield return (PromptFault.Markup, code);
            yield break;
        }

        if (EvasiveSentence.Problem(text) is { } evasion)
        {
            yield return (PromptFault.Refusal, evasion);
        }

        if (CutSentence.Problem(text, name, needsEndMark) is { } cut)
        {
            yield return (PromptFault.Cut, cut);
        }

        if (ArticleMistakes.Find(text, words, name).FirstOrDefault() is { Detail: { } article })
        {
            yield return (PromptFault.WrongArticle, article);
        }

        if ((StrayMarkup.Problem(text) ?? LostBreaks.Problem(text, name)) is { } markup)
        {
            yield return (PromptFault.Markup, markup);
        }
    }

    /// <summary>Why a text is too long, or null.</summary>
    internal static string? TooLong(string text, TextTokenizer? tokenizer) =>
        text.Length > LongestText
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"has {text.Length} characters, of which no model reads {LongestText}; nothing else was examined"
            )
        : tokenizer?.Encode(text).IsTruncated == true
            ? Invariant($"has more than the {tokenizer.ContextLength} tokens that the model reads")
        : null;

    /// <summary>
    /// Whether a prompt must have an end mark; an answer that Cupola's writer kept is complete even without one.
    /// </summary>
    internal bool NeedsEndMarkOf(Prompt prompt) => NeedsEndMarks && prompt.Provenance is null;

    private void AuditClass(int index, ClassNames names, OtherNames others, List<PromptFinding> findings, List<Mention> mentions)
    {
        string className = names[index];
        ImmutableArray<Prompt> prompts = Prompts[className];
        ClassWords name = new(className);
        RepeatedSentences sentences = new();
        for (int position = 0; position < prompts.Length; position++)
        {
            string text = prompts[position].Text;
            if (TooLong(text, Settings.Tokenizer) is { } length)
            {
                Add(position, PromptFault.TooLong, length);
            }

            IReadOnlyList<FoldedWord> words = text.Length > LongestText ? [] : FoldedWord.AllOf(text);
            sentences.Add(text, words);
            if (text.Length > LongestText)
            {
                continue;
            }

            foreach ((PromptFault fault, string detail) in FaultsOf(text, words, name, NeedsEndMarkOf(prompts[position])))
            {
                Add(position, fault, detail);
            }

            string? missing = names.Missing(index, text, words);
            if (missing is not null)
            {
                Add(position, PromptFault.NoClassName, missing);
            }

            // Which names are common words is known only after all classes.
            mentions.AddRange(
                others.In(index, text, words).Select(other => new Mention(index, position, other, missing is null))
            );
        }

        foreach (RepeatedSentences.Repetition repetition in sentences.Find())
        {
            Add(
                repetition.Index,
                repetition.Likeness is null ? PromptFault.Duplicate : PromptFault.NearDuplicate,
                repetition.Detail
            );
        }

        void Add(int position, PromptFault fault, string detail) =>
            findings.Add(new(className, position, prompts[position], fault, detail));
    }

    /// <summary>The name of another class in a sentence.</summary>
    private sealed record Mention(int Class, int Position, OtherNames.KnownName Name, bool IsBesideOwn);
}

/// <summary>Settings of a prompt audit.</summary>
public sealed record PromptAuditSettings
{
    /// <summary>
    /// The tokenizer of the model that will read the prompts; without one, their length in tokens is not checked.
    /// </summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>Synonyms of class names: class name ► names that mean the same.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Synonyms { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}
