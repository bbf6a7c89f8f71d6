using Cupola.Collectives;
using Cupola.Runtime;

namespace Cupola.Training.Optimization;

/// <summary>
/// The statistics that batch norms found in a step's images, which the running statistics follow (arXiv 1502.03167, section 3.1):
/// each run has its own, and the step counts once, with their mean over its images.
/// </summary>
internal sealed class StepStatistics
{
    /// <summary>How far the running statistics go; PyTorch's default, which every CLIP was trained with.</summary>
    private const float Momentum = 0.1f;

    private readonly TrainableParameters _parameters;
    private readonly IReadOnlyList<string> _running;
    private readonly IReadOnlyList<int> _images;
    private readonly int _width;
    private readonly float[] _found;

    /// <param name="parameters">Whose statistics.</param>
    /// <param name="running">The parameters that follow them.</param>
    /// <param name="images">How many images each run of the step has.</param>
    public StepStatistics(TrainableParameters parameters, IReadOnlyList<string> running, IReadOnlyList<int> images)
    {
        (_parameters, _running, _images) = (parameters, running, images);
        _width = (int)running.Sum(name => parameters.Values[name].ElementCount);
        _found = new float[_width * images.Count];
    }

    /// <summary>Takes what a run found, a tensor for each parameter. Runs may be told from several threads at once.</summary>
    public void Take(int run, IEnumerable<Tensor> statistics)
    {
        Span<float> rest = _found.AsSpan(run * _width, _width);
        foreach (Tensor statistic in statistics)
        {
            statistic.AsSpan<float>().CopyTo(rest);
            rest = rest[(int)statistic.ElementCount..];
        }
    }

    /// <summary>Moves the running statistics; the order of the sums is that of the runs, whichever was ready first.</summary>
    /// <param name="ranks">Who made the runs.</param>
    /// <param name="counts">How many of them each rank made.</param>
    public void MoveRunning(ICollective ranks, IEnumerable<int> counts)
    {
        if (_width == 0)
        {
            return;
        }

        ranks.AllGather(_found.AsSpan(), [.. counts.Select(count => count * _width)]);
        double all = _images.Sum();
        int place = 0;
        foreach (string name in _running)
        {
            Span<float> values = _parameters.Values[name].AsSpan<float>();
            for (int channel = 0; channel < values.Length; channel++, place++)
            {
                double mean = 0;
                for (int run = 0; run < _images.Count; run++)
                {
                    mean += _images[run] / all * _found[(run * _width) + place];
                }

                values[channel] = ((1 - Momentum) * values[channel]) + (Momentum * (float)mean);
            }
        }
    }
}
