using System.Diagnostics;

namespace Cupola.Benchmarks;

/// <summary>
/// Times several ways of doing one thing in turns, so that whatever the machine does meanwhile meets all of them.
/// </summary>
internal static class Timing
{
    private const int SettleMilliseconds = 100;

    /// <summary>The median seconds of each way over so many rounds, after one that does not count.</summary>
    public static double[] Medians(int rounds, params Action[] ways)
    {
        double[][] seconds = [.. ways.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            for (int way = 0; way < ways.Length; way++)
            {
                // Worker threads of the way before spin for a while and would take a core from this one.
                Thread.Sleep(SettleMilliseconds);
                long start = Stopwatch.GetTimestamp();
                ways[way]();
                if (round >= 0)
                {
                    seconds[way][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }
            }
        }

        return [.. seconds.Select(static times => times.Order().ElementAt(times.Length / 2))];
    }
}
