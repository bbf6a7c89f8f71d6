using System.CommandLine;
using Cupola.Questions;

namespace Cupola.Cli;

/// <summary>The option that names a list of answers.</summary>
internal sealed class VocabularyOption : Option<string>
{
    public VocabularyOption()
        : base("--vocabulary")
    {
        Description =
            "A file of answers, one a line or a JSON list, of which a question takes those of its kind (colors, numbers or "
            + "others); a list of common answers comes along.";
        HelpName = "FILE";
    }

    /// <summary>Whether the command line names one.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(this) is not null;

    /// <summary>The list.</summary>
    public AnswerVocabulary Read(ParseResult parsed) =>
        parsed.GetValue(this) is { } path ? AnswerVocabulary.Read(path) : AnswerVocabulary.Common;
}
