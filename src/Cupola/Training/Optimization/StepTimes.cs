using System.Diagnostics;

namespace Cupola.Training.Optimization;

/// <summary>How long the parts of steps took, each summed over the threads that worked on it.</summary>
internal sealed class StepTimes
{
    private long _runs;
    private long _sums;
    private long _loss;

    /// <summary>Runs of the towers' graphs.</summary>
    public TimeSpan Runs => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _runs));

    /// <summary>Adding gradients of micro-batches that their runs did not add themselves.</summary>
    public TimeSpan Sums => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _sums));

    /// <summary>The loss, on as many threads as it takes: time by the clock.</summary>
    public TimeSpan Loss => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _loss));

    /// <summary>Makes a run of a tower's graph.</summary>
    public void InRun(Action work) => Measure(ref _runs, work);

    /// <summary>Adds gradients.</summary>
    public void InSums(Action work) => Measure(ref _sums, work);

    /// <summary>Works out the loss.</summary>
    public void InLoss(Action work) => Measure(ref _loss, work);

    private static void Measure(ref long sum, Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        Interlocked.Add(ref sum, Stopwatch.GetTimestamp() - start);
    }
}
