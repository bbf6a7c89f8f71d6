using System.CommandLine;

namespace Cupola.Cli;

/// <summary>The option that has images answered by the labels' names alone as well, so that one sees what prompts add.</summary>
internal sealed class BaselineByNameOption
{
    private readonly Option<string> _template = new("--by-name")
    {
        Description = "Answer by the labels' names alone as well, put into this template, to show what the prompts add.",
        HelpName = "\"a photo of a {}.\"",
    };

    public void AddTo(Command command) => command.Options.Add(_template);

    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_template) is not null;

    /// <summary>
    /// Reads the template before any model is loaded; what it gives back makes the classifier for labels. Nothing where the
    /// option is not named.
    /// </summary>
    public Func<ClipEmbedder, IReadOnlyList<string>, ZeroShotClassifier>? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_template) is not { } text)
        {
            return null;
        }

        PromptTemplate template = new(text);
        return (embedder, labels) => ZeroShotClassifier.Create(embedder, PromptSet.FromTemplates(labels, [template]));
    }
}
