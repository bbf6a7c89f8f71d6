using System.CommandLine;
using System.CommandLine.Parsing;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary>
/// The options that name prompt sets to compare: each <c>--template</c>, <c>--templates</c> and <c>--prompts</c> is a set of its
/// own.
/// </summary>
internal sealed class PromptSetOptions
{
    private const string TemplatePrefix = "template:";

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

    /// <summary>
    /// Reads the sets in the order of the command line, before anything that takes long; what it gives back makes them for
    /// labels.
    /// </summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<NamedPromptSet>> Read(ParseResult parsed)
    {
        List<PromptSource> sources = [.. Named(parsed)];
        if (sources.Count == 0)
        {
            sources.Add(PromptSource.OfTemplates("simple", PromptTemplates.Simple));
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

        int seed = parsed.GetValue(_seed) ?? 0;
        return labels => [.. sources.SelectMany(source => source.For(labels, shuffled, seed))];
    }

    /// <summary>
    /// Reads one set, as <c>--prompts</c> names it, or as <c>--templates</c> does; what it gives back makes it for labels.
    /// </summary>
    public static Func<IReadOnlyList<string>, NamedPromptSet> ReadOne(string text)
    {
        PromptSource source = text.Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is { Length: > 1 }
            ? OfUnion(text)
            : OfPart(text);
        return labels => source.For(labels, shuffled: false, seed: 0).Single();
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
                option == _template.Name ? OfPart(TemplatePrefix + token.Value)
                : option == _templates.Name ? PromptSource.OfTemplates(token.Value, PromptTemplates.Read(token.Value))
                : option == _prompts.Name ? OfUnion(token.Value)
                : null;
            option = "";
            if (source is not null)
            {
                yield return source;
            }
        }
    }

    private static PromptSource OfUnion(string text) =>
        File.Exists(text) ? PromptSource.OfFile(text, PromptSet.Read(text))
        : text.Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 } parts
            ? parts.Select(OfPart).Aggregate(static (first, second) => first.With(second))
        : PromptSource.OfFile(text, PromptSet.Read(text));

    private static PromptSource OfPart(string part)
    {
        if (part.StartsWith(TemplatePrefix, StringComparison.Ordinal))
        {
            return PromptSource.OfTemplates(part, [new PromptTemplate(part[TemplatePrefix.Length..])]);
        }

        return PromptSet.IsFile(part)
            ? PromptSource.OfFile(part, PromptSet.Read(part))
            : PromptSource.OfTemplates(part, PromptTemplates.Read(part));
    }

    /// <summary>Where the prompts of one set come from.</summary>
    /// <param name="Name">As the command line says it.</param>
    /// <param name="Templates">Filled with each label.</param>
    /// <param name="Written">Prompts of classes, where files are named.</param>
    private sealed record PromptSource(string Name, IReadOnlyList<PromptTemplate> Templates, PromptSet? Written)
    {
        public static PromptSource OfTemplates(string name, IReadOnlyList<PromptTemplate> templates) =>
            new(name, templates, null);

        public static PromptSource OfFile(string name, PromptSet written) => new(name, [], written);

        public PromptSource With(PromptSource other) =>
            new(
                $"{Name}+{other.Name}",
                [.. Templates, .. other.Templates],
                Written is null ? other.Written
                    : other.Written is null ? Written
                    : Written.Union(other.Written)
            );

        /// <summary>The set, and its control where one is wanted and it describes anything.</summary>
        public IEnumerable<NamedPromptSet> For(IReadOnlyList<string> labels, bool shuffled, int seed)
        {
            PromptSet? filled = Templates.Count == 0 ? null : PromptSet.FromTemplates(labels, Templates);
            if (Written is null)
            {
                yield return new(Name, filled!);
                yield break;
            }

            PromptSet chosen = PromptOptions.Choose(Written, labels, Name);
            yield return new(Name, filled?.Union(chosen) ?? chosen);
            if (shuffled)
            {
                ShuffledControl control = ShuffledControl.Create(chosen, seed);
                yield return new($"shuffled:{Name}", filled?.Union(control.Prompts) ?? control.Prompts, control);
            }
        }
    }
}
