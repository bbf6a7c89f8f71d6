using Cupola.Graphs;

namespace Cupola.Models.Layers;

/// <summary>A statistic of a run's images.</summary>
/// <param name="Running">The parameter that follows it.</param>
/// <param name="Value">It in the graph, [channels].</param>
internal sealed record BatchStatistic(Parameter Running, Value Value);

/// <summary>Running statistics that follow the images of a run, and what they follow, as layers describe it.</summary>
/// <param name="includes">Whether a running statistic follows the images; where it does not, its batch norm goes by it.</param>
internal sealed class FollowedStatistics(Func<Parameter, bool> includes)
{
    private readonly List<BatchStatistic> _statistics = [];

    /// <summary>What was described so far.</summary>
    public IReadOnlyList<BatchStatistic> All => _statistics;

    public bool Includes(Parameter running) => includes(running);

    public void Add(Parameter running, Value value) => _statistics.Add(new(running, value));
}
