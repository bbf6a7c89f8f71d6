using Cupola.Runtime;

namespace Cupola.Training.Optimization;

/// <summary>
/// The statistics that batch norms found in a step's images, which the running statistics follow (arXiv 1502.03167, section 3.1):
/// each run has its own, and the step counts once, with their mean over its images.
/// </summary>
/// <param name="running">The parameters that follow them.</param>
/// <param name="runs">Runs of the step.</param>
internal sealed class StepStatistics(IReadOnlyList<string> running, int runs)
{
    /// <summary>How far the running statistics go; PyTorch's default, which every CLIP was trained with.</summary>
    private const float Momentum = 0.1f;

    private readonly (int Images, float[][] Values)[] _found = [.. Enumerable.Repeat((0, Array.Empty<float[]>()), runs)];

    /// <summary>
    /// Takes what a run found; runs of another tower have nothing to tell. Runs may be told from several threads at once.
    /// </summary>
    public void Take(int run, int images, IEnumerable<Tensor> statistics) =>
        _found[run] = (images, [.. statistics.Select(static statistic => statistic.AsSpan<float>().ToArray())]);

    /// <summary>Moves the running statistics; the order of the sums is that of the runs, whichever was ready first.</summary>
    public void MoveRunning(TrainableParameters parameters)
    {
        (int Images, float[][] Values)[] found = [.. _found.Where(static run => run.Values.Length > 0)];
        double all = found.Sum(static run => run.Images);
        foreach ((int index, string name) in running.Index())
        {
            Span<float> values = parameters.Values[name].AsSpan<float>();
            for (int channel = 0; channel < values.Length; channel++)
            {
                double mean = 0;
                foreach ((int images, float[][] ofRun) in found)
                {
                    mean += images / all * ofRun[index][channel];
                }

                values[channel] = ((1 - Momentum) * values[channel]) + (Momentum * (float)mean);
            }
        }
    }
}
