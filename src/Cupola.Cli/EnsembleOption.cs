using System.CommandLine;

namespace Cupola.Cli;

/// <summary>The option that says how a label's prompts become one.</summary>
internal sealed class EnsembleOption
{
    private static readonly Dictionary<string, ClassEnsemble> Names = new(StringComparer.Ordinal)
    {
        ["embedding-mean"] = ClassEnsemble.EmbeddingMean,
        ["pooled-mean"] = ClassEnsemble.PooledMean,
        ["score-mean"] = ClassEnsemble.ScoreMean,
        ["score-max"] = ClassEnsemble.ScoreMax,
    };

    private readonly Option<string> _ensemble = new("--ensemble")
    {
        Description = "How a label's prompts become one: embedding-mean, pooled-mean, score-mean or score-max.",
        DefaultValueFactory = static _ => "embedding-mean",
        HelpName = "E",
    };

    public void AddTo(Command command) => command.Options.Add(_ensemble);

    public ClassEnsemble Read(ParseResult parsed) =>
        Names.TryGetValue(parsed.GetValue(_ensemble)!, out ClassEnsemble ensemble)
            ? ensemble
            : throw new ArgumentException(
                $"There is no ensemble '{parsed.GetValue(_ensemble)}'; there are embedding-mean, pooled-mean, score-mean and "
                    + "score-max."
            );

    /// <summary>What the command line calls it.</summary>
    public static string Name(ClassEnsemble ensemble) => Names.Single(entry => entry.Value == ensemble).Key;
}
