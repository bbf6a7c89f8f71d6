using Cupola.Prompts;
using Microsoft.Extensions.Logging;

namespace Cupola.Evaluation;

/// <summary>The prompt sets that are evaluated side by side.</summary>
internal static class PromptCandidates
{
    /// <summary>The sets of the sources, each with its control where one is wanted and it describes anything.</summary>
    /// <param name="sources">Where the prompts come from.</param>
    /// <param name="labels">What there is to choose from.</param>
    /// <param name="shuffleSeed">The seed of the controls; null makes none.</param>
    /// <param name="logger">Receives which classes are no label and are left out.</param>
    public static IReadOnlyList<NamedPromptSet> Create(
        IEnumerable<PromptSource> sources,
        IReadOnlyList<string> labels,
        int? shuffleSeed,
        ILogger? logger
    )
    {
        List<NamedPromptSet> candidates = [];
        foreach (PromptSource source in sources)
        {
            PromptSet? written = source.SelectWritten(labels, logger);
            candidates.Add(new(source.Name, source.FillAnd(labels, written)));
            if (written is not null && shuffleSeed is { } seed)
            {
                ShuffledControl control = ShuffledControl.Create(written, seed);
                candidates.Add(new($"shuffled:{source.Name}", source.FillAnd(labels, control.Prompts), control));
            }
        }

        return candidates;
    }
}

/// <summary>A prompt set that is evaluated together with others.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prompts">The prompts of each class.</param>
/// <param name="Control">The exchanged descriptions, if it is a control; otherwise null.</param>
internal sealed record NamedPromptSet(string Name, PromptSet Prompts, ShuffledControl? Control = null);
