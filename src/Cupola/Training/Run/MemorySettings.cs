namespace Cupola.Training.Run;

/// <summary>
/// What a step keeps in memory. These settings change its speed and not its gradient (GradCache, arXiv 2101.06983).
/// </summary>
public sealed record MemorySettings
{
    /// <summary>
    /// Images of one run of the image tower. By default as many as fit the processor's cache, and 32 where batch norms use the
    /// statistics of a run's images.
    /// </summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>Tokens of one run of the text tower. By default as many as fit the processor's cache.</summary>
    public int? MicroBatchTokens { get; init; }

    /// <summary>
    /// The budget of activation checkpointing in megabytes: what forward passes save for the backward pass; beyond it they run
    /// again. The default is 2048.
    /// </summary>
    public long ActivationMegabytes { get; init; } = 2048;
}
