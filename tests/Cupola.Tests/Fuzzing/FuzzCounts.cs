using System.Globalization;

namespace Cupola.Tests.Fuzzing;

/// <summary>What came of all inputs of a kind.</summary>
internal sealed class FuzzCounts(string kind)
{
    public long Inputs { get; private set; }

    public long Findings { get; private set; }

    private long Accepted { get; set; }

    private long Refused { get; set; }

    /// <summary>The longest that one took.</summary>
    public TimeSpan Slowest { get; private set; }

    public void Add(FuzzOutcome outcome, TimeSpan taken)
    {
        Inputs++;
        Findings += outcome.Finding is null ? 0 : 1;
        Accepted += outcome is { Finding: null, Refusal: null } ? 1 : 0;
        Refused += outcome is { Finding: null, Refusal: not null } ? 1 : 0;
        Slowest = taken > Slowest ? taken : Slowest;
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}: {Inputs} inputs, {Accepted} accepted, {Refused} refused, {Findings} findings, "
                + $"slowest {Slowest.TotalMilliseconds:F0} ms, peak memory {Peak() >> 20} MB"
        );

    /// <summary>Lets the peak begin anew, where the system can.</summary>
    public static void ForgetPeak()
    {
        GC.Collect();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The peak is that of the process since it began.
        }
    }

    private static long Peak()
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
