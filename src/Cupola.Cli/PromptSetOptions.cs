using System.CommandLine;
using System.CommandLine.Parsing;
using Cupola.Prompts;

namespace Cupola.Cli;

/// <summary>
/// The options that name prompt sets to compare: each <c>--template</c>, <c>--templates</c> and <c>--prompts</c> is a set of its
/// own.
/// </summary>
internal sealed class PromptSetOptions
{
    private readonly Option<string[]> _template = new("--template")
    {
        Description = "A prompt set of one sentence with {} for the label.",
        HelpName = "\"a photo of a {}.\"",
    };

    private readonly Option<string[]> _templates = new("--templates")
    {
        Description = "A prompt set of several templates together: simple (the default), imagenet-7, or a file.",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string[]> _prompts = new("--prompts")
    {
        Description =
            "A prompt set from a file, as CuPL or Cupola writes them; + between files and templates makes one set of them.",
        HelpName = "FILE[+FILE]",
    };

    private readonly Option<bool> _shuffled = new("--shuffled")
    {
        Description = "Add a control for each prompt file: the same sentences with the descriptions exchanged between classes.",
    };

    private readonly NumberOption<int> _seed = new("--seed", int.MinValue)
    {
        Description = "Of the exchange; another seed gives another control.",
        HelpName = "N",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _template, _templates, _prompts, _shuffled, _seed })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the sets in the order of the command line, before anything that takes long.</summary>
    public PromptSetRequest Read(ParseResult parsed)
    {
        List<PromptSource> sources = [.. Named(parsed)];
        if (sources.Count == 0)
        {
            sources.Add(PromptSource.Simple);
        }

        if (sources.CountBy(static source => source.Name).FirstOrDefault(static count => count.Value > 1) is { Key: { } twice })
        {
            throw new ArgumentException($"The prompt set {twice} is named twice; there is nothing to compare it with.");
        }

        bool shuffled = parsed.GetValue(_shuffled);
        if (shuffled && !sources.Any(static source => source.Written is not null))
        {
            throw new ArgumentException("--shuffled exchanges descriptions, and templates have none; name a file by --prompts.");
        }

        return new(sources, shuffled ? parsed.GetValue(_seed) ?? 0 : null);
    }

    private IEnumerable<PromptSource> Named(ParseResult parsed)
    {
        string option = "";
        foreach (Token token in parsed.Tokens)
        {
            if (token.Type == TokenType.Option)
            {
                option = token.Value;
                continue;
            }

            PromptSource? source =
                option == _template.Name ? PromptSource.FromTemplate(token.Value)
                : option == _templates.Name ? PromptSource.ReadTemplates(token.Value)
                : option == _prompts.Name ? PromptSource.ReadPrompts(token.Value)
                : null;
            option = "";
            if (source is not null)
            {
                yield return source;
            }
        }
    }
}

/// <summary>The prompt sets that a command line names.</summary>
/// <param name="Sources">In its order.</param>
/// <param name="ShuffleSeed">The seed of the controls; null where none are wanted.</param>
internal sealed record PromptSetRequest(IReadOnlyList<PromptSource> Sources, int? ShuffleSeed);
