using System.CommandLine;
using Cupola.Prompts;
using Cupola.Text;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>The options that say what is said about which labels.</summary>
internal sealed class PromptOptions
{
    private const int MostShown = 5;

    private readonly Option<string> _labels = new("--labels", "-l") { Description = "The labels to choose from, with commas between.", HelpName = "a,b,c" };

    private readonly Option<string> _labelsFile = new("--labels-file") { Description = "A file of labels: one a line, or a JSON list.", HelpName = "F" };

    private readonly Option<string[]> _template = new("--template")
    {
        Description = "A sentence with {} for the label; may be given several times.",
        HelpName = "\"a photo of a {}.\"",
    };

    private readonly Option<string> _templates = new("--templates") { Description = "simple (the default), imagenet-7, or a file of templates.", HelpName = "NAME|FILE" };

    private readonly Option<string[]> _prompts = new("--prompts")
    {
        Description = "A file of prompts, as CuPL writes them: a JSON object from labels to lists of sentences.",
        HelpName = "FILE",
    };

    private readonly Option<string> _ensemble = new("--ensemble")
    {
        Description = "How a label's prompts become one: embedding-mean, pooled-mean, score-mean or score-max.",
        DefaultValueFactory = static _ => "embedding-mean",
        HelpName = "E",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _labels, _labelsFile, _template, _templates, _prompts, _ensemble })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>How a label's prompts become one.</summary>
    public ClassEnsemble Ensemble(ParseResult parsed) => parsed.GetValue(_ensemble) switch
    {
        "embedding-mean" => ClassEnsemble.EmbeddingMean,
        "pooled-mean" => ClassEnsemble.PooledMean,
        "score-mean" => ClassEnsemble.ScoreMean,
        "score-max" => ClassEnsemble.ScoreMax,
        string other => throw new ArgumentException($"There is no ensemble '{other}'; there are embedding-mean, pooled-mean, score-mean and score-max."),
        null => ClassEnsemble.EmbeddingMean,
    };

    /// <summary>Whether the command line says anything about labels or prompts.</summary>
    public bool AreNamed(ParseResult parsed) =>
        parsed.GetValue(_labels) is not null || parsed.GetValue(_labelsFile) is not null || parsed.GetValue(_templates) is not null
        || parsed.GetValue(_template) is { Length: > 0 } || parsed.GetValue(_prompts) is { Length: > 0 };

    /// <summary>The prompts of all labels; prompt files and templates that are both named are put together.</summary>
    public PromptSet Read(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_prompts) ?? [];
        PromptSet? written = files.Length == 0 ? null : files.Select(PromptSet.Read).Aggregate(static (first, second) => first.Union(second));
        IReadOnlyList<string> labels = ReadLabels(parsed, written);
        IReadOnlyList<PromptTemplate> templates = ReadTemplates(parsed, written is null);
        PromptSet? filled = templates.Count == 0 ? null : PromptSet.FromTemplates(labels, templates);
        if (written is null)
        {
            return filled!;
        }

        (PromptSet chosen, IReadOnlyList<string> leftOut) = written.Select(labels);
        if (leftOut.Count > 0)
        {
            Console.Error.WriteLine($"{leftOut.Count} classes of the prompt file are no label and are left out: {Shown(leftOut)}.");
        }

        return filled is null ? chosen : filled.Union(chosen);
    }

    /// <summary>Says which prompts are too long for the model to read to their end.</summary>
    public static void WarnOfCutPrompts(PromptSet set, ClipTokenizer tokenizer)
    {
        string[] cut = [.. set.ClassNames.SelectMany(name => set[name].AsEnumerable()).Select(static prompt => prompt.Text).Where(text => tokenizer.Encode(text).IsTruncated)];
        if (cut.Length > 0)
        {
            Console.Error.WriteLine(
                $"{cut.Length} {(cut.Length == 1 ? "prompt is" : "prompts are")} longer than the {tokenizer.ContextLength} tokens that the model reads, and cut there: {Shown([.. cut.Select(static text => $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\"")])}.");
        }
    }

    private static string Shown(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? $" and {names.Count - MostShown} more" : "");

    private IReadOnlyList<string> ReadLabels(ParseResult parsed, PromptSet? written)
    {
        string? list = parsed.GetValue(_labels), file = parsed.GetValue(_labelsFile);
        if (list is not null && file is not null)
        {
            throw new ArgumentException("Name labels by --labels or by --labels-file, not by both.");
        }

        return list is not null ? LabelList.Parse(list)
            : file is not null ? LabelList.Read(file)
            : written?.ClassNames ?? throw new ArgumentException("There are no labels to choose from; name some, as in --labels \"dog,cat\", or a file by --labels-file or --prompts.");
    }

    private IReadOnlyList<PromptTemplate> ReadTemplates(ParseResult parsed, bool otherwiseSimple)
    {
        string[] single = parsed.GetValue(_template) ?? [];
        IReadOnlyList<PromptTemplate> named = parsed.GetValue(_templates) is { } name ? PromptTemplates.Read(name) : [];
        PromptTemplate[] all = [.. single.Select(static text => new PromptTemplate(text)), .. named];
        return all.Length > 0 || !otherwiseSimple ? all : PromptTemplates.Simple;
    }
}
