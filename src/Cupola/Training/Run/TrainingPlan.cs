using Cupola.Training.Optimization;

namespace Cupola.Training.Run;

/// <summary>What the settings come to on so many pairs.</summary>
/// <param name="Steps">Steps in all.</param>
/// <param name="StepsPerEpoch">Steps until every pair has been seen.</param>
/// <param name="StepsPerEvaluation">Steps from one evaluation to the next.</param>
/// <param name="Schedule">The learning rates.</param>
internal sealed record TrainingPlan(long Steps, long StepsPerEpoch, long StepsPerEvaluation, CosineSchedule Schedule)
{
    public static TrainingPlan Create(TrainingSettings settings, long stepsPerEpoch)
    {
        long steps = settings.Steps ?? (long)Math.Min(int.MaxValue, Math.Max(1, Math.Round(settings.Epochs * stepsPerEpoch)));
        long warmUp = Math.Min(settings.Optimizer.WarmUp ?? Math.Min(2000, steps / 10), steps);
        return new(
            steps,
            stepsPerEpoch,
            Math.Max(1, (long)Math.Round(settings.Run.EvaluateEvery * stepsPerEpoch)),
            new(settings.ChosenRate, warmUp, steps)
        );
    }

    /// <summary>How often, after so many steps, every pair has been seen.</summary>
    public double EpochAt(long step) => Math.Round((double)step / StepsPerEpoch, 4);
}
