using Cupola.Graphs;

namespace Cupola.Training.Run;

/// <summary>How often a run logs, saves and evaluates, and when it stops.</summary>
public sealed record RunSettings
{
    /// <summary>Steps from one line of the log to the next. The default is 20.</summary>
    public int LogEvery { get; init; } = 20;

    /// <summary>Minutes from one checkpoint to the next: as much work as a power cut may cost. The default is 2.</summary>
    public double CheckpointMinutes { get; init; } = 2;

    /// <summary>Epochs from one evaluation to the next. The default is 1.</summary>
    public double EvaluateEvery { get; init; } = 1;

    /// <summary>
    /// Evaluations without a better one until training stops and the best model is kept. By default all steps are made.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>The type that weights are stored in. The default is float32.</summary>
    public WeightsType WeightsType { get; init; }

    /// <summary>The same as an element type.</summary>
    internal ElementType ElementType => WeightsType == WeightsType.Float16 ? ElementType.Float16 : ElementType.Float32;
}
