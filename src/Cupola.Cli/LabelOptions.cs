using System.CommandLine;
using Cupola.Prompts;

namespace Cupola.Cli;

/// <summary>The options that say which labels there are.</summary>
internal sealed class LabelOptions(string purpose = "choose from")
{
    private readonly Option<string> _labels = new("--labels", "-l")
    {
        Description = $"The labels to {purpose}, with commas between.",
        HelpName = "a,b,c",
    };

    private readonly Option<string> _labelsFile = new("--labels-file")
    {
        Description = "A file of labels: one a line, or a JSON list.",
        HelpName = "F",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_labels);
        command.Options.Add(_labelsFile);
    }

    /// <summary>The labels that the command line names; nothing where it names none.</summary>
    public IReadOnlyList<string>? Read(ParseResult parsed) =>
        (parsed.GetValue(_labels), parsed.GetValue(_labelsFile)) switch
        {
            (not null, not null) => throw new ArgumentException("Name labels by --labels or by --labels-file, not by both."),
            ({ } list, _) => LabelList.Parse(list),
            (_, { } file) => LabelList.Read(file),
            _ => null,
        };

    /// <summary>Whether the command line names any.</summary>
    public bool AreNamed(ParseResult parsed) => parsed.GetValue(_labels) is not null || parsed.GetValue(_labelsFile) is not null;
}
