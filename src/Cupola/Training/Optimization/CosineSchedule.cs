namespace Cupola.Training.Optimization;

/// <summary>
/// The learning rate of each step: it rises in a line while training is at its wildest, and then falls along half a cosine to
/// nothing (arXiv 2103.00020, section 2.5; open_clip's scheduler.py).
/// </summary>
/// <param name="Rate">The largest.</param>
/// <param name="WarmUp">Steps until it is reached.</param>
/// <param name="Steps">Steps in all.</param>
internal sealed record CosineSchedule(double Rate, long WarmUp, long Steps)
{
    /// <summary>The learning rate of a step, the first of which is 0.</summary>
    public double At(long step) =>
        step < WarmUp ? Rate * (step + 1) / WarmUp : Rate * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / (Steps - WarmUp)));
}
