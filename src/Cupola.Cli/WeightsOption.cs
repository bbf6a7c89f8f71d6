using System.CommandLine;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>The option that says how much each prompt counts.</summary>
internal sealed class WeightsOption
{
    private static readonly Dictionary<string, PromptWeighting> Names = new(StringComparer.Ordinal)
    {
        ["even"] = PromptWeighting.Even,
        ["zpe"] = PromptWeighting.Zpe,
    };

    private readonly Option<string[]> _weights = new("--weights")
    {
        Description =
            "even: all prompts of a label count the same (the default); zpe: those count more that fit the images better than "
            + "other prompts do, learned from all of them without labels.",
        HelpName = "even|zpe",
    };

    public void AddTo(Command command) => command.Options.Add(_weights);

    /// <summary>The one weighting that is named.</summary>
    public PromptWeighting Read(ParseResult parsed, ClassEnsemble ensemble) =>
        ReadAll(parsed, ensemble) is [PromptWeighting only]
            ? only
            : throw new ArgumentException("--weights is named more than once; evaluate compares weights, and nothing else does.");

    /// <summary>All weightings that are named, each once.</summary>
    public IReadOnlyList<PromptWeighting> ReadAll(ParseResult parsed, ClassEnsemble ensemble)
    {
        PromptWeighting[] named = parsed.GetValue(_weights) is { Length: > 0 } some
            ? [.. some.Distinct().Select(Parse)]
            : [PromptWeighting.Even];
        return ensemble == ClassEnsemble.ScoreMax && named.Contains(PromptWeighting.Zpe)
            ? throw new ArgumentException(
                "--weights zpe weighs prompts in a mean, and --ensemble score-max takes the best alone; omit one of them."
            )
            : named;
    }

    private static PromptWeighting Parse(string name) =>
        Names.TryGetValue(name, out PromptWeighting weighting)
            ? weighting
            : throw new ArgumentException($"There are no weights '{name}'; there are even and zpe.");
}
