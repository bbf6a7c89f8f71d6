using System.CommandLine;
using Cupola.Text;

namespace Cupola.Cli;

/// <summary>The options that say what is said about which labels.</summary>
internal sealed class PromptOptions
{
    private const int MostShown = 5;

    private readonly LabelOptions _labels = new();

    private readonly EnsembleOption _ensemble = new();

    private readonly Option<string[]> _template = new("--template")
    {
        Description = "A sentence with {} for the label; may be given several times.",
        HelpName = "\"a photo of a {}.\"",
    };

    private readonly Option<string> _templates = new("--templates")
    {
        Description = "simple (the default), imagenet-7, or a file of templates.",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string[]> _prompts = new("--prompts")
    {
        Description = "A file of prompts, as CuPL writes them: a JSON object from labels to lists of sentences.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        _labels.AddTo(command);
        foreach (Option option in new Option[] { _template, _templates, _prompts })
        {
            command.Options.Add(option);
        }

        _ensemble.AddTo(command);
    }

    /// <summary>How a label's prompts become one.</summary>
    public ClassEnsemble Ensemble(ParseResult parsed) => _ensemble.Read(parsed);

    /// <summary>Whether the command line says anything about labels or prompts.</summary>
    public bool AreNamed(ParseResult parsed) =>
        _labels.AreNamed(parsed)
        || parsed.GetValue(_templates) is not null
        || parsed.GetValue(_template) is { Length: > 0 }
        || parsed.GetValue(_prompts) is { Length: > 0 };

    /// <summary>The labels that the command line names; nothing where it names none.</summary>
    public IReadOnlyList<string>? Labels(ParseResult parsed) => _labels.Read(parsed);

    /// <summary>The prompts of all labels; prompt files and templates that are both named are put together.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="chosen">
    /// The labels, where they are known already; those that the command line names otherwise, or a prompt file's.
    /// </param>
    public PromptSet Read(ParseResult parsed, IReadOnlyList<string>? chosen = null)
    {
        string[] files = parsed.GetValue(_prompts) ?? [];
        PromptSet? written =
            files.Length == 0 ? null : files.Select(PromptSet.Read).Aggregate(static (first, second) => first.Union(second));
        IReadOnlyList<string> labels = chosen
            ?? _labels.Read(parsed)
            ?? written?.ClassNames
            ?? throw new ArgumentException(
                "There are no labels to choose from; name some, as in --labels \"dog,cat\", or a file by --labels-file or "
                    + "--prompts."
            );
        IReadOnlyList<PromptTemplate> templates = ReadTemplates(parsed, written is null);
        PromptSet? filled = templates.Count == 0 ? null : PromptSet.FromTemplates(labels, templates);
        if (written is null)
        {
            return filled!;
        }

        PromptSet ofLabels = Choose(written, labels, "the prompt file");
        return filled is null ? ofLabels : filled.Union(ofLabels);
    }

    /// <summary>The prompts of the labels; classes that are no label are left out with a note.</summary>
    public static PromptSet Choose(PromptSet written, IReadOnlyList<string> labels, string file)
    {
        (PromptSet chosen, IReadOnlyList<string> leftOut) = written.Select(labels);
        if (leftOut.Count > 0)
        {
            string which = leftOut.Count == 1 ? $"class of {file} is no label and is" : $"classes of {file} are no label and are";
            Console.Error.WriteLine($"{leftOut.Count} {which} left out: {Shown(leftOut)}.");
        }

        return chosen;
    }

    /// <summary>Says which prompts are too long for the model to read to their end.</summary>
    public static void WarnOfCutPrompts(PromptSet set, ClipTokenizer tokenizer)
    {
        string[] cut =
        [
            .. set
                .ClassNames.SelectMany(name => set[name].AsEnumerable())
                .Select(static prompt => prompt.Text)
                .Where(text => tokenizer.Encode(text).IsTruncated),
        ];
        if (cut.Length > 0)
        {
            Console.Error.WriteLine(
                $"{cut.Length} {(cut.Length == 1 ? "prompt is" : "prompts are")} longer than the {tokenizer.ContextLength} "
                    + "tokens that the model reads, and cut there: "
                    + $"{Shown([.. cut.Select(static text => $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\"")])}."
            );
        }
    }

    /// <summary>The first of some names, and how many more there are.</summary>
    public static string Shown(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? $" and {names.Count - MostShown} more" : "");

    private IReadOnlyList<PromptTemplate> ReadTemplates(ParseResult parsed, bool otherwiseSimple)
    {
        string[] single = parsed.GetValue(_template) ?? [];
        IReadOnlyList<PromptTemplate> named = parsed.GetValue(_templates) is { } name ? PromptTemplates.Read(name) : [];
        PromptTemplate[] all = [.. single.Select(static text => new PromptTemplate(text)), .. named];
        return all.Length > 0 || !otherwiseSimple ? all : PromptTemplates.Simple;
    }
}
