namespace Cupola.Cli;

/// <summary>What the library reports, told at once and on the thread that reports it.</summary>
internal sealed class CountedProgress(Action<int> count) : IProgress<int>
{
    /// <summary>Progress for somebody who looks on, or none.</summary>
    public static IProgress<int>? From(Action<int>? count) => count is null ? null : new CountedProgress(count);

    public void Report(int value) => count(value);
}
