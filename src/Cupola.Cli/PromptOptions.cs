using System.CommandLine;
using Cupola.Files;
using Cupola.Prompts;
using Cupola.Text;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>The options that say what is said about which labels.</summary>
internal sealed class PromptOptions
{
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

    /// <summary>Whether it says which labels there are, itself or by a file of prompts.</summary>
    public bool NameLabels(ParseResult parsed) => _labels.AreNamed(parsed) || parsed.GetValue(_prompts) is { Length: > 0 };

    /// <summary>The labels that the command line names; nothing where it names none.</summary>
    public IReadOnlyList<string>? Labels(ParseResult parsed) => _labels.Read(parsed);

    /// <summary>The prompts of all labels; prompt files and templates that are both named are put together.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="chosen">
    /// The labels, where they are known already; those that the command line names otherwise, or a prompt file's.
    /// </param>
    public PromptSet Read(ParseResult parsed, IReadOnlyList<string>? chosen = null)
    {
        PromptSource named = PromptSource.Read(
            "the prompt file",
            parsed.GetValue(_prompts) ?? [],
            parsed.GetValue(_template) ?? [],
            parsed.GetValue(_templates)
        );
        IReadOnlyList<string> labels = chosen
            ?? _labels.Read(parsed)
            ?? named.Written?.ClassNames
            ?? throw new ArgumentException(
                "There are no labels to choose from; name some, as in --labels \"dog,cat\", or a file by --labels-file or "
                    + "--prompts."
            );
        PromptSource source = named is { Written: null, Templates.Count: 0 } ? PromptSource.Simple : named;
        return source.CreateSet(labels, StandardStreams.Log);
    }

    /// <summary>Encodes prompts, with progress where a person looks on, and says which were cut.</summary>
    public static EncodedPrompts Encode(ClipEmbedder embedder, PromptSet prompts, CancellationToken cancellationToken)
    {
        WarnOfCutPrompts(prompts, embedder.Tokenizer);
        return WorkProgress.Items("Encoding prompts", prompts.PromptCount, progress =>
            EncodedPrompts.Encode(embedder, prompts, progress, cancellationToken)
        );
    }

    /// <summary>Says which prompts are too long for the model to read to their end.</summary>
    public static void WarnOfCutPrompts(PromptSet set, TextTokenizer tokenizer) =>
        WarnOfCutTexts(
            set.ClassNames.SelectMany(name => set[name].AsEnumerable()).Select(static prompt => prompt.Text),
            tokenizer,
            "prompt"
        );

    /// <summary>The same of texts, by what they are called.</summary>
    public static void WarnOfCutTexts(IEnumerable<string> texts, TextTokenizer tokenizer, string kind)
    {
        string[] cut = [.. texts.Where(text => tokenizer.Encode(text).IsTruncated)];
        if (cut.Length > 0)
        {
            Console.Error.WriteLine(
                $"{cut.Length} {kind}{(cut.Length == 1 ? " is" : "s are")} longer than the {tokenizer.ContextLength} "
                    + "tokens that the model reads, and cut there: "
                    + $"{ShortList.Join([.. cut.Select(static text => $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\"")])}."
            );
        }
    }
}
